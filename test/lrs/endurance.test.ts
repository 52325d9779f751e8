import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import pg from "pg";
import { type EmbeddedPostgres, startPostgres } from "../../core/db/embedded.ts";
import { ensureDatabase } from "../../core/db/database-url.ts";
import { createLog } from "../../core/kernel/log.ts";
import { boot } from "../../core/main.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import type { TestHost } from "../../core/testing/index.ts";
import { until } from "../db/process.ts";
import { cadre, endAll, type Cadre } from "../operation/cadre.ts";
import { client, type Client } from "./http-support.ts";
import { randomFrom } from "./random-statements.ts";

/** How long the store is put under load; five minutes is what it was built for. */
const seconds = Number(process.env.CADRE_ENDURANCE_SECONDS ?? 60);
const secret = "the secret of a site that is put under load, long enough";
const clients = 64;
const size = 50;
const activities = 40;

/** A `cadre start` of its own, and a client with a key. */
async function start(databaseUrl: string, folder: string): Promise<{ site: Cadre; url: string; key: Client }> {
  const env = { DATABASE_URL: databaseUrl, CADRE_SECRET: secret, CADRE_LOG_LEVEL: "warn", CADRE_XAPI_PAGE_SIZE: "5000", CADRE_DATA: folder };
  const site = cadre(["start"], { env });
  const [, url = ""] = await site.says(/is at (http:\S+)/);
  const asking = await boot({ site: folder, environment: env, roles: [], discover: false, log: createLog({ level: "silent" }), settings: { http: { port: 0, contentPort: 0 } } });
  const key = await client({ context: asking.context, url } as TestHost);
  await asking.stop();
  return { site, url, key };
}

function batchOf(random: (below: number) => number): { ids: string[]; body: string } {
  const ids = Array.from({ length: size }, () => randomUUID());
  const statements = ids.map((id) => {
    const activity = random(activities);
    return {
      id,
      actor: { account: { homePage: "https://example.org", name: `learner-${random(500)}` }, name: `Name ${random(9)}` },
      verb: { id: `http://adlnet.gov/expapi/verbs/${["attempted", "answered", "passed", "completed"][random(4)]}` },
      object: { id: `https://example.org/activities/${activity}`, definition: { name: { en: `Activity ${activity}, as ${random(100)} tells it` } } },
      context: { registration: randomUUID(), contextActivities: { grouping: [{ id: `https://example.org/activities/${random(activities)}` }] } },
    };
  });
  return { ids, body: JSON.stringify(statements) };
}

async function serverPid(dataDir: string): Promise<number> {
  const [file] = (await readdir(dataDir, { recursive: true })).filter((name) => name.endsWith("postmaster.pid"));
  return Number((await readFile(join(dataDir, file!), "utf8")).split("\n")[0]);
}

/** Sends batch after batch until told to stop; what was acknowledged. */
async function write(key: Client, seed: number, goesOn: () => boolean): Promise<{ acknowledged: string[]; statuses: Map<number, number> }> {
  const random = randomFrom(seed);
  const acknowledged: string[] = [];
  const statuses = new Map<number, number>();
  while (goesOn()) {
    const { ids, body } = batchOf(random);
    const { status } = await key.post(body);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 200) acknowledged.push(...ids);
  }
  return { acknowledged, statuses };
}

/** Reads on from Consistent-Through to Consistent-Through until told to stop and nothing is left. */
async function follow(key: Client, goesOn: () => boolean): Promise<string[]> {
  const seen: string[] = [];
  let since: string | undefined;
  for (let last = false; !last; ) {
    last = !goesOn();
    let query: Record<string, string> = { ascending: "true", limit: "5000", ...(since !== undefined && { since }) };
    let through: string | undefined;
    for (let more = true; more; ) {
      const answer = await key.send("GET", query);
      expect(answer.status, answer.text.slice(0, 500)).to.equal(200);
      const page = answer.json as { statements: { id: string; stored: string }[]; more: string };
      through ??= answer.headers.get("x-experience-api-consistent-through")!;
      for (const { id, stored } of page.statements) if (stored <= through) seen.push(id);
      more = page.more !== "" && page.statements.at(-1)!.stored <= through;
      query = { more: new URL(page.more, "http://localhost").searchParams.get("more")! };
    }
    since = through;
  }
  return seen;
}

describe("records that work hard", function () {
  this.timeout((seconds + 240) * 1000);
  const servers: EmbeddedPostgres[] = [];
  after(async () => {
    endAll();
    for (const server of servers) await server.stop();
  });

  it(`take batches of ${size} from ${clients} clients at once, of ${activities} shared activities, without a refusal, a deadlock or a loss, and a reader misses nothing`, async () => {
    const database: TestDatabase = await testDatabase();
    const { site, key } = await start(database.url, database.folder);
    const until = Date.now() + seconds * 1000;
    let writing = true;
    const reading = follow(key, () => writing);
    const written = await Promise.all(Array.from({ length: clients }, (_, seed) => write(key, seed, () => Date.now() < until))).finally(() => (writing = false));
    const seen = await reading;
    const acknowledged = written.flatMap((each) => each.acknowledged);
    expect(new Set(written.flatMap(({ statuses }) => [...statuses.keys()]))).to.deep.equal(new Set([200]));
    expect(acknowledged.length).to.be.above(clients * size);
    expect(new Set(seen)).to.have.property("size", seen.length);
    expect(seen.length).to.equal(acknowledged.length);
    const unseen = new Set(acknowledged);
    for (const id of seen) unseen.delete(id);
    expect(unseen).to.have.property("size", 0);
    const pool = new pg.Client({ connectionString: database.url });
    await pool.connect();
    const { rows } = await pool.query<{ deadlocks: string }>("select deadlocks from pg_stat_database where datname = current_database()");
    expect(rows[0]?.deadlocks).to.equal("0");
    await pool.end();
    expect(site.out().split("\n").filter((line) => line.includes('"level":"error"'))).to.deep.equal([]);
    site.child.kill("SIGTERM");
    await site.ended;
    await database.drop();
    if (process.env.CADRE_ENDURANCE_SECONDS) console.log(`      ${acknowledged.length} statements in ${seconds} s`);
  });

  it("lose no acknowledged statement and double none when the process, or the database, is killed at any point", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cadre-site-"));
    const settings = { shared_buffers: "128MB", max_connections: 200 };
    const server = await startPostgres({ dataDir: join(folder, "postgres"), log: createLog({ level: "silent" }), settings });
    servers.push(server);
    const url = await ensureDatabase(server.url, "cadre");
    let { site, key } = await start(url, folder);
    const acknowledged = new Set<string>();
    const sent: { ids: string[]; body: string }[] = [];
    const random = randomFrom(7);
    /** Four clients that send until they are cut off; what they were told is noted, and what they sent. */
    const burst = async (): Promise<void> => {
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          for (;;) {
            const batch = batchOf(random);
            sent.push(batch);
            const status = await key.post(batch.body).then(
              (answer) => answer.status,
              () => 0,
            );
            if (status !== 200) return;
            for (const id of batch.ids) acknowledged.add(id);
          }
        }),
      );
    };
    for (const victim of ["process", "database", "process", "database"] as const) {
      const sending = burst();
      const before = acknowledged.size;
      const enough = before + 500 + random(500);
      await until(() => acknowledged.size >= enough);
      if (victim === "process") {
        site.child.kill("SIGKILL");
        await Promise.all([sending, site.ended]);
        ({ site, key } = await start(url, folder));
      } else {
        // Its keeper starts it again, and the site finds it again by itself.
        process.kill(await serverPid(join(folder, "postgres")), "SIGKILL");
        await sending;
        await until(async () => (await key.send("GET", { limit: "1" })).status === 200);
      }
    }
    // What was sent and never answered is sent again, as clients do; so is what was answered.
    for (const { body } of sent) expect((await key.post(body)).status).to.equal(200);
    const all = new Set(sent.flatMap(({ ids }) => ids));
    const found = await follow(key, () => false);
    expect(found).to.have.length(all.size);
    expect(new Set(found)).to.deep.equal(all);
    expect([...acknowledged].filter((id) => !all.has(id))).to.deep.equal([]);
    site.child.kill("SIGTERM");
    await site.ended;
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
});
