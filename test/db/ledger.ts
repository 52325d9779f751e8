import { sql } from "../../core/db/sql.ts";
import { definePlugin, type Plugin } from "../../core/kernel/plugin.ts";

/** A plugin that writes down each event that is delivered to it, after `pause`. */
export const ledger = (pause: () => Promise<void> = async () => {}): Plugin =>
  definePlugin({
    name: "ledger",
    version: "1.0.0",
    summary: "Writes down what it hears.",
    on: {
      "lamp.lit": async (ctx, _payload, { id }) => {
        await pause();
        await ctx.db.run(sql`insert into ledger (id) values (${id})`);
      },
    },
  });
