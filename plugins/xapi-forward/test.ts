import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { newId, statements, tell, type Context } from "cadre";
import { conformance, person, testHost, type TestHost, type TestPerson } from "cadre/testing";
import plugin from "./index.ts";

conformance(plugin);

const verb = "http://adlnet.gov/expapi/verbs/passed";
const made = (name: string, more: object = {}) => ({
  id: newId(),
  actor: { account: { homePage: "https://example.org", name } },
  verb: { id: verb },
  object: { id: "https://example.org/course" },
  ...more,
});
type Sent = ReturnType<typeof made>;

interface Asked {
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
  bytes: Buffer;
}

/** A store or webhook on loopback that keeps what it is asked, and answers as it is told. */
class Other {
  asked: Asked[] = [];
  answer: (asked: Asked) => { status: number; headers?: Record<string, string>; body?: string } = () => ({ status: 200, body: "[]" });
  server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const bytes = Buffer.concat(chunks);
      const asked = { url: `${request.method} ${request.url}`, headers: request.headers, body: bytes.toString(), bytes };
      this.asked.push(asked);
      const { status, headers = {}, body = "" } = this.answer(asked);
      response.writeHead(status, headers).end(body);
    });
  });
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  /** Ids of the statements in all requests, in order. */
  ids(): string[] {
    return this.asked.flatMap(idsIn);
  }
}

const statementsIn = ({ body }: Asked): Sent[] => {
  const parsed = JSON.parse(body) as Sent[] | { statements: Sent[] };
  return Array.isArray(parsed) ? parsed : (parsed.statements ?? []);
};
const idsIn = (asked: Asked): string[] => statementsIn(asked).map(({ id }) => id);

describe("Forwarding", () => {
  let host: TestHost;
  let admin: TestPerson;
  let other: Other;
  let url: string;
  let ctx: Context;

  beforeEach(async () => {
    host = await testHost({ plugins: [plugin], environment: { CADRE_PRIVATE_HOSTS: "127.0.0.1", CADRE_FORWARD_BATCH: "4", CADRE_FORWARD_ATTEMPTS: "3" } });
    ctx = host.context;
    admin = await person(host, { roles: ["administrator"] });
    other = new Other();
    url = await other.listen();
  });
  afterEach(async () => {
    await host.stop();
    other.server.close();
  });

  const store = (more: object = {}) => ({ kind: "store", label: "Elsewhere", url: `${url}/xapi/`, username: "key", secret: "a secret of theirs", ...more });
  const create = async (wish: object) => {
    const { json, status } = await admin.api<{ target: { id: string }; secret: string }>("POST", "/xapi-forward/targets", wish);
    expect(status, JSON.stringify(json)).to.equal(201);
    return { id: json.target.id, secret: json.secret };
  };
  const get = async (id: string) => (await admin.api<{ sent: number; waiting: number; buried: number; failures: number; paused: boolean; error: string | null }>("GET", `/xapi-forward/targets/${id}`)).json;
  const stored = async (...sent: Sent[]) => {
    for (const each of sent) await ctx.transact((tx) => tell(tx, [each]));
    return sent.map(({ id }) => id);
  };
  /** What is due now, then what is due a minute later, and so on. */
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) {
      host.advance(60_000);
      await host.drain();
    }
  };

  it("sends what is stored from then on to another store, as it lies here, in order, once", async () => {
    await stored(made("early"));
    await host.drain();
    const { id } = await create(store());
    const ids = await stored(...["a", "b", "c", "d", "e", "f"].map((name) => made(name)));
    await host.drain();
    await minutes(2);
    expect(other.ids()).to.deep.equal(ids);
    const [first] = other.asked;
    expect(first?.url).to.equal("POST /xapi/statements");
    expect(first?.headers.authorization).to.equal(`Basic ${Buffer.from("key:a secret of theirs").toString("base64")}`);
    expect(first?.headers["x-experience-api-version"]).to.equal("1.0.3");
    expect(statementsIn(first!)[0]).to.include.keys("stored", "authority", "timestamp");
    expect(await get(id)).to.include({ sent: 6, waiting: 0, buried: 0, failures: 0 });
  });

  it("takes the bytes of attachments along, to the letter", async () => {
    const content = Buffer.from([0, 13, 10, 45, 45, 255, 254, 0]);
    const sha2 = createHash("sha256").update(content).digest("hex");
    const attachments = [{ usageType: "https://example.org/proof", display: { en: "Proof" }, contentType: "application/octet-stream", length: content.length, sha2 }];
    const { id } = await create(store());
    const { json: key } = await admin.api<{ key: string; secret: string }>("POST", "/records/credentials", { label: "Tool", scopes: ["all"] });
    const lines = [`--b\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(made("a", { attachments }))}\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: ${sha2}\r\n\r\n`, "\r\n--b--\r\n"];
    const sent = await fetch(`${host.url}/xapi/statements`, {
      method: "POST",
      headers: { Authorization: `Basic ${Buffer.from(`${key.key}:${key.secret}`).toString("base64")}`, "X-Experience-API-Version": "1.0.3", "Content-Type": "multipart/mixed; boundary=b" },
      body: Buffer.concat([Buffer.from(lines[0]!), content, Buffer.from(lines[1]!)]),
    });
    expect(sent.status, await sent.text()).to.equal(200);
    await stored(made("b"));
    await host.drain();
    const [first, second] = other.asked as [Asked, Asked];
    expect(first.headers["content-type"]).to.match(/^multipart\/mixed; boundary=/);
    expect(first.bytes.includes(content)).to.equal(true);
    expect(first.body).to.contain(`X-Experience-API-Hash: ${sha2}`);
    expect(second.headers["content-type"]).to.equal("application/json");
    expect(await get(id)).to.include({ sent: 2, waiting: 0 });
  });

  it("signs webhooks so that their receiver can tell them from forgeries", async () => {
    const { secret } = await create({ kind: "webhook", label: "Hook", url: `${url}/hook` });
    const ids = await stored(made("a"));
    await host.drain();
    const [{ headers, body }] = other.asked as [Asked];
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const signature = createHmac("sha256", key).update(`${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`).digest("base64");
    expect(headers["webhook-signature"]).to.equal(`v1,${signature}`);
    expect(Math.abs(Number(headers["webhook-timestamp"]) - ctx.now().getTime() / 1000)).to.be.below(60);
    expect(JSON.parse(body)).to.deep.include({ type: "statements" });
    expect(other.ids()).to.deep.equal(ids);
  });

  it("sends only what fits the filter", async () => {
    await create(store({ filter: { verbs: [verb], activities: ["https://example.org/parent"] } }));
    const around = { context: { contextActivities: { parent: [{ id: "https://example.org/parent" }] } } };
    const [, wanted] = await stored(made("a"), made("b", around), made("c", { ...around, verb: { id: "http://adlnet.gov/expapi/verbs/failed" } }), made("d", { object: { id: "https://example.org/parent" } }));
    await host.drain();
    expect(other.ids()).to.have.length(2).and.to.include(wanted!);
  });

  it("holds the line while a target is away, and loses and reorders nothing", async () => {
    const { id } = await create(store());
    other.answer = () => ({ status: 503, headers: { "Retry-After": "120" }, body: "closed for an hour" });
    const ids = await stored(...["a", "b", "c", "d", "e"].map((name) => made(name)));
    await host.drain();
    expect(other.asked).to.have.length(1);
    expect(await get(id)).to.include({ sent: 0, waiting: 5, failures: 1, error: "It answers 503: closed for an hour" });
    await minutes(1);
    expect(other.asked, "it was asked to wait two minutes").to.have.length(1);
    other.asked = [];
    other.answer = () => ({ status: 200 });
    const late = await stored(made("f"));
    await minutes(2);
    expect(other.ids()).to.deep.equal([...ids, ...late]);
    expect(await get(id)).to.include({ sent: 6, waiting: 0, failures: 0, error: null });
  });

  it("keeps nobody's name of what a target said", async () => {
    const { id } = await create(store());
    const agent = { name: "Ann (O'Hara)", account: { homePage: "https://people.example", name: "ann-1815" } };
    await stored({ ...made("named"), actor: agent });
    other.answer = () => ({ status: 400, body: "Ann (O'Hara) is unknown, ANN-1815; ask bea@example.org" });
    await host.drain();
    const { json: buried } = await admin.api<{ reason: string }[]>("GET", `/xapi-forward/targets/${id}/buried`);
    expect(buried[0]!.reason).to.equal("It answers 400: … is unknown, …; ask …");
  });

  it("keeps of what a target said what a table can hold", async () => {
    const { id } = await create(store());
    other.answer = () => ({ status: 503, body: "closed\0for\x1b[31m ever" });
    await stored(made("a"));
    await host.drain();
    expect(await get(id)).to.include({ failures: 1, error: "It answers 503: closed for [31m ever" });
  });

  it("sets aside the one statement a store refuses, sends the others in order, and sends it again when it is asked to", async () => {
    const { id } = await create(store());
    const ids = await stored(...["a", "b", "c", "d", "e"].map((name) => made(name)));
    const bad = ids[1]!;
    other.answer = (asked) => (idsIn(asked).includes(bad) ? { status: 400, body: "no such profile" } : { status: 200 });
    await host.drain();
    const taken = () => other.asked.filter((asked) => !idsIn(asked).includes(bad)).flatMap(idsIn);
    expect(taken()).to.deep.equal(ids.filter((each) => each !== bad));
    expect(await get(id)).to.include({ sent: 4, waiting: 0, buried: 1, failures: 0 });
    const { json: buried } = await admin.api<{ statementId: string; reason: string }[]>("GET", `/xapi-forward/targets/${id}/buried`);
    expect(buried[0]).to.include({ statementId: bad, reason: "It answers 400: no such profile" });
    other.answer = () => ({ status: 200 });
    other.asked = [];
    expect((await admin.api("POST", `/xapi-forward/targets/${id}/replay`)).json).to.deep.equal({ replayed: 1 });
    await host.drain();
    expect(other.ids()).to.deep.equal([bad]);
    expect(await get(id)).to.include({ sent: 5, buried: 0 });
  });

  it("sets aside a statement on which a target falls over again and again", async () => {
    const { id } = await create(store());
    const ids = await stored(...["a", "b", "c"].map((name) => made(name)));
    other.answer = (asked) => (idsIn(asked).includes(ids[0]!) ? { status: 500 } : { status: 200 });
    await host.drain();
    await minutes(10);
    expect(await get(id)).to.include({ sent: 2, waiting: 0, buried: 1 });
  });

  it("sends nothing to a target that is paused or gone, and everything once it is resumed", async () => {
    const { id } = await create({ kind: "webhook", label: "Hook", url: `${url}/hook` });
    other.answer = () => ({ status: 410 });
    const ids = await stored(made("a"));
    await host.drain();
    expect(await get(id)).to.include({ paused: true, waiting: 1 });
    other.asked = [];
    await minutes(3);
    expect(other.asked).to.deep.equal([]);
    other.answer = () => ({ status: 200 });
    await admin.api("POST", `/xapi-forward/targets/${id}/resume`);
    await host.drain();
    expect(other.ids()).to.deep.equal(ids);
  });

  it("does not send its secret where a redirect leads", async () => {
    const { id } = await create(store());
    other.answer = ({ url: asked }) => (asked.includes("elsewhere") ? { status: 200 } : { status: 302, headers: { Location: `${url}/elsewhere` } });
    await stored(made("a"));
    await host.drain();
    expect(other.asked.map((asked) => asked.url)).to.deep.equal(["POST /xapi/statements"]);
    expect((await get(id)).error).to.contain("a redirect to");
  });

  it("does not reach private addresses, and says so", async () => {
    const { id } = await create(store({ url: "http://localhost:8099/xapi" }));
    await stored(made("a"));
    await host.drain();
    expect((await get(id)).error).to.contain("not an address of the public internet");
  });

  it("does not read an answer that never ends", async () => {
    const endless = createServer((_, response) => {
      response.writeHead(200);
      const more = (): void => void (response.destroyed || response.write("x".repeat(65_536), () => setImmediate(more)));
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    const { id } = await create(store({ url: `http://127.0.0.1:${(endless.address() as AddressInfo).port}` }));
    await stored(made("a"));
    await host.drain();
    expect(await get(id)).to.include({ sent: 1 });
    endless.closeAllConnections();
    endless.close();
  });

  it("sends what is stored already, when asked to", async () => {
    const ids = await stored(...["a", "b", "c", "d", "e", "f"].map((name) => made(name)));
    await host.drain();
    const { id } = await create(store());
    const { status } = await admin.api("POST", `/xapi-forward/targets/${id}/resend`, { since: new Date(ctx.now().getTime() - 3_600_000).toISOString() });
    expect(status).to.equal(202);
    await host.drain();
    expect(other.ids()).to.deep.equal(ids);
  });

  it("goes on where a process that died had begun, once its lease has run out", async () => {
    const { id } = await create(store());
    await ctx.db.run({ text: "update xapi_forward.target set leased_until = $1", values: [new Date(ctx.now().getTime() + 60_000)] } as never);
    const ids = await stored(made("a"));
    await host.drain();
    expect(other.asked).to.deep.equal([]);
    await minutes(2);
    expect(other.ids()).to.deep.equal(ids);
    expect(await get(id)).to.include({ waiting: 0 });
  });

  it("keeps secrets out of answers, pages, logs and the database", async () => {
    const { id } = await create(store());
    const browser = await admin.browser();
    const shown = [await browser.get("/xapi-forward"), await browser.get(`/xapi-forward/${id}`)].map(({ text }) => text);
    const rows = await ctx.db.rows({ text: "select * from xapi_forward.target", values: [] } as never);
    await stored(made("a"));
    await host.drain();
    expect(JSON.stringify([shown, rows, await get(id), host.log])).not.to.contain("a secret of theirs");
  });

  it("is for administrators", async () => {
    const learner = await person(host, { name: "Learner" });
    expect((await learner.api("GET", "/xapi-forward/targets")).status).to.equal(403);
    expect((await learner.api("POST", "/xapi-forward/targets", store())).status).to.equal(403);
  });

  for (const [what, wish, pointer] of [
    ["an address that is none", { url: "elsewhere" }, "/url"],
    ["an address of another kind", { url: "file:///etc/passwd" }, "/url"],
    ["an address with a password in it", { url: "https://key:secret@example.org/xapi" }, "/url"],
    ["a store without its secret", { secret: "" }, "/username"],
  ] as const) {
    it(`refuses ${what}, pointing to the field`, async () => {
      const { status, json } = await admin.api<{ errors: { pointer: string }[] }>("POST", "/xapi-forward/targets", store(wish));
      expect([status, json.errors[0]?.pointer]).to.deep.equal([422, pointer]);
    });
  }

  it("can be set up, tried, paused and removed by its pages", async () => {
    const browser = await admin.browser();
    await browser.get("/xapi-forward");
    const posted = await browser.post("/xapi-forward", { kind: "store", label: "Elsewhere", url: `${url}/xapi`, username: "key", secret: "s", version: "2.0.0", verbs: `${verb}\n`, activities: "" });
    const at = posted.headers.get("location")!;
    expect(posted.status).to.equal(303);
    expect(other.asked.map((asked) => asked.url)).to.deep.equal(["GET /xapi/statements?limit=1"]);
    expect((await browser.get(at)).text).to.contain("answers as it should").and.to.contain(verb);
    await browser.post(`${at}/pause`);
    expect((await browser.get(at)).text).to.contain("Paused");
    await browser.post(`${at}/resume`);
    await browser.post(`${at}/remove`);
    expect((await browser.get("/xapi-forward")).text).to.contain("Nothing is sent on yet");
    expect((await statements.at(ctx, [])).length).to.equal(0);
  });
});
