/* A server of its own process for the benchmarks: `raw` answers with node:http alone, `engine` is a whole engine with a course in it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { definePlugin, t } from "cadre";
import { createLog } from "../../core/kernel/log.ts";
import { mochaHooks } from "../../core/testing/database.ts";
import { testHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { seed, type Seeded } from "./seed.ts";

const value = { id: "01a2032b-b1a0-7a0a-8b56-4b83be9e572b", title: "Phishing: see it, report it", progress: 0.25 };

/** What the benchmarks need to know of a server. */
export interface Served extends Partial<Seeded> {
  url: string;
  databaseUrl?: string;
  /** The SQL of one course page, as PostgreSQL was asked it. */
  pageSql?: { text: string; values: unknown[] }[];
}

if (process.argv[2] === "raw") {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(value));
  }).listen(0, "127.0.0.1", () => tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
  process.stdin.resume().once("end", () => server.close());
} else {
  const plugin = definePlugin({
    name: "bench",
    version: "1.0.0",
    summary: "A JSON route.",
    routes: ({ get }) => [get("/value", { can: "anyone", summary: "A small value.", query: t.Object({}) }, () => value)],
  });
  const host = await testHost({ plugins: [plugin, scorm], log: createLog({ level: "info", write: () => undefined }), settings: { http: { requestsPerMinute: 100_000_000 } } });
  const seeded = await seed(host);
  const pageSql: Served["pageSql"] = [];
  const page = () => fetch(new URL(seeded.coursePath, host.url), { headers: { Cookie: seeded.cookie, Accept: "text/html" } });
  await page();
  const prototype = pg.Client.prototype as unknown as { query: (this: unknown, ...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (...args) {
    const [asked] = args as [{ text?: string; values: unknown[] }];
    if (typeof asked.text === "string") pageSql.push({ text: asked.text, values: asked.values });
    return query.apply(this, args);
  };
  await page();
  prototype.query = query;
  tell({ url: host.url, databaseUrl: host.database.url, pageSql, ...seeded });
  process.stdin.resume().once("end", () => void host.stop().then(() => mochaHooks.afterAll()));
}

function tell(served: Served): void {
  process.stdout.write(`${JSON.stringify(served)}\n`);
}
