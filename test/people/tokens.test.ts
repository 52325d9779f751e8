import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import * as roles from "../../core/people/roles.ts";
import * as tokens from "../../core/people/tokens.ts";
import { codeOf, person } from "./people.ts";

const day = 86_400_000;

describe("API tokens", () => {
  let host: TestHost;
  before(async () => void (host = await testHost()));
  after(() => host?.stop());

  it("are made on the account page, shown once, and then only by their label", async () => {
    const ada = await person(host);
    const browser = await ada.browser();
    expect((await browser.get("/account")).text).to.include("See one&#x27;s own account");
    const made = await browser.post("/account/tokens", { label: "Nightly <report>", scopes: ["profile.read", "tokens.create"], expiresInDays: "30" });
    expect(made.status).to.equal(200);
    expect(made.headers.get("cache-control")).to.equal("no-store");
    const secret = /cadre_pat_[\w-]{43}/.exec(made.text)?.[0] ?? "";
    expect((await host.request("GET", "/api/v1/me", { token: secret })).json).to.include({ id: ada.id, email: ada.email });
    const later = await browser.get("/account");
    expect(later.text).to.include("Nightly &lt;report&gt;").and.not.to.include(secret);
    expect(JSON.stringify(await host.database.knex("api_token").select("*"))).not.to.include(secret);
    expect(JSON.stringify(host.log)).not.to.include(secret);
  });

  it("may be made with one scope as well, and not without any", async () => {
    const browser = await (await person(host)).browser();
    await browser.get("/account");
    expect((await browser.post("/account/tokens", { label: "One", scopes: "profile.read", expiresInDays: "1" })).status).to.equal(200);
    const none = await browser.post("/account/tokens", { label: "None", expiresInDays: "1" });
    expect(none.status).to.equal(422);
    expect(none.text).to.include("This is needed.").and.to.include('value="None"');
  });

  it("do what their scopes say and their owner may, no more", async () => {
    const boss = await person(host, { role: "administrator" });
    const reads = await boss.token("people.read");
    expect((await host.request("GET", "/api/v1/users", { token: reads })).status).to.equal(200);
    const refused = await host.request("GET", "/api/v1/audit", { token: reads });
    expect([refused.status, codeOf(refused)]).to.deep.equal([403, "forbidden"]);
    expect((await host.request("GET", "/api/v1/me", { token: reads })).status).to.equal(403);
    expect((await host.request("POST", "/api/v1/me/tokens", { token: reads, body: { label: "More", scopes: ["people.read"], expiresInDays: 1 } })).status).to.equal(403);
    await person(host, { role: "administrator" });
    await roles.remove(host.context, { userId: boss.id, role: "administrator", scope: null });
    expect((await host.request("GET", "/api/v1/users", { token: reads })).status).to.equal(403);
  });

  it("can't be made with more than their maker holds, nor a token with more than the token that makes it", async () => {
    const ada = await person(host);
    const own = await ada.token("tokens.create", "profile.read");
    for (const [token, scopes] of [[await ada.token(), ["people.read"]], [own, ["profile.edit"]], [own, ["no.such-permission"]]] as const) {
      const answer = await host.request("POST", "/api/v1/me/tokens", { token, body: { label: "More", scopes, expiresInDays: 1 } });
      expect([answer.status, codeOf(answer)]).to.deep.equal([422, "scope_not_held"]);
      expect((answer.json as { errors: { pointer: string }[] }).errors[0]?.pointer).to.equal("/scopes");
    }
    const less = await host.request("POST", "/api/v1/me/tokens", { token: own, body: { label: "Less", scopes: ["profile.read"], expiresInDays: 1 } });
    expect(less.status).to.equal(201);
    expect((less.json as { secret: string }).secret).to.match(/^cadre_pat_/);
  });

  it("stop working when they expire, are revoked, or are nobody's", async () => {
    const ada = await person(host);
    const [one, two] = [await ada.token(), await ada.token()];
    const listed = (await host.request("GET", "/api/v1/me/tokens", { token: one })).json as { id: string; secret?: string; lastUsedAt: string | null }[];
    expect(listed.map(({ secret }) => secret)).to.deep.equal([undefined, undefined]);
    expect((await host.request("DELETE", `/api/v1/me/tokens/${listed[0]?.id}`, { token: one })).status).to.equal(204);
    const revoked = await host.request("GET", "/api/v1/me", { token: two });
    expect([revoked.status, codeOf(revoked)]).to.deep.equal([401, "invalid_token"]);
    expect(revoked.headers.get("www-authenticate")).to.equal('Bearer error="invalid_token"');
    host.advance(30 * day + 1000);
    expect(codeOf(await host.request("GET", "/api/v1/me", { token: one }))).to.equal("invalid_token");
    expect((await tokens.list(await ada.context())).map(({ expired }) => expired)).to.deep.equal([true]);
    expect(codeOf(await host.request("GET", "/api/v1/me", { token: `cadre_pat_${"A".repeat(43)}` }))).to.equal("invalid_token");
  });

  it("are told from what is none, also where a session would do, and never on pages", async () => {
    const browser = await (await person(host)).browser();
    expect((await browser.get("/api/v1/me")).status).to.equal(200);
    for (const authorization of ["Bearer nonsense", "Bearer cadre_pta_mistyped", "bearer two words", "Bearer"]) {
      for (const answer of [await host.request("GET", "/api/v1/me", { headers: { authorization } }), await browser.get("/api/v1/me", { authorization })]) {
        expect([answer.status, codeOf(answer)], authorization).to.deep.equal([401, "invalid_token"]);
        expect(answer.headers.get("www-authenticate"), authorization).to.equal('Bearer error="invalid_token"');
      }
    }
    const other = await host.request("GET", "/api/v1/me", { headers: { authorization: "Basic bm9uZTpub25l" } });
    expect([other.status, codeOf(other), other.headers.get("www-authenticate")]).to.deep.equal([401, "sign_in_required", "Bearer"]);
    expect((await browser.get("/account", { authorization: "Bearer nonsense" })).status).to.equal(200);
  });

  it("of others can't be revoked", async () => {
    const [ada, eve] = [await person(host), await person(host)];
    const secret = await ada.token();
    const [token] = await tokens.list(await ada.context());
    expect((await host.request("DELETE", `/api/v1/me/tokens/${token?.id}`, { token: await eve.token() })).status).to.equal(404);
    expect((await host.request("GET", "/api/v1/me", { token: secret })).status).to.equal(200);
  });

  it("open no page: pages are for browsers that have signed in", async () => {
    const token = await (await person(host)).token();
    expect((await host.request("GET", "/account", { token })).status).to.equal(303);
  });

  it("note when they were last used, and are named in the audit by what they did", async () => {
    const boss = await person(host, { role: "administrator" });
    const token = await boss.token();
    const ada = await person(host);
    await host.request("PUT", `/api/v1/users/${ada.id}/roles`, { token, body: { role: "mentor" } });
    const [made] = await tokens.list(await boss.context());
    expect(made?.lastUsedAt).to.be.a("date");
    const line = await host.database.knex<{ via: string; ip: string; request_id: string }>("audit_entry").where("subject_id", ada.id).where("action", "role.given").first("via", "ip", "request_id");
    expect(line?.via).to.equal(`token ${made?.id}`);
    expect(line?.ip).to.match(/127\.0\.0\.1|::1/);
    expect(line?.request_id).to.match(/^[0-9a-f-]{36}$/);
  });
});
