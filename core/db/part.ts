import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { definePlugin } from "../kernel/plugin.ts";
import { t, type Static } from "../kernel/schema.ts";
import { defaultDataDir } from "./data-folder.ts";
import { eventSource, feedSourcesField, feedsField } from "./feeds.ts";
import { jobsField } from "./jobs.ts";
import { EventRow, FeedCursor, modelsField, ScheduleSlot } from "./model.ts";
import { onField } from "./outbox.ts";
import { schedulesField } from "./schedules.ts";
import { sql } from "./sql.ts";

const databaseSettings = t.Object({
  databaseUrl: t.String({ env: "DATABASE_URL", secret: true, default: "", description: "A PostgreSQL server to use, 15 or later; Cadre runs one of its own when empty." }),
  redisUrl: t.String({ env: "REDIS_URL", secret: true, default: "", description: "A Redis server for what several processes share: limits and live messages. Each process does without when empty." }),
  dataDir: t.String({ env: "CADRE_DATA", default: defaultDataDir, description: "The folder for the database, uploads and keys." }),
  poolSize: t.Integer({ env: "CADRE_POOL_SIZE", default: 10, minimum: 2, maximum: 500, description: "Database connections one process uses for requests and handlers; queues and feeds take six more." }),
  keepEventsDays: t.Integer({ env: "CADRE_KEEP_EVENTS_DAYS", default: 90, minimum: 1, description: "For how long published events are kept for readers that join later." }),
});

export type DatabaseSettings = Static<typeof databaseSettings>;

/** Tables, transactions, events, jobs, feeds and schedules. */
export const databasePart = definePlugin({
  name: "database",
  version: "1.0.0",
  summary: "Keeps everything in PostgreSQL: tables, events, jobs, feeds and schedules.",
  config: databaseSettings,
  provides: {
    contributions: {
      on: onField,
      jobs: jobsField,
      schedules: schedulesField,
      feeds: feedsField,
      feedSources: feedSourcesField,
      models: modelsField,
      migrations: {
        summary: "A folder of migrations.",
        check: (value) => {
          if (!(value instanceof URL) || value.protocol !== "file:") return ['must be a file URL: new URL("./migrations/", import.meta.url)'];
          return existsSync(value) ? [] : [`the folder ${fileURLToPath(value)} is not there`];
        },
      },
    },
  },
  models: [EventRow, FeedCursor, ScheduleSlot],
  migrations: new URL("../../migrations/", import.meta.url),
  feedSources: { events: eventSource },
  jobs: (job) => ({
    forgetEvents: job(t.Object({}), async (ctx) => {
      const before = new Date(ctx.now().getTime() - ctx.config.keepEventsDays * 86_400_000);
      // What a reader has still to read is kept for it, unless it has not come for as long as that, such as one of a plugin that was removed.
      await ctx.db.run(sql`
        delete from event where at < ${before} and not exists (
          select 1 from feed_cursor where feed = 'events' and (event.tx, event.seq) > (feed_cursor.tx, feed_cursor.seq) and (moved_at >= ${before} or failures > 0))`);
    }),
  }),
  schedules: { forgetEvents: { cron: "40 3 * * *", job: "forgetEvents", catchUp: true } },
});
