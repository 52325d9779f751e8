import { definePlugin } from "../kernel/plugin.ts";
import { t, type Static } from "../kernel/schema.ts";

const config = t.Object({
  databaseUrl: t.String({ env: "DATABASE_URL", secret: true, default: "" }),
  dataDir: t.String({ env: "CADRE_DATA", default: "var" }),
  poolSize: t.Integer({ env: "CADRE_POOL_SIZE", default: 10, minimum: 2 }),
});
export type DatabaseSettings = Static<typeof config>;
export const databasePart = definePlugin({
  name: "database",
  version: "1.0.0",
  summary: "PostgreSQL, events, jobs, feeds and schedules.",
  config,
  provides: { contributions: { migrations: { summary: "A folder of migrations." }, on: { summary: "" }, jobs: { summary: "" }, schedules: { summary: "" }, feeds: { summary: "" }, models: { summary: "" } } },
});
