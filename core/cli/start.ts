import { boot, type Role } from "../main.ts";
import { firstAdministratorLink } from "../people/administrators.ts";
import type { Command } from "./main.ts";
import { siteFolder } from "./site.ts";

/** Runs the product until it is told to stop. */
export default {
  usage: "start [--roles web,worker,scheduler]",
  summary: "Run the site: all roles in one process unless told.",
  async run(args) {
    const at = args.indexOf("--roles");
    const roles = at < 0 ? undefined : ((args[at + 1] ?? "").split(",") as Role[]);
    const started = performance.now();
    const engine = await boot({ site: siteFolder(), environment: process.env, roles, discover: true });
    process.stdout.write(`\n  Cadre ${engine.host.engineVersion} is at ${engine.url} (started in ${((performance.now() - started) / 1000).toFixed(1)} s)\n\n`);
    const link = await firstAdministratorLink(engine.context);
    if (link) process.stdout.write(`  There is no administrator yet. This link makes one, once, within 24 hours:\n  ${link}\n\n`);
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    });
    await engine.stop();
    return 0;
  },
} satisfies Command;
