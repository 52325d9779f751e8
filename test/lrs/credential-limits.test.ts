import { expect } from "chai";
import { requireDocumentWithin, type DocumentPlace } from "../../core/lrs/credentials/limits.ts";
import type { Credential, Limits, Scope } from "../../core/lrs/credentials/credential.ts";
import { sql } from "../../core/db/sql.ts";
import { recordsOf } from "../../core/lrs/records.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { refusal } from "./refusal.ts";
import { refused, resource } from "./resource-client.ts";
import { statement, uuid } from "./support.ts";

const root = "https://example.org/golf";
const ann = { mbox: "mailto:ann@example.org" };
const bea = { mbox: "mailto:bea@example.org" };
const registration = uuid(700);
const about = (id: string) => ({ object: { id } });
const around = (kind: string, id: string, changes = {}) => ({ object: { id: "https://example.org/elsewhere" }, context: { contextActivities: { [kind]: [{ id }] }, ...changes } });
const ids = (statements: Record<string, unknown>[]) => statements.map(({ id }) => id);

describe("records: limits of keys", () => {
  let host: TestHost;
  let all: Client;
  before(async () => {
    host = await testHost();
    all = await client(host);
  });
  after(() => host?.stop());

  const limited = (limits: object, scopes: Scope[] = ["statements/write", "statements/read"]) => client(host, scopes, { limits });
  const stored = async (id: string) => (await all.send("GET", { statementId: id })).status === 200;

  describe("on sending", () => {
    for (const [what, limits, sent, refused] of [
      ["the activity itself", { activity: root }, about(root), undefined],
      ["an activity below by /", { activity: root }, about(`${root}/swing`), undefined],
      ["an activity below by #", { activity: root }, about(`${root}#swing`), undefined],
      ["an activity below by ?", { activity: root }, about(`${root}?page=2`), undefined],
      ["an activity below a root that ends in /", { activity: `${root}/` }, about(`${root}/swing`), undefined],
      ["the activity as parent", { activity: root }, around("parent", root), undefined],
      ["the activity as grouping", { activity: root }, around("grouping", root), undefined],
      ["the activity as category", { activity: root }, around("category", root), { pointer: "/object/id", limit: "activity" }],
      ["an activity that only begins alike", { activity: root }, about(`${root}er`), { pointer: "/object/id", limit: "activity" }],
      ["another activity", { activity: root }, about("https://example.org/tennis"), { pointer: "/object/id", limit: "activity" }],
      ["an agent as the object", { activity: root }, { object: { objectType: "Agent", ...ann } }, { pointer: "/object/id", limit: "activity" }],
      ["the registration", { registration }, { context: { registration: registration.toUpperCase() } }, undefined],
      ["another registration", { registration }, { context: { registration: uuid(701) } }, { pointer: "/context/registration", limit: "registration" }],
      ["no registration", { registration }, {}, { pointer: "/context/registration", limit: "registration" }],
      ["the agent, its domain in other letters", { agent: ann }, { actor: { mbox: "mailto:ann@EXAMPLE.org" } }, undefined],
      ["another agent", { agent: ann }, { actor: bea }, { pointer: "/actor", limit: "agent" }],
      ["a group with the agent", { agent: ann }, { actor: { objectType: "Group", member: [ann] } }, { pointer: "/actor", limit: "agent" }],
      ["a voiding", { agent: ann }, { verb: { id: "http://adlnet.gov/expapi/verbs/voided" }, object: { objectType: "StatementRef", id: uuid(1) } }, { pointer: "/verb/id", limit: "voiding" }],
    ] as [string, object, Record<string, unknown>, { pointer: string; limit: string } | undefined][]) {
      it(`${refused ? "refuses" : "takes"} ${what}`, async () => {
        const key = await limited(limits);
        const { status, json } = await key.post(statement(sent));
        expect(status).to.equal(refused ? 403 : 200);
        if (refused) expect((json as { errors: object[] }).errors).to.have.lengthOf(1).and.satisfy(([error]: [object]) => expect(error).to.include({ code: "outside_limits", index: 0, ...refused }));
        const put = await key.send("PUT", { statementId: uuid(1000 + count++) }, { body: statement(sent) });
        expect(put.status).to.equal(refused ? 403 : 204);
      });
    }
    let count = 0;

    it("names every statement of a batch that lies outside, and stores none", async () => {
      const key = await limited({ activity: root, registration });
      const within = statement({ id: uuid(11), ...about(root), context: { registration } });
      const { status, json } = await key.post([within, statement({ id: uuid(12), ...about(root) }), statement({ id: uuid(13), context: { registration } })]);
      expect(status).to.equal(403);
      expect((json as { errors: { pointer: string; index: number; limit: string }[] }).errors.map(({ pointer, index, limit }) => [pointer, index, limit])).to.deep.equal([
        ["/1/context/registration", 1, "registration"],
        ["/2/object/id", 2, "activity"],
      ]);
      expect(await stored(uuid(11))).to.equal(false);
      expect((await key.post([within])).status).to.equal(200);
    });
  });

  describe("on reading", () => {
    before(() =>
      all.post([
        statement({ id: uuid(21), actor: ann, ...about(`${root}/reading`), context: { registration: uuid(720), contextActivities: { grouping: [{ id: `${root}/reading/course` }] } } }),
        statement({ id: uuid(22), actor: bea, ...about(`${root}/reading/course`) }),
        statement({ id: uuid(23), actor: ann, ...about("https://example.org/tennis") }),
        statement({ id: uuid(24), actor: bea, object: { objectType: "StatementRef", id: uuid(21) }, context: { registration: uuid(720) } }),
        statement({ id: uuid(25), actor: bea, object: { objectType: "StatementRef", id: uuid(21) } }),
      ]),
    );

    for (const [what, limits, query, wanted] of [
      ["an activity: what names it", { activity: `${root}/reading/course` }, {}, [22, 21]],
      ["an activity, and of those only what is asked for", { activity: `${root}/reading/course` }, { agent: JSON.stringify(ann) }, [21]],
      ["a registration: its own, and what of it points at a match", { registration: uuid(720) }, { agent: JSON.stringify(ann) }, [24, 21]],
      ["an agent", { agent: ann, activity: "https://example.org/tennis" }, {}, [23]],
      ["a registration that has nothing", { registration: uuid(799) }, {}, []],
    ] as [string, object, Record<string, string>, number[]][]) {
      it(`is kept to ${what}`, async () => {
        const key = await limited(limits);
        expect(ids(await key.find(query))).to.deep.equal(wanted.map(uuid));
        for (const number of [21, 22, 23, 24, 25]) {
          const expected = ids(await key.find({})).includes(uuid(number)) ? 200 : 404;
          expect((await key.send("GET", { statementId: uuid(number) })).status, String(number)).to.equal(expected);
        }
      });
    }

    it("counts nothing that lies outside, page by page", async () => {
      const key = await limited({ registration: uuid(720) });
      const first = (await key.send("GET", { limit: "1" })).json as { statements: { id: string }[]; more: string };
      expect([first.statements[0]?.id, first.more !== ""]).to.deep.equal([uuid(24), true]);
      const more = new URL(first.more, host.url).searchParams.get("more") ?? "";
      const second = (await key.send("GET", { more })).json as typeof first;
      expect([second.statements[0]?.id, second.more]).to.deep.equal([uuid(21), ""]);
    });
  });

  describe("on documents", () => {
    const within = (limits: Limits, place: DocumentPlace) => refusal(() => requireDocumentWithin({ limits } as Credential, place)).catch(() => "within");
    const agent = "mbox mailto:ann@example.org";
    for (const [what, limits, place, ok] of [
      ["a state of all three", { activity: root, agent, registration }, { activityId: `${root}/x`, agent: ann, registration: registration.toUpperCase() }, true],
      ["a state without the registration", { registration }, { activityId: root, agent: ann }, false],
      ["a state of another registration", { registration }, { activityId: root, agent: ann, registration: uuid(701) }, false],
      ["a state of another agent", { agent }, { activityId: root, agent: bea }, false],
      ["a state of another activity", { activity: root }, { activityId: `${root}er`, agent: ann }, false],
      ["an activity's profile", { activity: root, agent, registration }, { activityId: root }, true],
      ["another activity's profile", { activity: root }, { activityId: "https://example.org/tennis" }, false],
      ["an agent's profile", { activity: root, agent, registration }, { agent: ann }, true],
      ["another agent's profile", { agent }, { agent: bea }, false],
      ["anything without limits", {}, { activityId: root, agent: bea }, true],
    ] as [string, Limits, DocumentPlace, boolean][]) {
      it(`${ok ? "takes" : "refuses"} ${what}`, async () => expect(await within(limits, place)).to.equal(ok ? "within" : "outside_limits"));
    }
  });

  it("merges the definitions of keys that may define, and of no others", async () => {
    const defined = (text: string) => ({ object: { id: "https://example.org/defined", definition: { name: { en: text } } } });
    const name = async () => {
      await host.drain();
      return (await host.database.maybe<{ definition: string }>(sql`select definition from lrs_activity where id = 'https://example.org/defined'`))?.definition;
    };
    await (await client(host, ["statements/write"])).post(statement(defined("Not mine to say")));
    expect(await name()).to.equal(undefined);
    await (await client(host, ["statements/write", "define"])).post(statement(defined("Golf")));
    expect(await name()).to.equal('{"name":{"en":"Golf"}}');
    await (await client(host, ["statements/write"])).post(statement(defined("Not mine either")));
    expect(await name()).to.equal('{"name":{"en":"Golf"}}');
  });

  it("tells and takes what is known of the activity and those below it, and of no others", async () => {
    const [own, other] = [`${root}/known`, "https://example.org/exam"];
    const asking = (id: string, pattern: string, parent?: object) =>
      statement({ object: { id, definition: { interactionType: "fill-in", correctResponsesPattern: [pattern] } }, ...(parent && { context: { contextActivities: { parent } } }) });
    await all.post([asking(own, "par"), asking(other, "the answer")]);
    await host.drain();
    const wish = { limits: { activity: root } };
    const activities = await resource(host, "/xapi/activities", "2.0.0", ["all"], wish);
    expect((await activities("GET", { activityId: own })).text).to.include("par");
    expect(await refused(activities("GET", { activityId: other }))).to.equal("403 outside_limits");

    const key = await client(host, ["all"], wish);
    const id = uuid(900);
    await key.post({ ...statement({ id, object: { id: own }, context: { contextActivities: { parent: { id: root }, other: { id: other } } } }) });
    const { text } = await key.send("GET", { statementId: id, format: "canonical" });
    expect(text).to.include("par").and.not.include("the answer");

    await key.post(asking(own, "birdie", { id: other, definition: { interactionType: "fill-in", correctResponsesPattern: ["forged"] } }));
    await key.post(asking(`${own}/below`, "eagle"));
    await host.drain();
    const known = await resource(host, "/xapi/activities");
    expect(await Promise.all([own, `${own}/below`, other].map(async (activityId) => /par|birdie|eagle|the answer|forged/.exec((await known("GET", { activityId })).text)?.[0]))).to.deep.equal(["par", "eagle", "the answer"]);
  });

  it("is kept to so many requests a minute, each key for itself", async () => {
    const [slow, other] = [await client(host, ["all"], { requestsPerMinute: 2 }), await client(host, ["all"], { requestsPerMinute: 2 })];
    const statuses = [await slow.find({}), await slow.find({})];
    expect(statuses).to.have.lengthOf(2);
    const { status, headers, json } = await slow.send("GET", "");
    expect([status, (json as { code: string }).code]).to.deep.equal([429, "too_many_requests"]);
    expect(Number(headers.get("retry-after"))).to.be.within(1, 60);
    expect((await other.send("GET", "")).status).to.equal(200);
  });

  it("tells when it was last used, written apart from the request", async () => {
    const key = await client(host);
    const used = async () => (await host.database.one<{ used: Date | null }>(sql`select last_used_at as used from lrs_credential order by id desc limit 1`)).used;
    const { uses } = recordsOf(host.context);
    await uses.flush(); // by themselves they are not written again within the minute
    const begun = host.context.now();
    await key.send("GET", "");
    expect(await used()).to.equal(null);
    await uses.flush();
    expect(await used()).to.be.within(begun, host.context.now());
  });
});
