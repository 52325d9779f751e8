import { Agent, request } from "node:http";
import pg from "pg";
import { createLog } from "../../core/kernel/log.ts";
import { identityOf, keyOf } from "../../core/lrs/keys.ts";
import { testHost } from "../../core/testing/index.ts";
import { client } from "../lrs/http-support.ts";
import { compare, type Figure, type Work } from "./measure.ts";
import { activity, agent, counts, fill, registration, verb } from "./scale-seed.ts";

const statements = Number(process.env.CADRE_BENCH_STATEMENTS ?? 100_000);

/**
 * Pages of 50 out of many statements in 26 partitions, over HTTP, by one client and by sixteen; bare is a page of 50 by one key through
 * pg alone. CADRE_BENCH_STATEMENTS tells how many there are.
 */
export async function bench(): Promise<Figure[]> {
  const host = await testHost({ log: createLog({ level: "silent" }) });
  const pool = new pg.Pool({ connectionString: host.database.url, max: 16 });
  try {
    await fill(host.database, statements);
    const { authorization } = await client(host);
    const ask = asker(host.url, authorization);
    const page = (query: (number: number) => Record<string, string>): Work => async () => {
      await ask(`/xapi/statements?${new URLSearchParams({ limit: "50", ...query(next()) }).toString()}`);
      return 1;
    };
    const bare: Work = async () => {
      await pool.query({
        name: "page",
        text: "select s.seq, s.raw from statement_key k cross join lateral (select * from statement s where s.store = 1 and s.seq = k.seq offset 0) s where k.store = 1 and k.key = $1 order by k.seq desc limit 51",
        values: [keyOf("agent", identityOf(agent(next() % counts.agents))!)],
      });
      return 1;
    };
    const deep = await moreAt(ask, 1000);
    const within = statements.toLocaleString("en");
    const questions: [string, Work][] = [
      ["agent and verb", page((number) => ({ agent: who(number), verb: verb(number % 4) }))],
      ["busy agent and rare verb", page(() => ({ agent: who(0), verb: verb(6) }))],
      ["activity, related", page((number) => ({ activity: activity("modules", number % counts.modules), related_activities: "true" }))],
      ["registration", page((number) => ({ registration: registration(number % counts.agents) }))],
      ["registration, agent, verb", page((number) => ({ registration: registration(number % counts.agents), agent: who(number), verb: verb(number % 4) }))],
      ["agent, activity, verb: nothing", page((number) => ({ agent: who(0), activity: activity("questions", number % counts.activities), verb: verb(7) }))],
      ["agent, since a month ago", page((number) => ({ agent: who(number), since: new Date(Date.now() - 30 * 86_400_000).toISOString() }))],
      ["verb, page 1", page(() => ({ verb: verb(0) }))],
      ["verb, page 1,000", async () => ask(deep).then(() => 1)],
    ];
    const figures: Figure[] = [];
    for (const [name, work] of questions) figures.push(await compare(`${name} of ${within}`, "pages", 1, work, bare));
    figures.push(await compare(`agent and verb of ${within}, 16 clients`, "pages", 16, questions[0]![1], bare));
    return figures;
  } finally {
    await pool.end();
    await host.stop();
  }
}

let asked = 0;
const next = (): number => (asked += 7919);
const who = (number: number): string => JSON.stringify(agent(number % counts.agents));

/** The address of the page that comes after so many, in the order of one verb. */
async function moreAt(ask: (path: string) => Promise<string>, pages: number): Promise<string> {
  let at = `/xapi/statements?${new URLSearchParams({ limit: "50", verb: verb(0) }).toString()}`;
  for (let number = 1; number < pages; number++) {
    const { more } = JSON.parse(await ask(at)) as { more: string };
    if (more === "") break;
    at = more;
  }
  return at;
}

/** Asks over connections that are kept; refuses to measure errors. */
function asker(url: string, authorization: string): (path: string) => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const headers = { Authorization: authorization, "X-Experience-API-Version": "2.0.0" };
  return (path) =>
    new Promise((resolve, reject) => {
      request(`${url}${path}`, { agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part)).once("error", reject);
        response.once("end", () => {
          if (response.statusCode === 200) resolve(Buffer.concat(parts).toString());
          else reject(new Error(`GET ${path} answered ${response.statusCode}`));
        });
      })
        .once("error", reject)
        .end();
    });
}
