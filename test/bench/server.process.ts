/*
 * A server of its own process for the benchmarks: `raw` answers with node:http alone, `engine` is a whole engine with a course in it,
 * `records` one with a key of the record store, `packages` one with an instructor's token, `scale` the same with so many statements.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { definePlugin, t } from "cadre";
import { createLog } from "../../core/kernel/log.ts";
import { mochaHooks } from "../../core/testing/database.ts";
import { testHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { person } from "../courses/support.ts";
import { client } from "../lrs/http-support.ts";
import { anyFormat } from "./any-format.ts";
import { scaleSite } from "./scale-site.ts";
import { seed, type Seeded } from "./seed.ts";

const value = { id: "01a2032b-b1a0-7a0a-8b56-4b83be9e572b", title: "Phishing: see it, report it", progress: 0.25 };

/** What the benchmarks need to know of a server. */
export interface Served extends Partial<Seeded> {
  url: string;
  databaseUrl?: string;
  /** Of the record store's key, or of an instructor. */
  authorization?: string;
  /** Where it keeps the contents of packages. */
  blobsFolder?: string;
  /** The SQL of one page at each of these paths, as PostgreSQL was asked it. */
  sqlOf?: Record<string, Asked[]>;
}

interface Asked {
  text: string;
  values: unknown[];
}

if (process.argv[2] === "raw") {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(value));
  }).listen(0, "127.0.0.1", () => tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
  process.stdin.resume().once("end", () => server.close());
} else if (process.argv[2] === "records") {
  const host = await testHost({ log: createLog({ level: "info", write: () => undefined }) });
  const { authorization } = await client(host);
  tell({ url: host.url, databaseUrl: host.database.url, authorization });
  process.stdin.resume().once("end", () => void host.stop().then(() => mochaHooks.afterAll()));
} else if (process.argv[2] === "packages") {
  const plugin = definePlugin({ name: "any", version: "1.0.0", summary: "Reads any package.", formats: { any: anyFormat } });
  const host = await testHost({ plugins: [plugin], log: createLog({ level: "info", write: () => undefined }) });
  const { token } = await person(host, "instructor");
  tell({ url: host.url, authorization: `Bearer ${token}`, blobsFolder: join(host.context.site.dataDir, "blobs") });
  process.stdin.resume().once("end", () => void host.stop().then(() => mochaHooks.afterAll()));
} else if (process.argv[2] === "scale") {
  const site = await scaleSite(Number(process.argv[3]));
  const { authorization } = await client(site);
  tell({ url: site.url, databaseUrl: site.database.url, authorization });
  process.stdin.resume().once("end", () => void site.stop());
} else {
  const plugin = definePlugin({
    name: "bench",
    version: "1.0.0",
    summary: "A JSON route.",
    routes: ({ get }) => [get("/value", { can: "anyone", summary: "A small value.", query: t.Object({}) }, () => value)],
  });
  const host = await testHost({ plugins: [plugin, scorm], log: createLog({ level: "info", write: () => undefined }), settings: { http: { requestsPerMinute: 100_000_000 } } });
  const seeded = await seed(host);
  tell({ url: host.url, databaseUrl: host.database.url, sqlOf: await pageSqlOf(host.url, seeded), ...seeded });
  process.stdin.resume().once("end", () => void host.stop().then(() => mochaHooks.afterAll()));
}

/** What each page asks when it is opened for the second time. */
async function pageSqlOf(url: string, { cookie, coursePath, cataloguePath, learningPath }: Seeded): Promise<Record<string, Asked[]>> {
  const prototype = pg.Client.prototype as unknown as { query: (this: unknown, ...args: unknown[]) => unknown };
  const { query } = prototype;
  const sqlOf: Record<string, Asked[]> = {};
  for (const path of [coursePath, cataloguePath, learningPath]) {
    const asked: Asked[] = (sqlOf[path] = []);
    const open = () => fetch(new URL(path, url), { headers: { Cookie: cookie, Accept: "text/html" } }).then((answer) => answer.text());
    await open();
    prototype.query = function (...args) {
      const [{ text, values }] = args as [Partial<Asked>];
      if (typeof text === "string") asked.push({ text, values: values ?? [] });
      return query.apply(this, args);
    };
    await open();
    prototype.query = query;
  }
  return sqlOf;
}

function tell(served: Served): void {
  process.stdout.write(`${JSON.stringify(served)}\n`);
}
