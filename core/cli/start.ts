import { logFormat } from "../assembly.ts";
import { boot, type Role } from "../main.ts";
import { firstAdministratorLink } from "../people/administrators.ts";
import { badUsage, parse } from "./arguments.ts";
import type { Command } from "./main.ts";
import { siteFolder } from "./site.ts";

const usage = "start [--roles web,worker,scheduler] [--port 3000]";
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
    const engine = await boot({ site: siteFolder(), environment, roles, discover: true });
    const took = ((performance.now() - started) / 1000).toFixed(1);
    const serves = !roles || roles.includes("web");
    const link = serves ? await firstAdministratorLink(engine.context) : undefined;
    const lines = [
      serves ? `Cadre ${engine.host.engineVersion} is at ${engine.url} (started in ${took} s)` : `Cadre ${engine.host.engineVersion} works as ${roles.join(" and ")} (started in ${took} s)`,
      ...(link ? [`There is no administrator yet. This link makes one, once, within 24 hours: ${link}`] : []),
    ];
    if (environment.NODE_ENV !== "production") process.stdout.write(`\n${lines.map((line) => `  ${line.replace(": http", ":\n  http")}\n`).join("\n")}\n`);
    else for (const line of lines) engine.context.log.info(line);
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
