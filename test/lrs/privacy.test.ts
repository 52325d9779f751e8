import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { system } from "../../core/kernel/permissions.ts";
import type { Context } from "../../core/kernel/context.ts";
import * as requests from "../../core/lrs/privacy/requests.ts";
import type { Act, Role } from "../../core/lrs/privacy/roles.ts";
import { everythingOf } from "../../core/lrs/privacy/export.ts";
import { preview } from "../../core/lrs/privacy/preview.ts";
import { agentKeysOf } from "../../core/lrs/privacy/search.ts";
import { subjectOf } from "../../core/lrs/privacy/subject.ts";
import { carryOn } from "../../core/lrs/privacy/run.ts";
import type { PrivacyReport } from "../../core/lrs/privacy/report.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { holding } from "./holding.ts";
import { client, type Client } from "./http-support.ts";
import { jsonPart, multipart, partWith, sha256, told } from "./multipart-support.ts";
import { refusal } from "./refusal.ts";
import { refused, resource } from "./resource-client.ts";
import { statement, uuid } from "./support.ts";

const ada = { mbox: "mailto:ada@example.org", name: "Ada Unforgettable" };
const ann = { mbox: "mailto:ann@example.org" };
const keep: requests.Choices = { actor: "keep", instructor: "keep", authority: "keep", mention: "keep", documents: "keep" };
const erase: requests.Choices = { actor: "erase", instructor: "erase", authority: "erase", mention: "erase", documents: "erase" };
const pseudonymise: requests.Choices = { actor: "pseudonymise", instructor: "pseudonymise", authority: "pseudonymise", mention: "pseudonymise", documents: "erase" };
const mixed = { "Content-Type": "multipart/mixed; boundary=here" };

describe("records: privacy", () => {
  let host: TestHost;
  let ctx: Context;
  let all: Client;
  let hers: Client;
  before(async () => {
    host = await testHost();
    ctx = host.context.by(system).as("records");
    all = await client(host);
  });
  after(() => host?.stop());
  beforeEach(async () => {
    await host.drain();
    await host.database.run(sql`truncate statement, statement_id, statement_key, statement_reference, statement_attachment, lrs_attachment, lrs_document, lrs_agent, lrs_activity, record_privacy, lrs_forgotten`);
    await host.database.run(sql`delete from lrs_credential where label = 'Hers'`);
    await host.database.run(sql`select nextval('lrs_forgotten_stamp')`);
    hers = await client(host, ["all"], { label: "Hers", authority: JSON.stringify({ objectType: "Agent", ...ada }) });
  });

  const agents = [{ mbox: ada.mbox }];
  async function run(choices: requests.Choices, later: requests.Later = "store"): Promise<PrivacyReport & { id: string }> {
    const { id } = await requests.begin(ctx, { agents, choices, later });
    expect(await carryOn(ctx, id)).to.equal("done");
    const { report, agents: left, state } = await requests.get(ctx, id);
    expect([left, state]).to.deep.equal([null, "done"]);
    return report!;
  }
  const stored = async (...statements: object[]) => expect((await all.post(statements)).status).to.equal(200);
  const found = async (id: number) => {
    const answer = await all.send("GET", { statementId: uuid(id) });
    return answer.status === 200 ? (answer.json as Record<string, Record<string, unknown>>) : answer.status;
  };
  const count = async (table: string) => (await host.database.one<{ count: number }>(sql`select count(*)::int as count from ${sql.id(table)}`)).count;
  const send = (one: object, ...bytes: string[]) => all.send("POST", "", { body: multipart([jsonPart(one), ...bytes.map((each) => partWith(each))]), headers: mixed });

  const inRole: Record<Role, object> = {
    actor: statement({ id: uuid(1), actor: ada }),
    instructor: statement({ id: uuid(1), context: { instructor: ada } }),
    authority: statement({ id: uuid(1) }),
    mention: statement({ id: uuid(1), result: { response: `by ${ada.mbox}` } }),
  };
  const place: Record<Role, (one: Record<string, Record<string, unknown>>) => unknown> = {
    actor: ({ actor }) => actor,
    instructor: ({ context }) => context!.instructor,
    authority: ({ authority }) => authority,
    mention: ({ result }) => result!.response,
  };

  for (const role of Object.keys(inRole) as Role[]) {
    for (const act of ["keep", "pseudonymise", "erase"] as Act[]) {
      it(`can ${act} where somebody is ${role}, and what nobody is in stays`, async () => {
        await (role === "authority" ? hers : all).post([inRole[role]]);
        await stored(statement({ id: uuid(2) }));
        const others: Act = act === "keep" ? "erase" : "keep";
        const report = await run({ actor: others, instructor: others, authority: others, mention: others, documents: "erase", [role]: act });
        const one = await found(1);
        if (act === "erase") expect(one).to.equal(404);
        else if (act === "keep") expect(place[role](one as never)).to.be.an(role === "mention" ? "string" : "object").that.satisfies((value: unknown) => JSON.stringify(value).includes("ada@example.org"));
        else if (role === "mention") expect(place[role](one as never)).to.equal(`by mailto:${report.pseudonym}`);
        else expect(place[role](one as never)).to.deep.include({ account: { homePage: host.url, name: report.pseudonym } }).and.not.to.have.any.keys("name", "mbox");
        expect(await found(2)).to.be.an("object");
        expect(report.before.byRole).to.deep.equal({ actor: 0, instructor: 0, authority: 0, mention: 0, [role]: 1 });
        expect(report.after.byRole[role]).to.equal(act === "keep" ? 1 : 0);
        expect(report.done.statements).to.deep.equal({ found: 1, erased: Number(act === "erase"), pseudonymised: Number(act === "pseudonymise"), kept: Number(act === "keep") });
        expect(report.clean).to.equal(true);
      });
    }
  }

  it("finds a pseudonym where it found the person, and the person nowhere", async () => {
    await stored(statement({ id: uuid(1), actor: ada }), statement({ id: uuid(2), context: { instructor: ada } }));
    const { pseudonym } = await run(pseudonymise);
    const by = (agent: object) => all.find({ agent: JSON.stringify(agent), related_agents: "true" });
    expect(await by({ mbox: ada.mbox })).to.have.length(0);
    expect(await by({ account: { homePage: host.url, name: pseudonym } })).to.have.length(2);
  });

  it("takes the statement it pseudonymised as the same when it is sent as it is now, and as another when it is sent as it was", async () => {
    const one = statement({ id: uuid(1), actor: ada });
    await stored(one);
    await run(pseudonymise);
    const now = (await found(1)) as Record<string, unknown>;
    expect((await all.post([now])).status).to.equal(200);
    expect((await all.post([{ ...one, actor: now.actor }])).status).to.equal(200);
    expect((await all.post([one])).status).to.equal(409);
    expect(await count("statement")).to.equal(1);
  });

  it("does not let an erased statement come back from a device that sends it again", async () => {
    const one = statement({ id: uuid(1), actor: ada });
    await stored(one);
    await run(erase);
    expect((await all.post([one])).status).to.equal(200);
    expect((await all.send("PUT", { statementId: uuid(1) }, { body: one })).status).to.equal(204);
    expect([await found(1), await count("statement")]).to.deep.equal([404, 0]);
  });

  it("erases bytes of attachments that nobody else has, and leaves shared ones", async () => {
    await send(statement({ id: uuid(1), actor: ada, attachments: [told("own"), told("shared")] }), "own", "shared");
    await send(statement({ id: uuid(2), attachments: [told("shared")] }), "shared");
    const { done } = await run(erase);
    expect(done.attachments).to.deep.equal({ links: 2, contents: 1 });
    expect((await host.database.rows<{ sha2: string }>(sql`select sha2 from lrs_attachment`)).map(({ sha2 }) => sha2)).to.deep.equal([sha256("shared")]);
    expect(await count("statement_attachment")).to.equal(1);
  });

  it("takes the signature from a statement that it pseudonymises, and its bytes", async () => {
    const usageType = "http://adlnet.gov/expapi/attachments/signature";
    const signed = statement({ id: uuid(1), actor: ada, timestamp: "2025-01-01T00:00:00Z" });
    const part = (text: unknown) => Buffer.from(JSON.stringify(text)).toString("base64url");
    const jws = `${part({ alg: "RS256" })}.${part({ ...signed, attachments: [told("essay")] })}.AAAA`;
    expect((await send({ ...signed, attachments: [told(jws, { usageType }), told("essay")] }, jws, "essay")).status).to.equal(200);
    const report = await run(pseudonymise);
    expect([report.done.signatures, report.done.attachments]).to.deep.equal([1, { links: 1, contents: 1 }]);
    expect(((await found(1)) as Record<string, unknown>).attachments).to.have.length(1);
    expect(report.clean).to.equal(true);
  });

  it("leaves void what an erased statement had voided, and references at nothing", async () => {
    const voids = (id: number, target: number, actor: object) => statement({ id: uuid(id), actor, verb: { id: "http://adlnet.gov/expapi/verbs/voided" }, object: { objectType: "StatementRef", id: uuid(target) } });
    await stored(statement({ id: uuid(1) }), voids(2, 1, ada), statement({ id: uuid(3), actor: ada }), statement({ id: uuid(4), object: { objectType: "StatementRef", id: uuid(3) } }), statement({ id: uuid(5), actor: ada }), voids(6, 5, ann));
    await run(erase);
    expect(await found(1)).to.equal(404);
    expect((await all.send("GET", { voidedStatementId: uuid(1) })).status).to.equal(200);
    expect((await all.find({})).map(({ id }) => id)).to.have.members([uuid(4), uuid(6)]);
    expect(await all.find({ agent: JSON.stringify({ mbox: ada.mbox }) })).to.have.length(0);
    expect((await all.send("GET", { voidedStatementId: uuid(5) })).status).to.equal(404);
  });

  it("pseudonymises a voided statement and the one that voids it, and they stay so", async () => {
    await stored(statement({ id: uuid(1), actor: ada }), statement({ id: uuid(2), actor: ada, verb: { id: "http://adlnet.gov/expapi/verbs/voided" }, object: { objectType: "StatementRef", id: uuid(1) } }));
    expect((await run(pseudonymise)).done.statements.pseudonymised).to.equal(2);
    expect([await found(1), (await all.send("GET", { voidedStatementId: uuid(1) })).status]).to.deep.equal([404, 200]);
  });

  async function documents(): Promise<void> {
    const base = { store: 1, content_type: "application/json", etag: "x" };
    const rows = [
      { kind: "state", agent: true, about: { activityId: "http://a", agent: ada }, id: "bookmark", content: '{"page":3}' },
      { kind: "agent-profile", agent: true, about: { agent: ada }, id: "me", content: '{"color":"red"}' },
      { kind: "activity-profile", agent: false, about: { activityId: "http://a" }, id: "seen", content: '{"by":"ada\\u0040example.org"}' },
      { kind: "activity-profile", agent: false, about: { activityId: "http://a" }, id: "other", content: '{"by":"vada@example.org"}' },
    ];
    for (const [index, { kind, agent, about, id, content }] of rows.entries()) {
      await host.database.run(sql`insert into lrs_document (store, key, kind, context, id, agent, about, content, content_type, etag)
        values (${base.store}, ${Buffer.alloc(32, index + 1)}, ${kind}, ${Buffer.alloc(32)}, ${Buffer.from(id)}, ${agent ? agentKeysOf(subjectOf(agents))[0] : null}, ${JSON.stringify(about)}, ${Buffer.from(content)}, ${base.content_type}, ${base.etag})`);
    }
  }

  /** What the reader of statements tells once of somebody. */
  const known = () => host.database.run(sql`insert into lrs_agent (store, key, agent, names) values (1, ${agentKeysOf(subjectOf(agents))[0]}, ${JSON.stringify(agents[0])}, ${JSON.stringify([ada.name])}) on conflict do nothing`);

  it("erases states and profiles of somebody, and takes them out of others", async () => {
    await documents();
    const report = await run(pseudonymise);
    expect(report.done.documents).to.deep.equal({ own: 2, mentioning: 1, erased: 2, pseudonymised: 1, kept: 0 });
    const left = await host.database.rows<{ content: Buffer; etag: string }>(sql`select content, etag from lrs_document order by key`);
    expect(left.map(({ content }) => content.toString())).to.deep.equal([`{"by":"${report.pseudonym}"}`, '{"by":"vada@example.org"}']);
    expect(left[0]!.etag).to.match(/^[0-9a-f]{40}$/);
    expect(report.clean).to.equal(true);
  });

  it("keeps documents that are to be kept, and says that they are there", async () => {
    await documents();
    const report = await run({ ...pseudonymise, documents: "keep", mention: "keep" });
    expect([report.done.documents.kept, report.after.documents, report.clean]).to.deep.equal([3, 3, true]);
  });

  it("exports everything to the letter, one thing on each line", async () => {
    await documents();
    await send(statement({ id: uuid(1), actor: ada, result: { score: { raw: 1 } }, attachments: [told("essay")] }), "essay");
    await stored(statement({ id: uuid(2), result: { response: "ada@example.org" } }), statement({ id: uuid(3) }));
    await known();
    let text = "";
    for await (const piece of everythingOf(ctx, agents, null, "everywhere")) text += piece;
    const lines = text.trimEnd().split("\n");
    const raws = (await host.database.rows<{ raw: string }>(sql`select raw from statement order by seq`)).map(({ raw }) => raw);
    expect(lines.filter((line) => line.includes('"actor"'))).to.deep.equal(raws.slice(0, 2));
    const things = lines.map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
    expect(things.flatMap(({ attachment }) => attachment ?? [])).to.deep.equal([{ sha2: sha256("essay"), contentType: "application/octet-stream", content: Buffer.from("essay").toString("base64") }]);
    expect(things.flatMap(({ document }) => document?.id ?? [])).to.deep.equal(["bookmark", "me", "seen"]);
    expect(things[0]!.agent).to.deep.include({ store: 1, names: ["Ada Unforgettable"] });
  });

  it("previews by role, and changes nothing", async () => {
    await documents();
    await stored(statement({ actor: ada }), statement({ context: { instructor: ada } }), statement());
    await known();
    expect(await preview(ctx, agents, null)).to.deep.equal({ statements: 2, byRole: { actor: 1, instructor: 1, authority: 0, mention: 0 }, looked: 2, documents: 2, names: ["Ada Unforgettable"] });
    expect(await count("statement")).to.equal(3);
  });

  it("goes on where it was broken off, and does nothing twice", async () => {
    const many = Array.from({ length: 700 }, (_, index) => statement({ id: uuid(index + 1), actor: index % 2 === 0 ? ada : ann }));
    await stored(...many);
    const { id } = await requests.begin(ctx, { agents, choices: pseudonymise, later: "store" });
    expect(await carryOn(ctx, id, () => true)).to.equal("enough");
    const half = await requests.get(ctx, id);
    expect(half.tallies.statements!.pseudonymised).to.equal(300);
    // a step that is undone in its middle leaves everything as it was
    await host.database.run(sql`create function stop() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`);
    await host.database.run(sql`create trigger stop before update on record_privacy for each row when (old.place <> new.place) execute function stop()`);
    expect(await carryOn(ctx, id).then(() => "", ({ message }: Error) => message)).to.include("killed");
    await host.database.run(sql`drop function stop cascade`);
    expect((await requests.get(ctx, id)).tallies).to.deep.equal(half.tallies);
    expect(await all.find({ agent: JSON.stringify({ mbox: ada.mbox }), limit: "1" })).to.have.length(1);
    expect(await carryOn(ctx, id)).to.equal("done");
    const { report } = await requests.get(ctx, id);
    expect([report!.before.statements, report!.done.statements.pseudonymised, report!.after.statements, report!.clean]).to.deep.equal([350, 350, 0, true]);
    expect(await carryOn(ctx, id)).to.equal("done");
  });

  it("takes what comes while it runs along", async () => {
    await stored(...Array.from({ length: 400 }, () => statement({ actor: ada })));
    const { id } = await requests.begin(ctx, { agents, choices: erase, later: "store" });
    expect(await carryOn(ctx, id, () => true)).to.equal("enough");
    await carryOn(ctx, id, () => true);
    await stored(statement({ actor: ada, id: uuid(9) }));
    expect(await carryOn(ctx, id)).to.equal("done");
    expect([await found(9), await count("statement")]).to.deep.equal([404, 0]);
    expect((await requests.get(ctx, id)).report!.done.statements.erased).to.equal(401);
  });

  it("refuses what comes later, where that is asked", async () => {
    await run(erase, "refuse");
    const answer = await all.post([statement(), statement({ actor: { mbox: "mailto:ADA@example.org" } })]);
    expect([answer.status, (answer.json as { code: string; errors: object[] }).code]).to.deep.equal([403, "agent_forgotten"]);
    expect((answer.json as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal("/1");
    expect(await count("statement")).to.equal(0);
    await stored(statement());
    expect(await count("statement")).to.equal(1);
  });

  for (const later of ["refuse", "pseudonymise"] as const) {
    it(`takes no documents of somebody who is forgotten, where statements that come later are to ${later === "refuse" ? "be refused" : "get the pseudonym"}`, async () => {
      await run(erase, later);
      const states = await resource(host, "/xapi/activities/state");
      const place = (mbox: string) => ({ activityId: "http://a.example", agent: JSON.stringify({ mbox }), stateId: "s" });
      for (const method of ["PUT", "POST"]) expect(await refused(states(method, place("mailto:ADA@example.org"), { body: {} })), method).to.equal("403 agent_forgotten");
      expect((await states("PUT", place(ann.mbox), { body: {} })).status).to.equal(204);
      expect(await count("lrs_document")).to.equal(1);
    });
  }

  it("pseudonymises what comes later, in the roles it was asked for, and as the same person", async () => {
    const { pseudonym } = await run({ ...pseudonymise, instructor: "keep" }, "pseudonymise");
    await stored(statement({ id: uuid(1), actor: ada, context: { instructor: ada } }));
    const one = (await found(1)) as Record<string, Record<string, unknown>>;
    expect(one.actor).to.deep.equal({ account: { homePage: host.url, name: pseudonym } });
    expect(one.context!.instructor).to.deep.equal(ada);
    expect((await run(pseudonymise, "pseudonymise")).pseudonym).to.equal(pseudonym);
  });

  it("waits for statements whose time was taken before the orders were there", async () => {
    const { id } = await requests.begin(ctx, { agents, choices: erase, later: "refuse" });
    await host.database.transaction(async (tx) => {
      await tx.run(sql`select lrs_take_time(1)`);
      expect(await carryOn(ctx, id)).to.equal("wait");
    });
    expect(await carryOn(ctx, id)).to.equal("done");
  });

  it("takes somebody out of keys: those limited to them go, those that vouch in their name do not any more", async () => {
    const limited = await client(host, ["statements/write"], { label: "Hers", limits: { agent: { mbox: ada.mbox } } });
    expect((await limited.post([statement({ actor: ada })])).status).to.equal(200);
    const report = await run(pseudonymise);
    expect(report.done.known).to.include({ keysErased: 1, keysPseudonymised: 1 });
    expect((await limited.post([statement({ actor: ada })])).status).to.equal(401);
    await hers.post([statement({ id: uuid(8) })]);
    expect(((await found(8)) as Record<string, object>).authority).to.deep.include({ account: { homePage: host.url, name: report.pseudonym } });
  });

  it("leaves nothing in any table, and says so without a name", async () => {
    await documents();
    await host.database.run(sql`delete from lrs_document where id = ${Buffer.from("other")}`); // somebody else, whose name has hers in it
    await hers.post([statement({ actor: { ...ada, mbox: "mailto:Ada@Example.org" }, object: { id: "http://example.org/of/ada@example.org", definition: { name: { en: "Ada Unforgettable" } } } })]);
    await known();
    await stored(statement({ actor: { objectType: "Group", member: [ada, ann] } }), statement({ result: { extensions: { "http://e.example": ["ada@example.org"] } } }));
    await host.drain();
    const report = await run(erase, "refuse");
    await host.drain();
    expect(await holding(host, "ada@example.org")).to.deep.equal([]);
    expect(await holding(host, "Unforgettable")).to.deep.equal([]);
    expect(report.clean).to.equal(true);
    expect(report.after).to.deep.include({ statements: 0, keyed: 0, documents: 0, audit: 0 });
    expect(report.after.elsewhere.map(({ table }) => table)).to.include.members(["lrs_agent", "lrs_document", "lrs_credential", "record_privacy"]);
    expect(JSON.stringify(report)).not.to.match(/ada@example|Unforgettable/i);
    expect(report.identifiers.map(({ kind }) => kind)).to.have.members(["mbox", "mbox_sha1sum"]);
    const actions = await host.database.rows<{ action: string }>(sql`select action from audit_entry where subject_id = ${report.id} order by id`);
    expect(actions.map(({ action }) => action)).to.deep.equal(["records.privacy-begun", "records.privacy-done"]);
  });

  it("takes somebody out of what is known of verbs, and of what imports told", async () => {
    await host.database.run(sql`truncate lrs_verb, lrs_import cascade`);
    await host.database.run(sql`insert into lrs_verb (store, key, id, display) values (1, 1, 'http://example.org/ada@example.org/did', null), (1, 2, 'http://example.org/vada@example.org/did', null)`);
    await host.database.run(sql`insert into lrs_import (id, store, file_name, path, kept, size_bytes, state, created_at, authorities) values (${uuid(1)}, 1, 'of ada@example.org.ndjson', 'gone', false, 1, 'done', now(), '{"ada@example.org":3}')`);
    await host.database.run(sql`insert into lrs_import_problem (import_id, line, position, code, pointer, message) values (${uuid(1)}, 1, 0, 'wrong', '', 'ada@example.org is wrong')`);
    const report = await run(erase);
    expect([report.done.known.others, report.clean]).to.deep.equal([3, true]);
    expect(await count("lrs_verb")).to.equal(1);
  });

  it("says that something is left when it is", async () => {
    await host.database.run(sql`insert into lrs_agent (store, key, agent, names) values (1, 5, '{"mbox":"mailto:bob@example.org"}', '["of ada@example.org"]')`);
    await host.database.run(sql`update lrs_store set authority = '{"mbox":"mailto:ada@example.org"}' where id = 1`);
    const report = await run(erase);
    await host.database.run(sql`update lrs_store set authority = null where id = 1`);
    expect(report.clean).to.equal(false);
    expect(report.after.elsewhere.filter(({ rows }) => rows > 0)).to.deep.equal([{ table: "lrs_store", rows: 1 }]);
  });

  it("begins with somebody, and with something to do", async () => {
    expect(await refusal(requests.begin(ctx, { agents: [], choices: erase, later: "store" }))).to.equal("no_agents");
    expect(await refusal(requests.begin(ctx, { agents, choices: keep, later: "store" }))).to.equal("nothing_to_do");
    expect(await refusal(requests.begin(ctx, { agents, choices: erase, later: "store", store: 999 }))).to.equal("no_such_store");
  });
});
