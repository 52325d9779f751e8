import { createAdministratorLink } from "../people/administrators.ts";
import { parse } from "./arguments.ts";
import { withEngine } from "./engine.ts";
import type { Command } from "./main.ts";

const usage = "admin-link";

/** A way in for whoever runs the machine, when nobody can sign in any more. */
export default {
  usage,
  summary: "Print a link that makes an administrator, once, within 24 hours; earlier ones end.",
  async run(args) {
    parse(usage, args, {});
    process.stdout.write(`${await withEngine(({ context }) => createAdministratorLink(context))}\n`);
    return 0;
  },
} satisfies Command;
