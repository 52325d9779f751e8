import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from "jose";
import { sql } from "../../core/db/sql.ts";
import { checker, t } from "../../core/kernel/schema.ts";
import { bearerCheck } from "../../core/lrs/credentials/bearer.ts";
import { credentialSettings } from "../../core/lrs/credentials/settings.ts";
import { agentOf } from "../../core/lrs/stores/own.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { person } from "../people/people.ts";
import { client, clientBy } from "./http-support.ts";
import { refusal } from "./refusal.ts";
import { statement, uuid } from "./support.ts";

/** An OpenID Connect issuer on loopback, which notes what it is asked. */
class Issuer {
  readonly asked: string[] = [];
  readonly keys = new Map<string, { privateKey: CryptoKey; jwk: object }>();
  answers = true;
  private server?: Server;
  url = "";

  async listen(): Promise<void> {
    this.server = createServer(({ method, url = "" }, response) => {
      this.asked.push(`${method} ${url}`);
      if (!this.answers) return response.writeHead(500).end();
      const found: Record<string, unknown> = {
        "/.well-known/openid-configuration": { issuer: this.url, jwks_uri: `${this.url}/keys` },
        "/keys": { keys: [...this.keys.values()].map(({ jwk }) => jwk) },
      };
      response.writeHead(url in found ? 200 : 404, { "Content-Type": "application/json" }).end(JSON.stringify(found[url]));
    });
    await new Promise<void>((done) => this.server!.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }

  async addKey(kid: string, alg = "RS256"): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    this.keys.set(kid, { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } });
  }

  token(claims: JWTPayload = {}, { kid = "one", alg = "RS256", key = this.keys.get(kid)!.privateKey }: { kid?: string; alg?: string; key?: CryptoKey | Uint8Array } = {}): Promise<string> {
    const nowS = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: "records", sub: "tool-7", scope: "openid lrs:statements/write lrs:statements/read/mine", iat: nowS, exp: nowS + 300, ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);
  }
}

describe("records: bearer tokens", () => {
  const issuer = new Issuer();
  let host: TestHost;
  const settings = (changes: object = {}, privateHosts = "127.0.0.1") => ({ http: { privateHosts }, records: { bearerIssuer: issuer.url, bearerAudience: "records", bearerScopePrefix: "lrs:", ...changes } });
  before(async () => {
    await issuer.listen();
    for (const kid of ["one", "spare"]) await issuer.addKey(kid);
    host = await testHost({ settings: settings() });
  });
  after(async () => {
    await host?.stop();
    await issuer.close();
  });

  const bearer = (token: string, on = host) => clientBy(on, `Bearer ${token}`);
  const refused = async (token: string) => {
    const { status, headers, json } = await bearer(token).send("GET", "");
    return { status, code: (json as { code: string }).code, challenge: headers.get("www-authenticate") ?? "" };
  };

  it("are those of the issuer: with the scopes, the authority and the store that they tell", async () => {
    const tool = bearer(await issuer.token());
    expect((await tool.post(statement({ id: uuid(1) }))).status).to.equal(200);
    await (await client(host)).post(statement({ id: uuid(2) }));
    const [own, ...others] = await tool.find({});
    expect(others).to.deep.equal([]);
    expect(own).to.deep.include({ id: uuid(1), authority: { objectType: "Agent", account: { homePage: issuer.url, name: "tool-7" } } });
    const reader = bearer(await issuer.token({ scope: ["lrs:statements/read"], sub: "reader" }));
    expect(await reader.find({})).to.have.lengthOf(2);
    expect((await reader.post(statement())).status).to.equal(403);
    expect((await bearer(await issuer.token({ scope: "statements/read" })).send("GET", "")).status).to.equal(403);
  });

  it("are checked with keys that were asked for once, by discovery", async () => {
    for (let round = 0; round < 3; round++) await bearer(await issuer.token({ jti: String(round) })).find({});
    await Promise.all([4, 5, 6].map(async (jti) => bearer(await issuer.token({ jti: String(jti) }, { kid: "spare" })).find({})));
    expect(issuer.asked).to.deep.equal(["GET /.well-known/openid-configuration", "GET /keys"]);
  });

  const past = () => Math.floor(Date.now() / 1000) - 3600;
  for (const [what, make] of [
    ["that has expired", () => issuer.token({ exp: past() })],
    ["that never expires", () => issuer.token({ exp: undefined })],
    ["that is not valid yet", () => issuer.token({ nbf: Math.floor(Date.now() / 1000) + 3600 })],
    ["of another issuer", () => issuer.token({ iss: "https://id.example.org" })],
    ["for another audience", () => issuer.token({ aud: "payroll" })],
    ["without a subject, of which the authority is made", () => issuer.token({ sub: undefined })],
    ["of a key that the issuer does not have", async () => issuer.token({}, { kid: "none", key: (await generateKeyPair("RS256")).privateKey })],
    ["signed with another key than it names", () => issuer.token({}, { kid: "one", key: issuer.keys.get("spare")!.privateKey })],
    ["signed with a shared secret", () => issuer.token({}, { alg: "HS256", key: new TextEncoder().encode(JSON.stringify(issuer.keys.get("one")!.jwk)) })],
    ["that is not signed", () => new UnsecuredJWT({ iss: issuer.url, aud: "records", sub: "tool-7", scope: "lrs:all", exp: past() + 7200 }).encode()],
    ["that is none", () => "abc.def.ghi"],
  ] as [string, () => Promise<string> | string][]) {
    it(`refuse one ${what}`, async () => {
      const answer = await refused(await make());
      expect(answer).to.include({ status: 401, code: "invalid_token" });
      expect(answer.challenge).to.match(/^Bearer .*error="invalid_token"/);
    });
  }

  it("allow the issuer's clock half a minute", async () => {
    const nowS = Math.floor(Date.now() / 1000);
    expect((await bearer(await issuer.token({ exp: nowS - 10, nbf: nowS + 10 })).send("GET", "")).status).to.equal(200);
  });

  it("stop with their time, however lately they were checked", async () => {
    await host.still(async () => {
      const token = await issuer.token({ jti: "short", exp: Math.floor(host.context.now().getTime() / 1000) - 27 });
      expect((await bearer(token).send("GET", "")).status).to.equal(200);
      host.advance(3500);
      expect(await refused(token)).to.include({ status: 401 });
      host.advance(-3500);
    });
  });

  it("do not have the issuer asked again for each key that is unknown", async () => {
    const before = issuer.asked.length;
    for (let round = 0; round < 5; round++) await refused(await issuer.token({}, { kid: `stranger-${round}`, key: issuer.keys.get("one")!.privateKey }));
    expect(issuer.asked.length).to.equal(before);
  });

  it("do not have an issuer that fails asked with each, and have it asked again a second later", async () => {
    const other = await testHost({ settings: settings() });
    try {
      await other.still(async () => {
        issuer.answers = false;
        const before = issuer.asked.length;
        const statuses = [];
        for (const jti of ["a", "b", "c"]) statuses.push((await bearer(await issuer.token({ jti }), other).send("GET", "")).status);
        expect(statuses).to.deep.equal([503, 503, 503]);
        expect(issuer.asked.length - before).to.equal(1);
        issuer.answers = true;
        other.advance(1001);
        expect((await bearer(await issuer.token({ jti: "d" }), other).send("GET", "")).status).to.equal(200);
      });
    } finally {
      issuer.answers = true;
      await other.stop();
    }
  });

  it("are found with a key that the issuer has only lately, and while it is away with those that are known", async () => {
    const other = await testHost({ settings: settings({ bearerKeysCooldownS: 0, bearerJwksUrl: `${issuer.url}/keys` }) });
    try {
      const before = issuer.asked.length;
      await bearer(await issuer.token(), other).find({});
      await issuer.addKey("two", "RS256");
      await bearer(await issuer.token({}, { kid: "two" }), other).find({});
      expect(issuer.asked.slice(before)).to.deep.equal(["GET /keys", "GET /keys"]);
      issuer.answers = false;
      const unknown = await bearer(await issuer.token({}, { kid: "three", key: issuer.keys.get("one")!.privateKey }), other).send("GET", "");
      expect([unknown.status, (unknown.json as { code: string }).code]).to.deep.equal([503, "issuer_unreachable"]);
      expect((await bearer(await issuer.token({ jti: "again" }), other).send("GET", "")).status).to.equal(200);
    } finally {
      issuer.answers = true;
      await other.stop();
    }
  });

  describe("of a site that reads further claims", () => {
    const course = "https://example.org/golf";
    const actor = { account: { homePage: "", name: "tool-7" } };
    let other: TestHost;
    before(async () => {
      actor.account.homePage = issuer.url;
      const further = { bearerStoreClaim: "store", bearerAuthority: `{"mbox":"mailto:{{email}}"}`, bearerAgent: `{"account":{"homePage":"{{iss}}","name":"{{sub}}"}}`, bearerRegistrationClaim: "registration", bearerActivityClaim: "course" };
      other = await testHost({ settings: settings(further) });
      await other.database.run(sql`insert into lrs_store (id, name) values (2, 'west')`);
    });
    after(() => other?.stop());

    const email = "tool@example.org";
    const token = (claims: JWTPayload) => issuer.token({ store: "default", email, ...claims });

    it("open the store that a claim names, and none that is not there", async () => {
      const west = bearer(await token({ store: "west" }), other);
      expect((await west.post(statement({ id: uuid(31), actor }))).status).to.equal(200);
      expect(await west.find({})).to.have.lengthOf(1);
      expect(await (await client(other)).find({})).to.have.lengthOf(0);
      for (const store of ["east", 2, undefined]) expect((await bearer(await issuer.token({ store, email }), other).send("GET", "")).status).to.equal(401);
    });

    it("are kept to the agent, the registration and the activity that are named", async () => {
      const own = { actor, object: { id: `${course}/swing` }, context: { registration: uuid(40) } };
      const tool = bearer(await token({ registration: uuid(40).toUpperCase(), course }), other);
      expect((await tool.post(statement({ id: uuid(41), ...own }))).status).to.equal(200);
      for (const [changes, pointer] of [
        [{ actor: { account: { homePage: issuer.url, name: "tool-8" } } }, "/actor"],
        [{ object: { id: "https://example.org/tennis" } }, "/object/id"],
        [{ context: { registration: uuid(42) } }, "/context/registration"],
      ] as const) {
        const { status, json } = await tool.post(statement({ ...own, ...changes }));
        expect([status, (json as { errors: { pointer: string; clause: string }[] }).errors.map((error) => [error.pointer, error.clause])]).to.deep.equal([403, [[pointer, "Communication 3.2"]]]);
      }
      await (await client(other)).post([statement({ id: uuid(43), ...own, actor: { mbox: "mailto:ann@example.org" } }), statement({ id: uuid(44), ...own })]);
      const reader = bearer(await token({ scope: "lrs:statements/read" }), other);
      expect((await reader.find({})).map(({ id }) => id)).to.have.members([uuid(41), uuid(44)]);
    });
  });

  for (const [what, limits, claims] of [
    ["a registration that is no UUID", { bearerRegistrationClaim: "registration" }, { registration: "first" }],
    ["an activity that is no IRI", { bearerActivityClaim: "course" }, { course: 7 }],
    ["no claim that the agent is made of", { bearerAgent: `{"mbox":"mailto:{{email}}"}` }, {}],
    ["an agent that is none", { bearerAgent: `{"mbox":"{{email}}"}` }, { email: "ann" }],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      const records = checker(t.Object(credentialSettings))({ bearerIssuer: issuer.url, bearerAudience: "records", ...limits });
      const check = bearerCheck({ settings: records, now: () => new Date(), fetch: (url, init) => fetch(url, init) })!;
      expect(await refusal(check(host.database, await issuer.token(claims)))).to.equal("invalid_token");
    });
  }

  it("are asked of no issuer within a private network, unless the settings allow it", async () => {
    const other = await testHost({ settings: settings({}, "") });
    try {
      const before = issuer.asked.length;
      expect((await bearer(await issuer.token(), other).send("GET", "")).status).to.equal(503);
      expect(issuer.asked.length).to.equal(before);
    } finally {
      await other.stop();
    }
  });

  it("are asked of an issuer by TLS alone, but for one on the same machine", async () => {
    const asked: string[] = [];
    const records = checker(t.Object(credentialSettings))({ bearerIssuer: "http://id.example.org", bearerAudience: "records" });
    const check = bearerCheck({ settings: records, now: () => new Date(), fetch: async (url) => (asked.push(String(url)), Response.json({})) })!;
    expect(await refusal(check(host.database, await issuer.token()))).to.equal("issuer_unreachable");
    expect(asked).to.deep.equal([]);
  });

  it("need an audience: an issuer without one does not start", async () => {
    expect(await refusal(testHost({ settings: settings({ bearerAudience: "" }) }))).to.equal("bad_settings");
  });

  describe("of our own people", () => {
    it("let somebody send statements of themselves, and read those again", async () => {
      const ada = await person(host);
      const own = agentOf(host.context, { userId: ada.id, name: ada.name });
      const tool = bearer(await ada.token("records.send"));
      expect((await tool.post(statement({ id: uuid(41), actor: own }))).status).to.equal(200);
      const [found, ...others] = await tool.find({});
      expect(others).to.deep.equal([]);
      expect(found).to.deep.include({ id: uuid(41), authority: own });
      const { status, json } = await tool.post(statement({ id: uuid(42) }));
      expect([status, (json as { code: string }).code]).to.deep.equal([403, "outside_limits"]);
      expect((await tool.send("GET", { statementId: uuid(1) })).status).to.equal(404);
    });

    it("let whoever manages the records do everything", async () => {
      const boss = bearer(await (await person(host, { role: "administrator" })).token("records.manage"));
      expect((await boss.post(statement({ id: uuid(43) }))).status).to.equal(200);
      expect((await boss.send("GET", { statementId: uuid(1) })).status).to.equal(200);
    });

    it("do no more than their scopes say, and nothing when they are gone", async () => {
      const boss = await person(host, { role: "administrator" });
      const answer = await bearer(await boss.token("people.read")).send("GET", "");
      expect([answer.status, (answer.json as { code: string }).code]).to.deep.equal([403, "forbidden"]);
      expect(await refused("cadre_pat_unknown")).to.include({ status: 401, code: "invalid_token" });
    });
  });
});
