import { hash } from "@node-rs/argon2";
import { expect } from "chai";
import { refuse } from "../../core/kernel/errors.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import * as roles from "../../core/people/roles.ts";
import * as sessions from "../../core/people/sessions.ts";
import { isSignedIn, password, person, signIn } from "./people.ts";

const gate = definePlugin({
  name: "gate",
  version: "1.0.0",
  summary: "Keeps the suspended out.",
  errors: { suspended: { status: 403, summary: "Suspended." } },
  hooks: { "user.signing-in": (_, { name }) => (name.startsWith("Suspended") ? refuse("suspended", "Your account is suspended.") : undefined) },
});

const minute = 60_000;
const hour = 60 * minute;

describe("Signing in", () => {
  let host: TestHost;
  before(async () => void (host = await testHost({ plugins: [gate] })));
  after(() => host?.stop());

  it("knows people by address in any case, and keeps them signed in", async () => {
    const { email } = await person(host);
    const browser = host.browser();
    const answer = await signIn(browser, ` ${email.toUpperCase()}`.trim());
    expect(answer.status).to.equal(303);
    expect(answer.headers.get("location")).to.equal("/account");
    expect(await isSignedIn(browser)).to.equal(true);
    expect((await browser.get("/sign-in?next=/courses")).headers.get("location")).to.equal("/courses");
  });

  it("sets a cookie that scripts can't read and other sites don't send", async () => {
    const { email } = await person(host);
    const set = (await signIn(host.browser(), email)).headers.getSetCookie().find((cookie) => cookie.startsWith("cadre_session="));
    expect(set).to.match(/; httponly/i).and.match(/; samesite=lax/i).and.match(/; path=\//i);
  });

  it("sends who must sign in first there, and back afterwards", async () => {
    const { email } = await person(host);
    const browser = host.browser();
    const sent = (await browser.get("/admin/people?q=a b")).headers.get("location") ?? "";
    expect(sent).to.equal("/sign-in?next=%2Fadmin%2Fpeople%3Fq%3Da%2520b");
    expect((await browser.get(sent)).text).to.include('name="next" value="/admin/people?q&#x3D;a%20b"');
    expect((await signIn(browser, email, password, "/admin/people?q=a%20b")).headers.get("location")).to.equal("/admin/people?q=a%20b");
  });

  it("says the same of a wrong password and of an address nobody has, in about the same time", async () => {
    const { email } = await person(host);
    const timed = async (address: string) => {
      const started = performance.now();
      const { status, text } = await signIn(host.browser(), address, "not the password");
      return { durationMs: performance.now() - started, status, words: /<div class="note bad"[\s\S]*?<\/div>\n<\/div>/.exec(text)?.[0] };
    };
    const wrong = await timed(email);
    const unknown = await timed("nobody@example.org");
    expect(wrong.status).to.equal(403);
    expect(wrong.words).to.include("t belong together");
    expect({ ...unknown, durationMs: 0 }).to.deep.equal({ ...wrong, durationMs: 0 });
    expect(unknown.durationMs).to.be.greaterThan(8); // argon2 alone takes longer than that
  });

  it("lets a plugin's guard keep somebody out after the password was right", async () => {
    const { email } = await person(host, { name: "Suspended Sam" });
    const browser = host.browser();
    const answer = await signIn(browser, email);
    expect(answer.status).to.equal(403);
    expect(answer.text).to.include("Your account is suspended.");
    expect(await isSignedIn(browser)).to.equal(false);
  });

  it("makes an address wait longer with each wrong password, whoever's it is, and forgives a right one after the wait", async () => {
    await host.still(async () => {
      const { email } = await person(host);
      for (const address of [email, "nobody-at-all@example.org"]) {
        const browser = host.browser();
        for (let tries = 0; tries < 5; tries++) expect((await signIn(browser, address, "not the password")).status).to.equal(403);
        const waits = await signIn(browser, address);
        expect(waits.status).to.equal(429);
        expect(waits.text).to.match(/Try again in \d+ seconds/);
      }
      const browser = host.browser();
      host.advance(2000);
      await signIn(browser, email, "not the password");
      expect((await signIn(browser, email)).status).to.equal(429);
      host.advance(minute);
      expect((await signIn(browser, email)).status).to.equal(303);
      expect((await signIn(host.browser(), email, "not the password")).status).to.equal(403);
      const noted = await host.database.knex("audit_entry").where("action", "sign-in.failed").orderBy("subject_kind", "desc");
      expect(noted.map(({ subject_kind: kind, detail }: { subject_kind: string; detail: object }) => ({ kind, detail }))).to.deep.equal([
        { kind: "user", detail: { failures: 5 } },
        { kind: "address", detail: { failures: 5 } },
      ]);
    });
  });

  it("counts wrong passwords that come all at once", async () => {
    await host.still(async () => {
      const { email } = await person(host);
      const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await signIn(host.browser(), email, "not the password")).status));
      expect(statuses.filter((status) => status === 403)).to.have.length(5);
      expect(statuses.filter((status) => status === 429)).to.have.length(15);
    });
  });

  it("hashes again, at sign-in, what was hashed at other costs", async () => {
    const { id, email } = await person(host);
    await host.database.knex("user_account").where("id", id).update({ password_hash: await hash(password, { memoryCost: 4096, timeCost: 1, parallelism: 1 }) });
    expect((await signIn(host.browser(), email)).status).to.equal(303);
    const row = await host.database.knex<{ password_hash: string }>("user_account").where("id", id).first("password_hash");
    expect(row?.password_hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await signIn(host.browser(), email)).status).to.equal(303);
  });

  it("knows a password however it was composed on the keyboard", async () => {
    const { id, email } = await person(host);
    const { hashed } = await import("../../core/people/passwords.ts");
    await host.database.knex("user_account").where("id", id).update({ password_hash: await hashed("Å-long-pässword") });
    expect((await signIn(host.browser(), email, "Å-long-pässword".normalize("NFD"))).status).to.equal(303);
  });
});

describe("Sessions", () => {
  let host: TestHost;
  before(async () => void (host = await testHost()));
  after(() => host?.stop());

  it("get a new id at sign-in, and the one before is worth nothing", async () => {
    const { email } = await person(host);
    const browser = host.browser();
    await signIn(browser, email);
    const before = browser.cookies.get("cadre_session") ?? "";
    host.advance(3000);
    await browser.get("/sign-in");
    await browser.post("/sign-in", { email, password });
    expect(browser.cookies.get("cadre_session")).not.to.equal(before);
    browser.cookies.set("cadre_session", before);
    expect(await isSignedIn(browser)).to.equal(false);
  });

  it("are kept as digests: what the database holds opens nothing", async () => {
    const browser = await (await person(host)).browser();
    const secret = browser.cookies.get("cadre_session") ?? "";
    const rows = (await host.database.knex("session").select("*")) as object[];
    expect(JSON.stringify(rows)).not.to.include(secret);
    expect(JSON.stringify(host.log)).not.to.include(secret);
  });

  for (const [what, cookie] of [["a forged one", "A".repeat(43)], ["an empty one", ""], ["SQL", "' or 1=1 --"], ["a very long one", "A".repeat(4000)]] as const) {
    it(`are nobody's for ${what}`, async () => {
      const browser = host.browser();
      browser.cookies.set("cadre_session", cookie);
      expect((await browser.get("/account")).status).to.equal(303);
      const api = await host.request("GET", "/api/v1/me", { headers: { Cookie: `cadre_session=${cookie}` } });
      expect(api.status).to.equal(401);
    });
  }

  it("end with signing out, in this browser", async () => {
    const ada = await person(host);
    const [here, there] = [await ada.browser(), await ada.browser()];
    const secret = here.cookies.get("cadre_session") ?? "";
    await here.get("/account");
    expect((await here.post("/sign-out")).status).to.equal(303);
    expect(here.cookies.has("cadre_session")).to.equal(false);
    here.cookies.set("cadre_session", secret);
    expect(await isSignedIn(here)).to.equal(false);
    expect(await isSignedIn(there)).to.equal(true);
  });

  it("end everywhere when the person says so", async () => {
    const ada = await person(host);
    const browsers = [await ada.browser(), await ada.browser()];
    expect((await host.request("DELETE", "/api/v1/me/sessions", { token: await ada.token() })).status).to.equal(204);
    for (const browser of browsers) expect(await isSignedIn(browser)).to.equal(false);
  });

  it("end after a week away, and after thirty days in any case", async () => {
    const browser = await (await person(host)).browser();
    for (let day = 0; day < 29; day++) {
      host.advance(24 * hour);
      expect(await isSignedIn(browser), `day ${day + 1}`).to.equal(true);
    }
    host.advance(24 * hour);
    expect(await isSignedIn(browser)).to.equal(false);
    const other = await (await person(host)).browser();
    host.advance(7 * 24 * hour + minute);
    expect(await isSignedIn(other)).to.equal(false);
  });

  it("note when they were last seen, once a minute at most", async () => {
    const ada = await person(host);
    const browser = await ada.browser();
    const seen = async () => (await sessions.list(host.context, ada.id))[0]?.lastSeenAt.getTime();
    const first = await seen();
    host.advance(30_000);
    await browser.get("/account");
    expect(await seen()).to.equal(first);
    host.advance(31_000);
    await browser.get("/account");
    expect(await seen()).to.be.greaterThan(first ?? 0);
  });

  it("are believed for two seconds without asking the database, and no longer", async () => {
    await host.still(async () => {
      const browser = await (await person(host)).browser();
      const headers = { Cookie: `cadre_session=${browser.cookies.get("cadre_session")}` };
      expect((await host.request("GET", "/api/v1/roles", { headers })).status).to.equal(200);
      await host.database.knex("session").delete();
      expect((await host.request("GET", "/api/v1/roles", { headers })).status).to.equal(200);
      host.advance(2100);
      expect((await host.request("GET", "/api/v1/roles", { headers })).status).to.equal(401);
    });
  });

  it("get a new id when what the person may do changes, without losing requests under way", async () => {
    const ada = await person(host);
    const browser = await ada.browser();
    const before = browser.cookies.get("cadre_session") ?? "";
    await roles.assign(host.context, { userId: ada.id, role: "administrator", scope: null });
    const other = host.browser();
    other.cookies.set("cadre_session", before);
    const answers = await Promise.all([browser.get("/admin/people"), other.get("/admin/people")]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    const renewed = [browser, other].filter(({ cookies }) => cookies.get("cadre_session") !== before);
    expect(renewed).to.have.length(1);
    host.advance(2 * minute);
    expect(await isSignedIn(renewed[0] as typeof browser)).to.equal(true);
    browser.cookies.set("cadre_session", before);
    expect(await isSignedIn(browser)).to.equal(false);
  });

  it("lose a role at once", async () => {
    const ada = await person(host, { role: "administrator" });
    await person(host, { role: "administrator" });
    const browser = await ada.browser();
    expect((await browser.get("/admin/people")).status).to.equal(200);
    await roles.remove(host.context, { userId: ada.id, role: "administrator", scope: null });
    expect((await browser.get("/admin/people")).status).to.equal(403);
  });

  it("of a browser don't let another site's page change anything", async () => {
    const browser = await (await person(host)).browser();
    const cookie = `cadre_session=${browser.cookies.get("cadre_session")}`;
    const answer = await host.request("DELETE", "/api/v1/me/sessions", { headers: { Cookie: cookie, Origin: "https://evil.example" } });
    expect(answer.status).to.equal(403);
    expect(await isSignedIn(browser)).to.equal(true);
  });
});
