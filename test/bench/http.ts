import { Agent, get } from "node:http";
import pg from "pg";
import { client, requestOf } from "./client.ts";
import { compare, type Figure, type Work } from "./measure.ts";
import { serve } from "./servers.ts";

const clients = 16;

/** A JSON route against node:http alone, and a learner's pages (a course, all sixty courses, their own) against their SQL through pg alone. */
export async function bench(): Promise<Figure[]> {
  const [raw, engine] = [await serve("raw"), await serve("engine")];
  const pool = new pg.Pool({ connectionString: engine.databaseUrl, max: clients });
  const sameSql =
    (path: string): Work =>
    async () => {
      const client = await pool.connect();
      try {
        for (const [index, { text, values }] of (engine.sqlOf?.[path] ?? []).entries()) await client.query({ name: `${path}-${index}`, text, values });
        return 1;
      } finally {
        client.release();
      }
    };
  const page = (what: string, path = "/"): Promise<Figure> =>
    compare(`${what} (bare: its ${engine.sqlOf?.[path]?.length} queries through pg)`, "pages", clients, pages(`${engine.url}${path}`, engine.cookie ?? ""), sameSql(path));
  try {
    return [
      await compare("JSON route (bare: node:http)", "requests", clients, requests(`${engine.url}/api/v1/bench/value`), requests(raw.url)),
      await page("course page", engine.coursePath),
      await page("catalogue of 60 courses", engine.cataloguePath),
      await page("one's own 60 courses", engine.learningPath),
    ];
  } finally {
    await pool.end();
    await Promise.all([raw.stop(), engine.stop()]);
  }
}

/** Asks for an address over connections that are kept; refuses to measure errors. */
function requests(url: string): Work {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  return () =>
    new Promise((resolve, reject) => {
      get(url, { agent, headers: { Accept: "application/json" } }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
        response.resume().once("end", () => resolve(1)).once("error", reject);
      }).once("error", reject);
    });
}

/** Asks for a page of somebody's. */
function pages(url: string, cookie: string): Work {
  const ask = client(url);
  const request = requestOf("GET", url, { Accept: "text/html", Cookie: cookie });
  return async () => {
    await ask(request);
    return 1;
  };
}
