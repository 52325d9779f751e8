import { unreadSettings } from "../assembly.ts";
import { installSamples } from "../courses/samples.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Environment } from "../kernel/settings-file.ts";
import { boot, type Engine, type Role } from "../main.ts";
import { firstAdministratorLink } from "../people/administrators.ts";

const samplesFolder = new URL("../../content-packages/", import.meta.url);

export interface ServeOptions {
  site: string;
  environment: Environment;
  /** All of them when undefined. */
  roles: Role[] | undefined;
  /** When the start began, by `performance.now()`. */
  started: number;
}

/** Starts the site and says where it is; on a first start it prints the administrator's link, and installs the samples. @throws boot_failed and what else `boot` throws */
export async function serve(options: ServeOptions): Promise<Engine> {
  const { site, environment, roles } = options;
  const engine = await boot({ site, environment, roles, discover: true });
  try {
    await tell(engine, options);
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function tell(engine: Engine, { site, environment, roles, started }: ServeOptions): Promise<void> {
  for (const sentence of unreadSettings(site, environment, engine.host)) engine.context.log.warn(sentence);
  const took = ((performance.now() - started) / 1000).toFixed(1);
  const serves = !roles || roles.includes("web");
  const version = engine.host.engineVersion;
  const what = serves ? `Cadre ${version} is at ${engine.url}` : `Cadre ${version} works as ${roles.join(" and ")}`;
  // What a log collector keeps must open no door: in production the link is made by a command.
  if (environment.NODE_ENV === "production") engine.context.log.info(`${what} (started in ${took} s)`);
  else {
    const link = serves ? await firstAdministratorLink(engine.context) : undefined;
    process.stdout.write(`\n  ${what} (started in ${took} s)\n`);
    if (link) process.stdout.write(`\n  There is no administrator yet. This link makes one, once, within 24 hours:\n  ${link}\n`);
    process.stdout.write("\n");
    if (serves && environment.CADRE_SAMPLES !== "no") await samples(engine);
  }
}

/** A site does without samples that can't be read here, such as those of a plugin that was left out. */
async function samples({ context }: Engine): Promise<void> {
  try {
    await installSamples(context, samplesFolder);
  } catch (error) {
    context.log.error({ error }, `The sample courses are not in: ${messageOf(error)} The next start tries again; CADRE_SAMPLES=no does without them.`);
  }
}
