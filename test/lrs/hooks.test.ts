import { expect } from "chai";
import { refuse } from "../../core/kernel/errors.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import type { ReceivedStatement } from "../../core/lrs/hooks.ts";
import { admitted } from "../../core/lrs/hooks.ts";
import { tell } from "../../core/lrs/stores/own.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { refusal } from "./refusal.ts";
import { statement, uuid } from "./support.ts";

const secret = "http://example.org/verbs/whispered";

describe("records: hooks", () => {
  let host: TestHost;
  let all: Client;
  let seen: ReceivedStatement[] = [];
  const gate = definePlugin({
    name: "gate",
    version: "1.0.0",
    summary: "Lets no whispers in, and marks the rest.",
    hooks: {
      "statement.receiving": (_, subject) => {
        seen.push(subject);
        return (subject.statement.verb as { id: string }).id === secret ? refuse("whispered", "No whispers.") : undefined;
      },
      "statement.storing": (_, subject) => {
        const { result } = subject.statement as { result?: { response?: string } };
        if (result?.response === "keep") return undefined;
        if (result?.response === "in place") (subject.statement as { result: unknown }).result = {};
        return { ...subject, statement: { ...subject.statement, id: uuid(999), result: { response: result?.response === "spoil" ? 5 : "marked" } } };
      },
    },
  });
  before(async () => {
    host = await testHost({ plugins: [gate] });
    all = await client(host);
  });
  beforeEach(() => (seen = []));
  after(() => host.stop());

  it("lets a guard refuse a statement, and with it all that were sent together", async () => {
    const { status, json } = await all.post([statement({ id: uuid(1) }), statement({ id: uuid(2), verb: { id: secret } })]);
    expect(status).to.equal(403);
    expect(json).to.deep.include({ code: "whispered", detail: "No whispers.", errors: [{ pointer: "/1", code: "whispered", message: "No whispers." }] });
    expect((await all.send("GET", { statementId: uuid(1) })).status).to.equal(404);
    expect(seen[0]).to.deep.include({ store: 1 });
    expect(seen[0]!.credential).to.include({ label: "Test" });
    expect(seen[0]!.statement).to.include({ id: uuid(1), version: "2.0.0" }).and.to.have.nested.property("authority.account.homePage", host.url);
  });

  it("lets a guard refuse what the site itself tells", async () => {
    const code = await refusal(() => host.context.transact((tx) => tell(tx, [statement({ id: uuid(3), verb: { id: secret } })])));
    expect(code).to.equal("whispered");
    expect(seen[0]!.credential).to.equal(null);
    expect((await all.send("GET", { statementId: uuid(3) })).status).to.equal(404);
  });

  it("lets a filter change a statement, which keeps its id", async () => {
    await all.post(statement({ id: uuid(4) }));
    await host.context.transact((tx) => tell(tx, [statement({ id: uuid(5) })]));
    for (const id of [4, 5]) expect((await all.send("GET", { statementId: uuid(id) })).json, String(id)).to.deep.include({ id: uuid(id), result: { response: "marked" } });
    expect((await all.post(statement({ id: uuid(4) }))).status).to.equal(200);
  });

  it("stores a statement that no filter changed to the letter", async () => {
    const text = JSON.stringify(statement({ id: uuid(6), result: { response: "keep", extensions: { "http://e/x": 0 } } })).replace(":0}", ":12345678901234567890}");
    await all.post(text);
    expect((await all.send("GET", { statementId: uuid(6) })).text).to.include("12345678901234567890");
  });

  it("checks what a filter made of a statement, and says which it was", async () => {
    const { status, json } = await all.post([statement(), statement({ id: uuid(7), result: { response: "spoil" } })]);
    const { code, errors } = json as { code: string; errors: { pointer: string }[] };
    expect([status, code, errors.map(({ pointer }) => pointer)]).to.deep.equal([400, "invalid_statements", ["/1/result/response"]]);
  });

  it("fails closed where a filter changes the statement in place", async () => {
    const { status, json } = await all.post(statement({ id: uuid(8), result: { response: "in place" } }));
    expect([status, json]).to.deep.include.members([500]);
    expect(json).to.include({ code: "plugin_failed", plugin: "gate", hook: "statement.storing" });
  });

  it("costs nothing where nobody listens: statements are neither read nor copied", async () => {
    const quiet = await testHost();
    try {
      const untouchable = [new Proxy({}, { get: () => expect.fail("a statement was read") })];
      expect(await admitted(quiet.context, untouchable as never, {} as never, null)).to.equal(untouchable);
    } finally {
      await quiet.stop();
    }
  });
});
