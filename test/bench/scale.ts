import pg from "pg";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { identityOf, keyOf } from "../../core/lrs/keys.ts";
import { prepareText } from "../../core/lrs/ingest/prepare.ts";
import { consistentThrough } from "../../core/lrs/query/query.ts";
import { makeRoom } from "../../core/lrs/stores/room.ts";
import { ndjsonOf } from "../../core/lrs/transfers/export.ts";
import { reception } from "../lrs/support.ts";
import { bareStore, insertBare } from "./bare-rows.ts";
import { compare, type Figure, type Work } from "./measure.ts";
import { sample } from "./sample-statement.ts";
import { activity, agent, counts, registration, sizeOf, verb } from "./scale-seed.ts";
import { tableOf, type Measured } from "./scale-table.ts";
import { sender } from "./sender.ts";
import { serve } from "./servers.ts";

/** How many statements there are; several numbers one after the other. */
const sizes = (process.env.CADRE_BENCH_STATEMENTS ?? "100000").split(/[\s,]+/).map(Number);
const clients = 16;

/**
 * The table of /docs/scale, for each number of statements in CADRE_BENCH_STATEMENTS: pages of 50 over HTTP, bare a page by one key through pg
 * alone; statements in, bare their rows through pg alone; statements out, bare their rows in order through pg alone. The site is a
 * process of its own with the settings of `npm start`; CADRE_BENCH_FOLDER keeps it for the next run (see scale-site.ts).
 */
export async function bench(): Promise<Figure[]> {
  const measured: Measured[] = [];
  for (const statements of sizes) measured.push(await benchOf(statements));
  console.log(tableOf(measured));
  return measured.flatMap(({ statements, figures }) => Object.values(figures).map((figure) => ({ ...figure, name: `${figure.name}, ${statements.toLocaleString("en")}` })));
}

async function benchOf(statements: number): Promise<Measured> {
  const server = await serve("scale", statements);
  const database = openDatabase({ url: server.databaseUrl!, poolSize: 2, onError: (error) => console.error(error) });
  const pool = new pg.Pool({ connectionString: server.databaseUrl, max: clients });
  const send = sender(`${server.url}/xapi/statements`, server.authorization!);
  try {
    await makeRoom(database, bareStore);
    const bytes = await sizeOf(database);
    const figures: Record<string, Figure> = {};
    const add = async (name: string, unit: string, of: number, own: Work, bare: Work) => void (figures[name] = await compare(name, unit, of, own, bare));
    for (const [name, work] of Object.entries(await pages(send, server))) await add(name, "pages", 1, work, pageBare(pool));
    await add(`agent and verb, ${clients} clients`, "pages", clients, page(send, agentAndVerb), pageBare(pool));
    await add("one stored, 16 clients", "statements", clients, storing(send, 1), storingBare(pool, 1));
    await add("50 stored, 4 clients", "statements", 4, storing(send, 50), storingBare(pool, 50));
    await add("exported", "statements", 1, exporting(database, await consistentThrough(database)), exportingBare(pool));
    return { statements, figures, bytes };
  } finally {
    await pool.end();
    await database.close();
    await server.stop();
  }
}

type Send = ReturnType<typeof sender>;
type Query = (number: number) => Record<string, string>;

let made = 0;
const next = (): number => (made += 7919);
const who = (number: number): string => JSON.stringify(agent(number % counts.agents));
const agentAndVerb: Query = (number) => ({ agent: who(number), verb: verb(number % 4) });

async function pages(send: Send, server: { url: string; authorization?: string }): Promise<Record<string, Work>> {
  const deep = await moreAt(server, 1000);
  return {
    "all": page(send, () => ({})),
    "agent and verb": page(send, agentAndVerb),
    "busy agent and rare verb": page(send, () => ({ agent: who(0), verb: verb(6) })),
    "activity, related": page(send, (number) => ({ activity: activity("modules", number % counts.modules), related_activities: "true" })),
    "registration": page(send, (number) => ({ registration: registration(number % counts.agents) })),
    "agent, activity, verb: nothing": page(send, (number) => ({ agent: who(0), activity: activity("questions", number % counts.activities), verb: verb(7) })),
    "verb, page 1": page(send, () => ({ verb: verb(0) })),
    "verb, page 1,000": async () => send("GET", deep).then(() => 1),
  };
}

const page = (send: Send, query: Query): Work => async () => send("GET", new URLSearchParams({ limit: "50", ...query(next()) }).toString()).then(() => 1);

const pageBare = (pool: pg.Pool): Work => async () => {
  await pool.query({
    name: "page",
    text: "select s.seq, s.raw from statement_key k cross join lateral (select * from statement s where s.store = 1 and s.seq = k.seq offset 0) s where k.store = 1 and k.key = $1 order by k.seq desc limit 51",
    values: [keyOf("agent", identityOf(agent(next() % counts.agents))!)],
  });
  return 1;
};

/** Of people who said nothing of what there is to be found. */
const fresh = (count: number): string => JSON.stringify(Array.from({ length: count }, () => sample(made++))).replaceAll("https://lms.example", "https://other.example");
const storing = (send: Send, count: number): Work => async () => send("POST", "", fresh(count)).then(() => count);
const storingBare = (pool: pg.Pool, count: number): Work => async () => insertBare(pool, prepareText(fresh(count), reception)).then(() => count);

/** Goes through the store, 500 at a time, and begins again at its end. */
function exporting(database: Database, until: number): Work {
  const begin = () => ndjsonOf(database, { store: 1, withVoided: true, until });
  let lines = begin();
  return async () => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (!done) return value.split("\n").length - 1;
    lines = begin();
    return 0;
  };
}

function exportingBare(pool: pg.Pool): Work {
  let after = "0";
  return async () => {
    const { rows } = await pool.query<{ seq: string }>({ name: "export", text: "select seq, raw from statement where store = 1 and seq > $1 order by seq limit 500", values: [after] });
    after = rows.at(-1)?.seq ?? "0";
    return rows.length;
  };
}

/** The query of the page that comes after so many, in the order of one verb. */
async function moreAt({ url, authorization }: { url: string; authorization?: string }, pagesBefore: number): Promise<string> {
  let at = `/xapi/statements?${new URLSearchParams({ limit: "50", verb: verb(0) }).toString()}`;
  for (let number = 1; number < pagesBefore; number++) {
    const answer = await fetch(`${url}${at}`, { headers: { Authorization: authorization!, "X-Experience-API-Version": "2.0.0" } });
    const { more } = (await answer.json()) as { more: string };
    if (more === "") break;
    at = more;
  }
  return at.slice(at.indexOf("?") + 1);
}
