import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { eraseStatements, lockStatements } from "../../core/lrs/privacy/acts.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { statement, uuid } from "./support.ts";

const versions = ["1.0.3", "2.0.0"] as const;
type Version = (typeof versions)[number];
const voiding = { id: "http://adlnet.gov/expapi/verbs/voided" };
const ref = (number: number) => ({ objectType: "StatementRef", id: uuid(number) });
const long = (front: string) => front + "x".repeat(3000);

/** What implementers get wrong about statements: each rule by itself, over HTTP. */
describe("records: rules of statements that are easily broken", () => {
  let host: TestHost;
  let all: Client;
  before(async () => {
    host = await testHost();
    all = await client(host);
  });
  after(() => host.stop());
  beforeEach(() => host.database.run(sql`truncate statement, statement_id, statement_key, statement_reference`));

  const post = (body: unknown, version: Version = "2.0.0") => all.send("POST", "", { body, headers: { "X-Experience-API-Version": version } });
  const get = async (id: number, version: Version = "2.0.0", query = {}) => (await all.send("GET", { statementId: uuid(id), ...query }, { headers: { "X-Experience-API-Version": version } })).json as Record<string, unknown>;
  const found = async (query: Record<string, string>) => (await all.find({ ascending: "true", ...query })).map(({ id }) => Number((id as string).slice(-12)));
  const kept = async (body: Record<string, unknown>, version: Version = "2.0.0") => {
    expect((await post({ id: uuid(1), ...body }, version)).status).to.equal(200);
    return get(1, version);
  };

  describe("where the versions differ", () => {
    it("a statement without a version gets 1.0.0 in 1.0.3 and 2.0.0 in 2.0", async () => {
      expect(await kept(statement(), "1.0.3")).to.include({ version: "1.0.0" });
      expect((await post(statement({ id: uuid(2) }))).status).to.equal(200);
      expect(await get(2)).to.include({ version: "2.0.0" });
    });

    for (const [version, own] of [["1.0.3", "1.0.2"], ["2.0.0", "2.0.1"], ["2.0.0", "1.0.3"]] as const) {
      it(`a statement's own version ${own} is given back as it was accepted in ${version}`, async () => expect(await kept(statement({ version: own }), version)).to.include({ version: own }));
    }

    for (const [version, own] of [["1.0.3", "2.0.0"], ["1.0.3", "0.9"], ["1.0.3", "1.1.0"], ["2.0.0", "2.1.0"], ["2.0.0", "3.0.0"]] as const) {
      it(`a statement's own version ${own} is refused in ${version}`, async () => expect((await post(statement({ version: own }), version)).status).to.equal(400));
    }

    it("a statement of 2.0 is given to a reader of 1.0.3 as it is, and one of 1.0.3 to a reader of 2.0", async () => {
      const context = { contextAgents: [{ objectType: "contextAgent", agent: { mbox: "mailto:bo@example.org" }, relevantTypes: ["http://example.org/types/a"] }] };
      expect(await kept(statement({ context }))).to.deep.equal(await get(1, "1.0.3"));
      expect(await get(1, "1.0.3")).to.deep.include({ context, version: "2.0.0" });
      await post(statement({ id: uuid(2) }), "1.0.3");
      expect(await get(2)).to.deep.equal(await get(2, "1.0.3"));
    });

    it("contextAgents and contextGroups are refused in 1.0.3", async () => {
      for (const context of [{ contextAgents: [] }, { contextGroups: [] }]) {
        expect((await post(statement({ context }), "1.0.3")).status).to.equal(400);
        expect((await post(statement({ context }))).status).to.equal(200);
      }
    });

    it("related_agents finds contextAgents, contextGroups and their members", async () => {
      const [bo, cy] = [{ mbox: "mailto:bo@example.org" }, { mbox: "mailto:cy@example.org" }];
      await post([
        statement({ id: uuid(1), context: { contextAgents: [{ objectType: "contextAgent", agent: bo }] } }),
        statement({ id: uuid(2), context: { contextGroups: [{ objectType: "contextGroup", group: { objectType: "Group", ...bo, member: [cy] } }] } }),
      ]);
      expect(await found({ agent: JSON.stringify(bo), related_agents: "true" })).to.deep.equal([1, 2]);
      expect(await found({ agent: JSON.stringify(cy), related_agents: "true" })).to.deep.equal([2]);
      expect(await found({ agent: JSON.stringify(bo) })).to.deep.equal([]);
    });

    for (const version of versions) {
      it(`a property that is not known is refused (${version})`, async () => {
        for (const body of [statement({ more: 1 }), statement({ Verb: {} }), statement({ verb: { id: "http://e/v", name: "x" } })]) expect((await post(body, version)).status).to.equal(400);
      });

      it(`a timestamp is told in UTC and never refused for its zone (${version})`, async () => {
        expect(await kept(statement({ timestamp: "2015-11-18T12:17:00+02:00" }), version)).to.include({ timestamp: "2015-11-18T10:17:00Z" });
      });

      it(`an offset of -00:00 is refused (${version})`, async () => {
        for (const offset of ["-00:00", "-0000", "-00"]) expect((await post(statement({ timestamp: `2015-11-18T12:17:00${offset}` }), version)).status).to.equal(400);
      });

      it(`a timestamp that is missing is what stored is (${version})`, async () => {
        const { timestamp, stored } = await kept(statement(), version);
        expect(timestamp).to.be.a("string").and.equal(stored);
      });

      it(`a timestamp of the future is taken (${version})`, async () => {
        expect(await kept(statement({ timestamp: "2999-01-01T00:00:00Z" }), version)).to.include({ timestamp: "2999-01-01T00:00:00Z" });
      });

      it(`a duration finer than 0.01 s is taken, given back as it was, and makes no other statement (${version})`, async () => {
        expect(await kept(statement({ result: { duration: "PT1.2345S" } }), version)).to.deep.include({ result: { duration: "PT1.2345S" } });
        expect((await post(statement({ id: uuid(1), result: { duration: "PT1.239S" } }), version)).status).to.equal(200);
        expect((await post(statement({ id: uuid(1), result: { duration: "PT1.24S" } }), version)).status).to.equal(409);
      });

      it(`an id that is used twice in a batch is refused (${version})`, async () => {
        expect((await post([statement({ id: uuid(1) }), statement({ id: uuid(1) })], version)).status).to.equal(400);
      });

      it(`Last-Modified is when the statement was stored (${version})`, async () => {
        const { stored } = await kept(statement(), version);
        const { headers } = await all.send("GET", { statementId: uuid(1) }, { headers: { "X-Experience-API-Version": version } });
        expect(headers.get("last-modified")).to.equal(new Date(stored as string).toUTCString());
      });

      it(`canonical has one language in each map (${version})`, async () => {
        const map = { "en-US": "one", fr: "un" };
        const definition = { name: map, description: map, interactionType: "choice", choices: [{ id: "a", description: map }], extensions: { "http://e/x": map } };
        const context = { contextActivities: { parent: [{ id: "http://example.org/activities/parent", definition: { name: map } }] } };
        await kept(statement({ verb: { id: "http://e/v", display: map }, object: { id: "http://example.org/activities/canonical", definition }, context }), version);
        const answer = await all.send("GET", { statementId: uuid(1), format: "canonical" }, { headers: { "X-Experience-API-Version": version, "Accept-Language": "en;q=0.5, fr;q=0.9" } });
        const one = { fr: "un" };
        expect(answer.json).to.deep.include({
          verb: { id: "http://e/v", display: one },
          object: { id: "http://example.org/activities/canonical", definition: { ...definition, name: one, description: one, choices: [{ id: "a", description: one }] } },
          context: { contextActivities: { parent: [{ id: "http://example.org/activities/parent", definition: { name: one } }] } },
        });
      });

      it(`a statement may void what is not there, and what is there by no id at all (${version})`, async () => {
        expect((await post(statement({ id: uuid(1), verb: voiding, object: ref(77) }), version)).status).to.equal(200);
        expect((await post(statement({ id: uuid(77) }), version)).status).to.equal(200);
        expect(await found({})).to.deep.equal([1]);
      });

      it(`the LRS sets authority, stored and version, whatever was sent (${version})`, async () => {
        const sent = statement({ authority: { mbox: "mailto:liar@example.org" }, stored: "2001-01-01T00:00:00Z" });
        const { authority, stored } = await kept(sent, version);
        expect((authority as { account: { homePage: string } }).account.homePage).to.equal(host.url);
        expect(stored).to.not.equal(sent.stored);
      });
    }
  });

  describe("filters", () => {
    const bo = JSON.stringify({ mbox: "mailto:bo@example.org" });

    it("agent finds actor and object, and members of groups in either place; not instructor, team, authority or SubStatement", async () => {
      const agent = { mbox: "mailto:bo@example.org" };
      const group = { objectType: "Group", member: [{ mbox: "mailto:cy@example.org" }, agent] };
      await post([
        statement({ id: uuid(1), actor: agent }),
        statement({ id: uuid(2), object: { objectType: "Agent", ...agent } }),
        statement({ id: uuid(3), actor: group }),
        statement({ id: uuid(4), object: { ...group, account: { homePage: "http://e", name: "g" } } }),
        statement({ id: uuid(5), context: { instructor: agent, team: group } }),
        statement({ id: uuid(6), object: { objectType: "SubStatement", ...statement({ actor: agent }) } }),
      ]);
      expect(await found({ agent: bo })).to.deep.equal([1, 2, 3, 4]);
    });

    it("related_agents finds actor, object, authority, instructor and team, members of groups, and all of them within a SubStatement", async () => {
      const agent = { mbox: "mailto:bo@example.org" };
      const group = { objectType: "Group", member: [agent] };
      const places: Record<string, unknown>[] = [{ actor: agent }, { object: { objectType: "Agent", ...agent } }, { actor: group }, { context: { instructor: agent } }, { context: { team: group } }];
      const everywhere = [...places, ...places.map((place) => ({ object: { objectType: "SubStatement", ...statement(place) } }))];
      const every = everywhere.map((_, index) => index + 1);
      await post(everywhere.map((place, index) => statement({ id: uuid(index + 1), ...place })));
      const { authority } = await get(1);
      expect(await found({ agent: bo, related_agents: "true" })).to.deep.equal(every);
      expect(await found({ agent: JSON.stringify(authority), related_agents: "true" })).to.deep.equal(every);
      expect(await found({ agent: JSON.stringify(authority) })).to.deep.equal([]);
    });

    it("a statement that points at a match is a match, through voided ones too, in whatever order they came", async () => {
      await post(statement({ id: uuid(3), actor: { mbox: "mailto:cy@example.org" }, object: ref(2) }));
      await post(statement({ id: uuid(4), actor: { mbox: "mailto:cy@example.org" }, verb: voiding, object: ref(2) }));
      await post(statement({ id: uuid(2), actor: { mbox: "mailto:cy@example.org" }, object: ref(1) }));
      await post(statement({ id: uuid(1), actor: { mbox: "mailto:bo@example.org" } }));
      expect(await found({ agent: bo })).to.deep.equal([3, 4, 1]);
    });

    it("since, until and limit are held against the statement that points", async () => {
      await post(statement({ id: uuid(1), actor: { mbox: "mailto:bo@example.org" } }));
      const { stored } = await get(1);
      await post(statement({ id: uuid(2), object: ref(1) }));
      expect(await found({ agent: bo, since: stored as string })).to.deep.equal([2]);
      expect(await found({ agent: bo, until: stored as string })).to.deep.equal([1]);
      expect(await found({ agent: bo, limit: "1" })).to.deep.equal([1]);
    });

    for (const together of [true, false]) {
      for (const order of [[1, 2], [2, 1]]) {
        it(`a statement is voided though ${order.join(" came before ")}${together ? " in one batch" : ""}, and its voider is not`, async () => {
          const statements: Record<number, object> = { 1: statement({ id: uuid(1) }), 2: statement({ id: uuid(2), verb: voiding, object: ref(1) }) };
          const sent = order.map((number) => statements[number]);
          for (const body of together ? [sent] : sent) await post(body);
          await post(statement({ id: uuid(3), verb: voiding, object: ref(2) }));
          expect(await found({})).to.have.members([2, 3]);
          expect((await all.send("GET", { statementId: uuid(1) })).status).to.equal(404);
          expect((await all.send("GET", { voidedStatementId: uuid(1) })).status).to.equal(200);
          expect((await all.send("GET", { voidedStatementId: uuid(2) })).status).to.equal(404);
        });
      }
    }

    it("since is exclusive and until inclusive, by what `stored` says to its last digit", async () => {
      await post([statement({ id: uuid(1) }), statement({ id: uuid(2) }), statement({ id: uuid(3) })]);
      const { stored } = await get(2);
      expect(await found({ since: stored as string })).to.deep.equal([3]);
      expect(await found({ until: stored as string })).to.deep.equal([1, 2]);
      expect(await found({ since: stored as string, until: stored as string })).to.deep.equal([]);
    });

    it("Consistent-Through is at or after what can be seen, on pages, single statements and their refusals", async () => {
      await post(statement({ id: uuid(1) }));
      const { stored } = await get(1);
      for (const query of ["", `statementId=${uuid(1)}`]) {
        expect((await all.send("GET", query)).headers.get("x-experience-api-consistent-through")! >= (stored as string)).to.equal(true);
      }
    });

    it("`more` goes on where its page ended, whatever is stored, voided or erased meanwhile", async () => {
      for (const ascending of ["false", "true"]) {
        await host.database.run(sql`truncate statement, statement_id, statement_key, statement_reference`);
        for (const number of [1, 2, 3, 4, 5, 6]) await post(statement({ id: uuid(number) }));
        const page = async (query: Record<string, string>) => (await all.send("GET", query)).json as { statements: { id: string }[]; more: string };
        const first = await page({ limit: "2", ascending, activity: "http://example.org/activities/one" });
        await post([statement({ id: uuid(9) }), statement({ id: uuid(10), verb: { id: "http://adlnet.gov/expapi/verbs/voided" }, object: { objectType: "StatementRef", id: uuid(4) } })]);
        const at = first.statements.at(-1)!.id;
        await host.database.transaction(async (tx) => {
          const { seq } = await tx.one<{ seq: string }>(sql`select seq from statement where id = ${at}`);
          await eraseStatements(tx, 1, await lockStatements(tx, 1, [Number(seq)]));
        });
        const rest = await page({ more: new URL(first.more, host.url).searchParams.get("more")! });
        const numbers = [...first.statements, ...rest.statements].map(({ id }) => Number(id.slice(-12)));
        expect(numbers).to.deep.equal(ascending === "true" ? [1, 2, 3, 5] : [6, 5, 3, 2]);
        expect(rest.more).not.to.equal("");
      }
    });

    it("unknown and mis-cased parameters are refused", async () => {
      for (const query of ["Verb=http://e/v", "statementid=1", "RELATED_AGENTS=true", "x=1", "Limit=1"]) expect((await all.send("GET", query)).status, query).to.equal(400);
    });
  });

  describe("what is kept", () => {
    it("a repeated statement is the same whatever an LRS may set or tell otherwise, and another one is a conflict", async () => {
      const one = statement({ id: uuid(1), timestamp: "2015-11-18T12:00:00Z", result: { score: { raw: 1 } }, verb: { id: "http://e/v", display: { en: "a" } }, object: { id: "http://e/a", definition: { name: { en: "A" } } } });
      await post(one);
      const same = [
        { ...one, timestamp: "2015-11-18T13:00:00.000+01:00" },
        { ...one, verb: { id: "http://e/v" } },
        { ...one, object: { id: "http://e/a", objectType: "Activity", definition: { name: { fr: "B" } } } },
        Object.fromEntries(Object.entries(one).reverse()),
        { ...one, authority: { mbox: "mailto:x@example.org" }, stored: "2001-01-01T00:00:00Z", version: "1.0.0" },
        JSON.stringify(one).replace('"raw":1', '"raw":1.0'),
        { ...one, id: uuid(1).toUpperCase() },
      ];
      for (const body of same) expect((await post(body)).status, JSON.stringify(body)).to.equal(200);
      for (const changes of [{ timestamp: "2015-11-18T12:00:01Z" }, { result: { score: { raw: 2 } } }, { context: { platform: "p" } }]) expect((await post({ ...one, ...changes })).status).to.equal(409);
      expect(await all.find({})).to.have.length(1);
    });

    it("a batch is stored whole or not at all, and its ids are told in its order", async () => {
      expect((await post([statement({ id: uuid(2) }), statement({ id: uuid(1) })])).json).to.deep.equal([uuid(2), uuid(1)]);
      expect((await post([statement({ id: uuid(3) }), statement({ id: uuid(1), result: {} })])).status).to.equal(409);
      expect((await post([statement({ id: uuid(4) }), {}])).status).to.equal(400);
      expect(await found({})).to.have.members([1, 2]);
    });

    it("ids are the least that tells who and what, and members of anonymous groups", async () => {
      const map = { en: "x" };
      const group = { objectType: "Group", name: "All", member: [{ objectType: "Agent", name: "Bo", mbox: "mailto:bo@example.org" }] };
      const object = { objectType: "SubStatement", actor: group, verb: { id: "http://e/v", display: map }, object: { id: "http://e/a", definition: { name: map } } };
      await kept({ actor: { ...group, mbox: "mailto:g@example.org" }, verb: { id: "http://e/v", display: map }, object, context: { contextGroups: [{ objectType: "contextGroup", group, relevantTypes: ["http://e/t"] }] } });
      const bo = { objectType: "Agent", mbox: "mailto:bo@example.org" };
      expect(await get(1, "2.0.0", { format: "ids" })).to.deep.include({
        actor: { objectType: "Group", mbox: "mailto:g@example.org" },
        verb: { id: "http://e/v" },
        object: { objectType: "SubStatement", actor: { objectType: "Group", member: [bo] }, verb: { id: "http://e/v" }, object: { id: "http://e/a" } },
        context: { contextGroups: [{ objectType: "contextGroup", group: { objectType: "Group", member: [bo] }, relevantTypes: ["http://e/t"] }] },
      });
    });

    it("exact is what was sent to the letter: numbers, escapes, order of members, definitions", async () => {
      const members = `"actor":{"name":"A\\u00e9\\ud83d","mbox":"mailto:ann@example.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://example.org/activities/exact","definition":{"name":{"en":"first"}}},"result":{"score":{"raw":1.50},"extensions":{"http://e/x":12345678901234567890,"http://e/y":[-0.0,1E+2,1e400]}}`;
      await post(`{"id":"${uuid(1)}",${members}}`);
      await post(statement({ object: { id: "http://example.org/activities/exact", definition: { name: { en: "second" } } } }));
      expect((await all.send("GET", { statementId: uuid(1), format: "exact" })).text).to.include(members);
    });

    for (const format of ["ids", "canonical"]) {
      it(`${format} keeps numbers that no double holds`, async () => {
        await post(`{"id":"${uuid(1)}","actor":{"mbox":"mailto:a@b.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/o"},"result":{"score":{"raw":12345678901234567890},"extensions":{"http://e/y":1.10}}}`);
        expect((await all.send("GET", { statementId: uuid(1), format })).text).to.match(/"raw":12345678901234567890\b/);
      });
    }

    it("HEAD is GET without the body", async () => {
      await post(statement({ id: uuid(1) }));
      for (const query of ["", `statementId=${uuid(1)}`, `statementId=${uuid(9)}`, "limit=x"]) {
        const [head, get] = [await all.send("HEAD", query), await all.send("GET", query)];
        expect([head.status, head.text, head.headers.get("content-type")]).to.deep.equal([get.status, "", get.headers.get("content-type")]);
      }
    });
  });

  describe("what has no limit or is hostile is never a fault", () => {
    const unit = "\\ud800";
    const raw = (members: string) => `{"id":"${uuid(1)}","actor":{"mbox":"mailto:ann@example.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/a"}${members}}`;

    it("IRIs and names of 3,000 characters are stored and found", async () => {
      const [verb, activity, name, homePage] = [long("http://e/v"), long("http://e/a"), long("n"), long("http://e/h")];
      await kept(statement({ actor: { account: { homePage, name } }, verb: { id: verb }, object: { id: activity }, context: { platform: long("p"), registration: uuid(7) } }));
      for (const [parameter, value] of Object.entries({ verb, activity, agent: JSON.stringify({ account: { homePage, name } }) })) expect(await found({ [parameter]: value })).to.deep.equal([1]);
    });

    it("U+0000 in any string is kept", async () => {
      const text = raw(`,"result":{"response":"a\\u0000b","extensions":{"http://e/x":{"\\u0000":"\\u0000"}}},"context":{"platform":"\\u0000"}`).replace('"mbox"', '"name":"\\u0000","mbox"');
      expect((await post(text)).status).to.equal(200);
      expect(await get(1)).to.deep.include({ result: { response: "a\0b", extensions: { "http://e/x": { "\0": "\0" } } } });
    });

    it("U+0000 where an agent is told by it is kept and found", async () => {
      const agent = { account: { homePage: "http://e", name: "a\0b" } };
      await kept(statement({ actor: agent }));
      expect(await found({ agent: JSON.stringify(agent) })).to.deep.equal([1]);
    });

    it("half of a surrogate pair is kept in strings and refused in IRIs", async () => {
      expect((await post(raw(`,"result":{"response":"${unit}"}`))).status).to.equal(200);
      expect((await all.send("GET", { statementId: uuid(1) })).text).to.include(unit);
      for (const body of [raw("").replace("http://e/a", `http://e/a${unit}`), raw("").replace("http://e/v", `http://e/v${unit}`), raw(`,"result":{"extensions":{"http://e/${unit}":1}}`)]) expect((await post(body)).status).to.equal(400);
      expect((await post(raw("").replace(uuid(1), uuid(2)).replace('"mbox":"mailto:ann@example.org"', `"account":{"homePage":"http://e","name":"${unit}"}`))).status).to.equal(200);
    });

    it("U+0000 and half of a surrogate pair in words hold up no reader of statements", async () => {
      const words = (text: string) => raw(`,"result":{"response":"${text}"}`).replace('"id":"http://e/v"', `"id":"http://e/said","display":{"en":"${text}"}`).replace('"id":"http://e/a"', `"id":"http://e/said","definition":{"name":{"en":"${text}"}}`).replace('"mbox"', `"name":"${text}","mbox"`);
      expect((await post(words(`a${unit}\\u0000b`))).status).to.equal(200);
      await host.drain();
      expect(await host.database.maybe(sql`select display from lrs_verb where id = 'http://e/said'`)).to.deep.equal({ display: "a\ufffd\ufffdb" });
      expect(await host.database.maybe(sql`select from lrs_activity where id = 'http://e/said'`)).to.not.equal(undefined);
    });

    it("strings of a million characters and numbers of many digits are kept", async () => {
      const response = "ü".repeat(1_000_000);
      expect(await kept(statement({ result: { response } }))).to.deep.include({ result: { response } });
      expect((await post(raw(`,"result":{"score":{"raw":${"9".repeat(10_000)}}}`).replace(uuid(1), uuid(2)))).status).to.equal(200);
      expect((await post(raw(`,"result":{"score":{"scaled":${"9".repeat(20)}}}`).replace(uuid(1), uuid(3)))).status).to.equal(400);
    });

    it("nesting of 100 levels is kept", async () => {
      const nested = `${"[".repeat(100)}1${"]".repeat(100)}`;
      expect((await post(raw(`,"context":{"extensions":{"http://e/x":${nested}}}`))).status).to.equal(200);
      for (const format of ["exact", "ids", "canonical"]) expect((await all.send("GET", { statementId: uuid(1), format })).text).to.include(nested);
    });

    for (const [what, body] of [
      ["a million levels", `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`],
      ["a million levels of objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
      ["a member twice", raw(',"verb":{"id":"http://e/other"}')],
      ["a member twice by an escape", raw(',"v\\u0065rb":{"id":"http://e/other"}')],
      ["__proto__", raw(',"__proto__":{"id":"http://e/other"}')],
      ["constructor", raw(',"constructor":{}')],
      ["toString in the place of an object", raw(',"result":{"toString":1}')],
      ["__proto__ for a language", raw("").replace('"id":"http://e/v"', '"id":"http://e/v","display":{"__proto__":"x"}')],
      ["numbers for everything", '{"id":1,"actor":1,"verb":1,"object":1,"context":1,"result":1,"attachments":1,"timestamp":1,"version":1,"authority":1,"stored":1}'],
      ["arrays for everything", '{"id":[],"actor":[],"verb":[],"object":[],"context":[],"result":[],"attachments":{},"timestamp":[],"version":[],"authority":[],"stored":[]}'],
      ["null", "null"],
      ["a string", '"statement"'],
      ["an array of arrays", "[[[]]]"],
    ] as const) {
      it(`${what} is refused with 400`, async () => expect((await post(body)).status).to.equal(400));
    }

    for (const [what, body] of [
      ["an object of a million members", `{${Array.from({ length: 1_000_000 }, (_, name) => `"${name}":1`).join()}}`],
      ["two thousand statements of nothing", JSON.stringify(Array.from({ length: 2000 }, () => ({})))],
    ] as const) {
      it(`${what} is refused with the first thousand problems`, async () => {
        const { status, json } = await post(body);
        expect(status).to.equal(400);
        expect((json as { errors: object[] }).errors).to.have.length(1000);
      });
    }

    it("an empty array is stored as nothing", async () => expect(await post([])).to.deep.include({ status: 200, json: [] }));

    it("extensions named like members of JavaScript are kept", async () => {
      expect((await post(raw(`,"result":{"extensions":{"http://e/x":{"__proto__":{"toString":1},"constructor":null}}}`))).status).to.equal(200);
      for (const format of ["exact", "ids", "canonical"]) expect((await all.send("GET", { statementId: uuid(1), format })).text).to.include('{"__proto__":{"toString":1},"constructor":null}');
      expect((await post(raw(`,"result":{"extensions":{"http://e/x":{"__proto__":{"toString":2},"constructor":null}}}`))).status).to.equal(409);
    });

    for (const query of ["verb=http://e/%00", "activity=http://e/%ED%A0%80", "agent=%7B%22mbox%22%3A%22mailto%3A%00%40e.org%22%7D", "since=9999-12-31T23:59:59Z", "since=0000-01-01T00:00:00Z&until=0001-01-01T00:00:00Z", "limit=999999999", `more=${Buffer.from("9999999999999999 verb=http://e/v").toString("base64url")}`, `registration=${uuid(1)}%00`, `verb=${encodeURIComponent(long("http://e/"))}`]) {
      it(`GET ?${query.slice(0, 60)} is answered or refused`, async () => expect((await all.send("GET", query)).status).to.be.oneOf([200, 400]));
    }
  });
});
