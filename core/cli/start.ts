import { unreadSettings } from "../assembly.ts";
import { installSamples } from "../courses/samples.ts";
import { boot, type Role } from "../main.ts";
import { firstAdministratorLink } from "../people/administrators.ts";
import { badUsage, parse } from "./arguments.ts";
import type { Command } from "./main.ts";
import { siteFolder } from "./site.ts";

const usage = "start [--roles web,worker,scheduler] [--port 3000]";
const samplesFolder = new URL("../../content-packages/", import.meta.url);
const known: readonly Role[] = ["web", "worker", "scheduler"];

/** Runs the product until it is told to stop. */
export default {
  usage,
  summary: "Run the site: all roles in one process unless told.",
  async run(args) {
    const { values } = parse(usage, args, { roles: { type: "string" }, port: { type: "string" } });
    const roles = rolesOf(values.roles);
    const environment = values.port === undefined ? process.env : { ...process.env, PORT: values.port };
    const told = toldToStop();
    const started = performance.now();
    const site = siteFolder();
    const engine = await boot({ site, environment, roles, discover: true });
    for (const sentence of unreadSettings(site, environment, engine.host)) engine.context.log.warn(sentence);
    const took = ((performance.now() - started) / 1000).toFixed(1);
    const serves = !roles || roles.includes("web");
    const version = engine.host.engineVersion;
    const what = serves ? `Cadre ${version} is at ${engine.url}` : `Cadre ${version} works as ${roles.join(" and ")}`;
    // What a log collector keeps must open no door: in production the link is made by a command.
    if (environment.NODE_ENV === "production") engine.context.log.info(`${what} (started in ${took} s)`);
    else {
      if (serves && environment.CADRE_SAMPLES !== "no") await installSamples(engine.context, samplesFolder);
      const link = serves ? await firstAdministratorLink(engine.context) : undefined;
      process.stdout.write(`\n  ${what} (started in ${took} s)\n`);
      if (link) process.stdout.write(`\n  There is no administrator yet. This link makes one, once, within 24 hours:\n  ${link}\n`);
      process.stdout.write("\n");
    }
    await told;
    await engine.stop();
    return 0;
  },
} satisfies Command;

function rolesOf(text: string | undefined): Role[] | undefined {
  if (text === undefined) return undefined;
  const roles = text.split(",").map((role) => role.trim());
  const wrong = roles.find((role) => !known.includes(role as Role));
  if (wrong !== undefined) throw badUsage(usage, `"${wrong}" is no role; there are ${known.join(", ")}`);
  return roles as Role[];
}

/** Resolves with the first signal; a second one ends the process at once. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (told) process.exit(130);
        told = true;
        resolve();
      });
    }
  });
}
