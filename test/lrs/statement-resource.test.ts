import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import type { Credential } from "../../core/lrs/credentials/credential.ts";
import { sql } from "../../core/db/sql.ts";
import { authorityKeyOf } from "../../core/lrs/keys.ts";
import { mergeMentions } from "../../core/lrs/mentions.ts";
import { read } from "../../core/lrs/raw-json.ts";
import type { Members } from "../../core/lrs/statement/shape.ts";
import { statementResource, type StatementResource, type XapiAnswer } from "../../core/lrs/resources/statements.ts";
import { reception, recordDatabase, statement, uuid } from "./support.ts";

const path = "/xapi/statements";
const everything: Credential = { id: uuid(0), label: "A tool", store: 1, scopes: ["all"], authority: reception.authority, authorityKey: authorityKeyOf(reception.authority) };

describe("records: the Statement Resource", () => {
  let db: Database;
  let drop: () => Promise<void>;
  let resource: StatementResource;
  before(async () => {
    ({ db, drop } = await recordDatabase());
    resource = statementResource({ db, pageSize: 10 });
  });
  after(() => drop());

  const post = (body: unknown, changes = {}) => answered(() => resource.post({ ...request(""), contentType: "application/json", body: bytes(body), ...changes }));
  const put = (query: string, body: unknown) => answered(() => resource.put({ ...request(query), contentType: "application/json; charset=utf-8", body: bytes(body) }));
  const get = (query: string | Record<string, string>, changes = {}) => answered(() => resource.get({ ...request(query), ...changes }));
  const found = (answer: JsonAnswer) => (JSON.parse(answer.body) as { statements: Record<string, unknown>[] }).statements;

  it("stores by POST and answers with the ids in order", async () => {
    const answer = await post([statement({ id: uuid(1) }), statement({ id: uuid(2) })]);
    expect(answer).to.deep.equal({ status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify([uuid(1), uuid(2)]) });
    expect((await post(statement({ id: uuid(1) }))).status).to.equal(200);
    expect((await post(statement({ id: uuid(1), result: { success: true } }))).status).to.equal(409);
  });

  it("stores by PUT under the parameter's id", async () => {
    expect(await put(`statementId=${uuid(3)}`, statement())).to.deep.equal({ status: 204, headers: {}, body: "" });
    expect((await put(`statementId=${uuid(3)}`, statement({ id: uuid(3) }))).status).to.equal(204);
    expect((await put(`statementId=${uuid(3)}`, statement({ result: { success: true } }))).status).to.equal(409);
    expect(JSON.parse((await get(`statementId=${uuid(3)}`)).body)).to.include({ id: uuid(3) });
  });

  for (const [what, query, body] of [
    ["without statementId", "", statement()],
    ["with a statementId that is no UUID", "statementId=x", statement()],
    ["with another id in the body", `statementId=${uuid(4)}`, statement({ id: uuid(5) })],
    ["of several statements", `statementId=${uuid(4)}`, [statement()]],
    ["with an unknown parameter", `statementId=${uuid(4)}&x=y`, statement()],
    ["of null", `statementId=${uuid(4)}`, null],
    ["of an empty object", `statementId=${uuid(4)}`, {}],
  ] as const) {
    it(`refuses a PUT ${what}`, async () => expect((await put(query, body)).status).to.equal(400));
  }

  for (const [what, changes] of Object.entries({
    "that is no JSON": { body: Buffer.from("{") },
    "that is empty": { body: Buffer.alloc(0) },
    "that is not UTF-8": { body: Buffer.from([0x22, 0xff, 0x22]) },
    "with a raw U+0000": { body: Buffer.from('{"a":"\0"}') },
    "of another type": { contentType: "text/plain" },
    "without a type": { contentType: undefined },
    "with parameters": { parameters: new URLSearchParams("statementId=x") },
    "nested too deep": { body: Buffer.from("[".repeat(5000) + "]".repeat(5000)) },
    "of two bad statements": { body: bytes([{}, statement(), { id: 3 }]) },
  })) {
    it(`refuses a POST ${what} with 400`, async () => expect((await post(statement(), changes)).status).to.equal(400));
  }

  it("tells every problem of every statement in a refused batch", async () => {
    const { body } = await post([statement(), statement({ verb: { id: "x" } }), statement({ actor: {}, extra: 1 })]);
    const { problems } = JSON.parse(body) as { problems: { pointer: string; clause: string }[] };
    expect(problems.map(({ pointer, clause }) => `${pointer} ${clause}`)).to.deep.equal(["/1/verb/id Data 2.4.3", "/2/actor Data 2.4.2.1", "/2/extra Data 2.2"]);
  });

  it("gives one statement with Last-Modified and Consistent-Through", async () => {
    await post(statement({ id: uuid(10) }));
    const { status, headers, body } = await get(`statementId=${uuid(10)}`);
    const { stored } = JSON.parse(body) as { stored: string };
    expect(status).to.equal(200);
    expect(headers["Last-Modified"]).to.equal(new Date(stored).toUTCString());
    expect(headers["X-Experience-API-Consistent-Through"]! >= stored).to.equal(true);
    expect((await get(`statementId=${uuid(99)}`)).status).to.equal(404);
  });

  it("pages through `more` to the end, in both orders", async () => {
    await post(Array.from({ length: 25 }, (_, number) => statement({ id: uuid(100 + number), verb: { id: "http://example.org/verbs/paged" } })));
    for (const ascending of ["true", "false"]) {
      const ids: unknown[] = [];
      let query = new URLSearchParams({ verb: "http://example.org/verbs/paged", ascending, limit: "7" }).toString();
      while (query !== "") {
        const { body } = await get(query);
        const { statements, more } = JSON.parse(body) as { statements: { id: string }[]; more: string };
        ids.push(...statements.map(({ id }) => id));
        expect(more === "" || more.startsWith(`${path}?more=`)).to.equal(true);
        query = more.slice(path.length + 1);
      }
      const wanted = Array.from({ length: 25 }, (_, number) => uuid(100 + number));
      expect(ids).to.deep.equal(ascending === "true" ? wanted : wanted.reverse());
    }
  });

  it("gives no more than a page where limit is 0, absent or large", async () => {
    for (const query of ["", "limit=0", "limit=1000000"]) expect(found(await get(query)), query).to.have.length(10);
  });

  it("gives fewer on a page where statements are of many megabytes", async () => {
    const verb = { id: "http://example.org/verbs/wrote-a-book" };
    const large = (number: number) => post(statement({ id: uuid(900 + number), verb, result: { response: "x".repeat(15_000_000) } }));
    for (const number of [1, 2, 3, 4, 5]) await large(number);
    const pages: unknown[] = [];
    for (let query = `verb=${encodeURIComponent(verb.id)}`; query !== ""; ) {
      const answer = await get(query);
      pages.push(found(answer).map(({ id }) => id));
      query = (JSON.parse(answer.body) as { more: string }).more.slice(path.length + 1);
    }
    expect(pages).to.deep.equal([[uuid(905), uuid(904), uuid(903), uuid(902)], [uuid(901)]]);
    await db.run(sql`truncate statement, statement_id, statement_key, statement_reference`);
  });

  it("takes since as exclusive and until as inclusive, by the microsecond that `stored` tells", async () => {
    await post([statement({ id: uuid(201) }), statement({ id: uuid(202) })]);
    const { stored } = JSON.parse((await get(`statementId=${uuid(201)}`)).body) as { stored: string };
    expect(found(await get({ since: stored })).map(({ id }) => id)).to.deep.equal([uuid(202)]);
    expect(found(await get({ until: stored, limit: "1" })).map(({ id }) => id)).to.deep.equal([uuid(201)]);
    const elsewhere = stored.replace("Z", "+00:00");
    expect(found(await get({ until: elsewhere, limit: "1" })).map(({ id }) => id)).to.deep.equal([uuid(201)]);
  });

  for (const query of [
    "statementId=x", "voidedStatementId=1", "agent=ann", "agent={}", 'agent={"objectType":"Group","member":[]}', "verb=tried", "activity=one", "registration=1", "related_agents=yes", "related_activities=1",
    "since=yesterday", "until=2015-13-01T00:00:00Z", "limit=-1", "limit=1.5", "limit=x", "format=xml", "attachments=maybe", "ascending=TRUE", "unknown=1", "Verb=http://a.example", "limit=1&limit=2",
    `statementId=${uuid(1)}&limit=1`, `voidedStatementId=${uuid(1)}&verb=http://a.example`, `statementId=${uuid(1)}&voidedStatementId=${uuid(1)}`, "more=x", "more=MTIz&limit=1", "since=2015-11-18T12:17:00-00:00", "toString=1",
  ]) {
    it(`refuses ?${query} with 400`, async () => expect((await get(query)).status).to.equal(400));
  }

  it("names each wrong parameter", async () => {
    const { problems } = JSON.parse((await get("limit=x&verb=y&zoo=1")).body) as { problems: { pointer: string }[] };
    expect(problems.map(({ pointer }) => pointer)).to.deep.equal(["/limit", "/verb", "/zoo"]);
  });

  it("gives ids only, and numbers without loss", async () => {
    const group = { objectType: "Group", name: "All", member: [{ mbox: "mailto:bo@example.org", name: "Bo" }] };
    await post(`{"id":"${uuid(300)}","actor":${JSON.stringify(group)},"verb":{"id":"http://e/v","display":{"en":"v"}},"object":{"id":"http://e/a","definition":{"name":{"en":"A"}}},"context":{"team":${JSON.stringify({ ...group, mbox: "mailto:t@e.org" })},"contextActivities":{"parent":{"id":"http://e/p","definition":{}}}},"result":{"extensions":{"http://e/x":12345678901234567890}}}`);
    const { body } = await get(`statementId=${uuid(300)}&format=ids`);
    expect(body).to.include("12345678901234567890");
    expect(JSON.parse(body)).to.deep.include({
      actor: { objectType: "Group", member: [{ mbox: "mailto:bo@example.org" }] },
      verb: { id: "http://e/v" },
      object: { id: "http://e/a" },
      context: { team: { objectType: "Group", mbox: "mailto:t@e.org" }, contextActivities: { parent: [{ id: "http://e/p" }] } },
    });
  });

  it("gives the canonical definition in the language asked for, map by map", async () => {
    const object = { id: "http://e/canonical", definition: { name: { "en-US": "House", fr: "Maison" }, description: { "de": "Haus" } } };
    await post(statement({ id: uuid(310), object, verb: { id: "http://e/v", display: { "en-GB": "tried", fr: "essayé" } } }));
    await post(statement({ object: { ...object, definition: { name: { es: "Casa" }, type: "http://e/type" } } }));
    await mergeStored();
    const definition = async (acceptLanguage?: string) => {
      const parsed = JSON.parse((await get(`statementId=${uuid(310)}&format=canonical`, { acceptLanguage })).body) as { object: { definition: unknown }; verb: { display: unknown } };
      return [parsed.object.definition, parsed.verb.display];
    };
    expect(await definition("fr;q=0.9, en-US;q=0.5")).to.deep.equal([{ name: { fr: "Maison" }, description: { de: "Haus" }, type: "http://e/type" }, { fr: "essayé" }]);
    expect(await definition("en")).to.deep.equal([{ name: { "en-US": "House" }, description: { de: "Haus" }, type: "http://e/type" }, { "en-GB": "tried" }]);
    expect((await definition("es-MX, fr;q=0"))[0]).to.deep.include({ name: { es: "Casa" } });
  });

  it("lets a key do what its scopes say", async () => {
    const other = { ...everything, authority: { mbox: "mailto:other@example.org" }, authorityKey: authorityKeyOf({ mbox: "mailto:other@example.org" }) };
    const mine = { credential: { ...other, scopes: ["statements/read/mine", "statements/write"] } };
    await post(statement({ id: uuid(320), verb: { id: "http://example.org/verbs/mine" } }), mine);
    await post(statement({ id: uuid(321), verb: { id: "http://example.org/verbs/mine" } }));
    expect(found(await get({ verb: "http://example.org/verbs/mine" }, mine)).map(({ id }) => id)).to.deep.equal([uuid(320)]);
    expect((await get(`statementId=${uuid(321)}`, mine)).status).to.equal(404);
    expect((await get("", { credential: { ...everything, scopes: ["statements/write"] } })).status).to.equal(403);
    expect((await post(statement(), { credential: { ...everything, scopes: ["all/read", "statements/read"] } })).status).to.equal(403);
    expect((await get("", { credential: { ...everything, scopes: ["all/read"] } })).status).to.equal(200);
  });

  it("serves many single POSTs at once, and one that conflicts fails alone", async () => {
    await post(statement({ id: uuid(400) }));
    const sent = Array.from({ length: 80 }, (_, number) => statement({ id: uuid(400 + number), result: { response: "again" } }));
    const answers = await Promise.all(sent.map((one) => post(one)));
    expect(answers.map(({ status }) => status)).to.deep.equal([409, ...Array<number>(79).fill(200)]);
  });

  /** What the feed's reader does. */
  async function mergeStored(): Promise<void> {
    const rows = await db.rows<{ store: number; seq: string; raw: string }>(sql`select store, seq, raw from statement order by seq`);
    await mergeMentions(db, rows.map(({ store, seq, raw }) => ({ store, seq: Number(seq), statement: read(raw) as Members })));
  }

  function request(query: string | Record<string, string>) {
    return { path, parameters: new URLSearchParams(query), version: "2.0.0" as const, credential: everything };
  }
});

function bytes(body: unknown): Buffer {
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

type JsonAnswer = XapiAnswer & { body: string };

async function answered(work: () => Promise<XapiAnswer>): Promise<JsonAnswer> {
  try {
    const answer = await work();
    expect(answer.body).to.be.a("string");
    return answer as JsonAnswer;
  } catch (error) {
    if (!isCadreError(error)) throw error;
    return { status: error.status, headers: {}, body: JSON.stringify({ code: error.code, problems: error.problems }) };
  }
}
