import { sql } from "../../core/db/sql.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";

/** Writes down each event that is delivered to it, with a pause between, in which a process can be killed. */
export const ledger = definePlugin({
  name: "ledger",
  version: "1.0.0",
  summary: "Writes down what it hears.",
  on: {
    "lamp.lit": async (ctx, _payload, { id }) => {
      await ctx.db.rows(sql`select pg_sleep(0.02)`);
      await ctx.db.run(sql`insert into ledger (id) values (${id})`);
    },
  },
});
