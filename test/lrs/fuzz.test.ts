import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { partsOf, type Part } from "../../core/lrs/attachments/multipart.ts";
import type { Credential } from "../../core/lrs/credentials/credential.ts";
import { authorityKeyOf } from "../../core/lrs/keys.ts";
import { mergeMentions } from "../../core/lrs/mentions.ts";
import { formats, type Format } from "../../core/lrs/resources/present.ts";
import type { Members } from "../../core/lrs/statement/shape.ts";
import { microsecondsOf, timeOf, timestampOf } from "../../core/lrs/statement/timestamps.ts";
import { statementResource, type StatementResource } from "../../core/lrs/resources/statements.ts";
import { acceptLanguage } from "./model-forms.ts";
import type { Who, Words } from "./model-words.ts";
import { ModelStore, type ModelQuestion, type ModelStatement } from "./model.ts";
import { jsonPart, multipart, partWith, sha256 } from "./multipart-support.ts";
import { activities, agents, essays, groups, randomFrom, randomStatement, registrations, shuffled, verbs, type RandomStatement } from "./random-statements.ts";
import { reception, recordDatabase, uuid } from "./support.ts";

const count = Number(process.env.CADRE_FUZZ_STATEMENTS ?? 10_000);
/** Every time bound with every filter, rather than one each. */
const thorough = process.env.CADRE_FUZZ_THOROUGH === "yes";
const seed = Number(process.env.CADRE_FUZZ_SEED ?? 20);
const clients = 4;
const pagesAtMost = 4;

const path = "/xapi/statements";
const credential: Credential = { id: uuid(0), label: "A tool", store: 1, scopes: ["all"], authority: reception.authority, authorityKey: authorityKeyOf(reception.authority) };

/** A question with how it is to be answered. */
interface Question extends ModelQuestion {
  limit: number;
  format: Format;
  attachments: boolean;
}

describe(`records: ${count} random statements (seed ${seed}) against the model`, function () {
  this.timeout(120_000 + count * 100);
  const random = randomFrom(seed);
  let db: Database;
  let drop: () => Promise<void>;
  let resource: StatementResource;
  let model: ModelStore;
  const sent = new Map<string, ModelStatement>();

  before(async () => {
    ({ db, drop } = await recordDatabase());
    resource = statementResource({ db, pageSize: 1000 });
    await inParallel(batchesOf(shuffled(random, Array.from({ length: count }, (_, number) => randomStatement(random, number, count)))), post);
    model = new ModelStore(await inOrder());
    for (let from = 0; from < count; from += 500) await mergeMentions(db, model.statements.slice(from, from + 500).map(({ seq, statement }) => ({ store: 1, seq, statement: statement as unknown as Members })));
  });
  after(() => drop());

  it("every combination of filters finds the same statements, in the same order and form, page by page", async () => {
    const questions = [...combinations()];
    expect(questions.length).to.be.above(500);
    await inParallel(questions, async (question) => {
      if (await differs(question)) expect.fail(await toldOf(await smallest(question)));
    });
  });

  it("a statement is found by statementId or by voidedStatementId, as the model says", async () => {
    await inParallel(shuffled(random, model.statements).slice(0, 1000), async ({ statement: { id } }) => {
      const [found, missing] = model.isVoided(id!) ? ["voidedStatementId", "statementId"] : ["statementId", "voidedStatementId"];
      expect((await get(`${found}=${id}`)).statements[0], `${found}=${id}, seed ${seed}`).to.include({ id });
      const refused = await resource.get({ ...request(`${missing}=${id}`) }).catch((error: { status: number }) => error);
      expect(refused.status, `${missing}=${id}, seed ${seed}`).to.equal(404);
    });
  });

  function batchesOf(statements: RandomStatement[]): RandomStatement[][] {
    const left = [...statements];
    const batches: RandomStatement[][] = [];
    while (left.length > 0) {
      const batch = left.splice(0, 1 + random(40));
      for (const version of ["1.0.3", "2.0.0"]) {
        const same = batch.filter((one) => one.version === version);
        if (same.length > 0) batches.push(same);
      }
    }
    return batches;
  }

  async function post(batch: RandomStatement[]): Promise<void> {
    const parts = [...new Set(batch.flatMap(({ attached }) => attached))].map((essay) => partWith(essays[essay]!));
    const body = multipart([jsonPart(batch.map(({ statement }) => statement)), ...parts]);
    const { status } = await resource.post({ ...request(""), version: batch[0]!.version, contentType: "multipart/mixed; boundary=here", body });
    expect(status).to.equal(200);
    // A part is every attachment's that has its hash, of one with a fileUrl too.
    const came = new Set(parts.map(({ bytes }) => sha256(bytes)));
    for (const { statement, version } of batch) {
      const { id, attachments = [] } = statement as unknown as Words;
      const set = { authority: reception.authority as Who, version: version === "1.0.3" ? "1.0.0" : "2.0.0" };
      sent.set(id!, { seq: 0, statement: { ...set, ...(statement as unknown as Words) }, attached: attachments.map(({ sha2 }) => sha2).filter((sha2) => came.has(sha2)) });
    }
  }

  /** What was sent, in the order that `stored` tells; those that are voided are found by their ids only. */
  async function inOrder(): Promise<ModelStatement[]> {
    const told: Words[] = [];
    for (let query = "ascending=true"; query !== ""; ) {
      const { statements, more } = await get(query);
      told.push(...statements);
      query = more;
    }
    const seen = new Set(told.map(({ id }) => id));
    expect(seen.size).to.equal(told.length);
    await inParallel([...sent.keys()].filter((id) => !seen.has(id)), async (id) => void told.push(...(await get(`voidedStatementId=${id}`)).statements));
    const statements = told.map(({ id, stored }): ModelStatement => {
      const { statement, attached } = sent.get(id!)!;
      return { seq: microsecondsOf(timestampOf(stored!)!), statement: { ...statement, stored, timestamp: statement.timestamp ?? stored }, attached };
    });
    expect(statements.length).to.equal(count);
    return statements.sort((one, other) => one.seq - other.seq);
  }

  function* combinations(): Generator<Question> {
    const everyTime = timesFor();
    let asked = 0;
    for (const agent of [undefined, ...agents, ...groups, reception.authority as Who])
      for (const related_agents of agent === undefined ? [false] : [false, true])
        for (const verb of [undefined, verbs[0], "http://adlnet.gov/expapi/verbs/voided"])
          for (const activity of [undefined, activities[0], activities[7]])
            for (const related_activities of activity === undefined ? [false] : [false, true])
              for (const registration of [undefined, registrations[1]])
                for (const times of thorough ? everyTime : [everyTime[asked++ % everyTime.length]!])
                  yield { agent, related_agents, verb, activity, related_activities, registration, ...times, limit: [0, 1, 7, 100][random(4)]!, format: formats[random(3)]!, attachments: random(4) === 0 };
  }

  function timesFor(): ModelQuestion[] {
    const seqs = model.statements.map(({ seq }) => seq);
    const some = () => seqs[random(seqs.length)]!;
    const [since, until] = [some(), some()].sort((one, other) => one - other) as [number, number];
    return [{}, { ascending: true }, { since, ascending: true }, { since, until }, { until, ascending: random(2) === 0 }, { since: some() }];
  }

  /** What is different about the first pages of an answer; undefined when nothing is. */
  async function differs(question: Question): Promise<string | undefined> {
    const { limit, format, attachments, agent, since, until, ...rest } = question;
    const wanted = model.ask(question);
    const size = limit || 1000;
    const parameters = { ...rest, agent: agent && JSON.stringify(agent), since: since && timeOf(since), until: until && timeOf(until), limit, format, attachments };
    let query = new URLSearchParams(Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))).toString();
    for (let from = 0; from < Math.min(wanted.length, size * pagesAtMost) || from === 0; from += size) {
      const expected = wanted.slice(from, from + size);
      const page = await get(query);
      for (let place = 0; place < Math.max(expected.length, page.statements.length); place++) {
        const [one, other] = [expected[place] && model.formOf(expected[place]!, format), page.statements[place]];
        if (!isDeepStrictEqual(one, other)) return `at place ${from + place}\nthe model has ${JSON.stringify(one)}\nthe store has ${JSON.stringify(other)}`;
      }
      const [hashes, parts] = [new Set(attachments ? expected.flatMap(({ attached }) => attached) : []), new Set(page.parts.map(({ bytes }) => sha256(bytes)))];
      if (page.parts.length !== parts.size || !isDeepStrictEqual(hashes, parts)) return `from place ${from} on\nthe model has attachments ${[...hashes].join()}\nthe store has ${page.parts.map(({ bytes }) => sha256(bytes)).join()}`;
      if ((page.more === "") !== (from + size >= wanted.length)) return `after place ${from + size} of ${wanted.length}, more is "${page.more}"`;
      query = page.more;
    }
    return undefined;
  }

  /** The question with whatever makes no difference to its being answered wrongly left out. */
  async function smallest(question: Question): Promise<Question> {
    let small = question;
    for (const name of Object.keys(question) as (keyof Question)[]) {
      const { [name]: _, ...rest } = small;
      const smaller = { limit: 0, format: "exact", attachments: false, ...rest } as Question;
      if (await differs(smaller)) small = smaller;
    }
    return small;
  }

  async function toldOf(question: Question): Promise<string> {
    return `seed ${seed}, ${count} statements: ${JSON.stringify(question)}: ${await differs(question)}`;
  }

  async function get(query: string): Promise<{ statements: Words[]; more: string; parts: Part[] }> {
    const { headers, body } = await resource.get(request(query));
    const [json, ...parts] = typeof body === "string" ? [{ bytes: body }] : partsOf(Buffer.concat(await body.toArray()), headers["Content-Type"]!);
    const found = JSON.parse(json!.bytes.toString()) as Words | { statements: Words[]; more: string };
    if (!("statements" in found)) return { statements: [found], more: "", parts: parts as Part[] };
    return { statements: found.statements, more: found.more.slice(path.length + 1), parts: parts as Part[] };
  }

  function request(query: string) {
    return { path, parameters: new URLSearchParams(query), version: "2.0.0" as const, credential, acceptLanguage };
  }
});

/** Has `work` done for each, a few at a time, until it fails for one. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].reverse();
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) {
      await work(item).catch((error: unknown) => {
        left.length = 0;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: clients }, worker));
}
