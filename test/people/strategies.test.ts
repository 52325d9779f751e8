import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { testHost, type TestBrowser, type TestHost } from "../../core/testing/index.ts";
import type { PassportStrategy, StrategyRequest } from "../../core/people/passport.ts";
import { isSignedIn, person, signIn } from "./people.ts";

/** What Passport adds to a strategy for the time of a request. */
interface Actions {
  redirect(location: string): void;
  success(identity: unknown): void;
  fail(challenge: string): void;
  error(error: Error): void;
}

/** An OAuth-like strategy: goes elsewhere with a state of its own, and believes the answer that brings the state back. */
const elsewhere = (site: string, callbackUrl: string): PassportStrategy => ({
  name: "elsewhere",
  authenticate(this: Actions, request: StrategyRequest) {
    const { state, subject, email, name, broken } = request.query as Record<string, string | undefined>;
    if (broken) return this.error(new Error("the other site is down"));
    if (state === undefined) {
      request.session.state = "state-of-this-browser";
      return this.redirect(`${site}/authorize?back=${encodeURIComponent(callbackUrl)}&state=state-of-this-browser`);
    }
    if (state !== request.session.state) return this.fail("wrong state");
    this.success({ subject, email, name });
  },
});

const sso = definePlugin({
  name: "sso-elsewhere",
  version: "1.0.0",
  summary: "Signs in at Elsewhere.",
  config: t.Object({ site: t.String({ default: "https://elsewhere.example" }) }),
  strategies: {
    elsewhere: { label: "Elsewhere <Inc>", trustsEmail: true, create: (ctx, { callbackUrl }) => elsewhere(ctx.config.site, callbackUrl) },
    forum: { label: "The forum", trustsEmail: false, create: (ctx, { callbackUrl }) => elsewhere(ctx.config.site, callbackUrl) },
  },
});

describe("Ways to sign in by another site", () => {
  let host: TestHost;
  before(async () => void (host = await testHost({ plugins: [sso] })));
  after(() => host?.stop());

  const comeBack = (browser: TestBrowser, fields: Record<string, string>, strategy = "elsewhere") =>
    browser.get(`/sign-in/${strategy}/callback?${new URLSearchParams({ state: "state-of-this-browser", subject: "s-1", email: "ada@example.org", name: "Ada Lovelace", ...fields }).toString()}`);
  const through = async (fields: Record<string, string> = {}, strategy = "elsewhere") => {
    const browser = host.browser();
    await browser.get(`/sign-in/${strategy}?next=/account`);
    return { browser, answer: await comeBack(browser, fields, strategy) };
  };
  const accountOf = async (browser: TestBrowser) => /id="profile-email"|name="email" type="email" value="([^"]+)"/.exec((await browser.get("/account")).text)?.[1];

  it("are offered on the sign-in page, and lead there and back into a session", async () => {
    const browser = host.browser();
    const page = await browser.get("/sign-in?next=/account");
    expect(page.text).to.include("Elsewhere &lt;Inc&gt;").and.to.include("/sign-in/elsewhere?next&#x3D;%2Faccount");
    const away = await browser.get("/sign-in/elsewhere?next=/account");
    expect(away.status).to.equal(303);
    const location = new URL(away.headers.get("location") ?? "");
    expect(location.origin).to.equal("https://elsewhere.example");
    expect(location.searchParams.get("back")).to.equal(`${host.url}/sign-in/elsewhere/callback`);
    const back = await comeBack(browser, {});
    expect([back.status, back.headers.get("location")]).to.deep.equal([303, "/account"]);
    expect(await accountOf(browser)).to.equal("ada@example.org");
  });

  it("know somebody again by who they are there, whatever their address has become", async () => {
    await through({ subject: "s-2", email: "grace@example.org", name: "Grace" });
    const { browser } = await through({ subject: "s-2", email: "grace.new@example.org" });
    expect(await accountOf(browser)).to.equal("grace@example.org");
  });

  it("open the account that has the address where they have made sure of it, and shut out who registered it before", async () => {
    const squatter = await person(host, { name: "Squatter" });
    const theirs = await squatter.browser();
    const token = await squatter.token();
    const { browser } = await through({ subject: "s-3", email: squatter.email.toUpperCase() });
    expect(await accountOf(browser)).to.equal(squatter.email);
    host.advance(3000);
    expect(await isSignedIn(theirs)).to.equal(false);
    expect((await signIn(host.browser(), squatter.email)).status).to.equal(403);
    expect((await host.request("GET", "/api/v1/me", { token })).status).to.equal(401);
  });

  it("don't open the account that has the address where they have not", async () => {
    const ada = await person(host);
    const { browser, answer } = await through({ subject: "f-1", email: ada.email }, "forum");
    expect(answer.status).to.equal(409);
    expect(await isSignedIn(browser)).to.equal(false);
  });

  it("don't believe an answer with another state, in another browser, for another strategy, or after ten minutes", async () => {
    const wrongState = await through({ state: "guessed" });
    expect(wrongState.answer.status).to.equal(403);
    const other = host.browser();
    expect((await comeBack(other, {})).status).to.equal(403);
    other.cookies.set("cadre_sign_in", `${Buffer.from('{"strategy":"elsewhere","next":"/","until":9999999999999,"session":{"state":"state-of-this-browser"}}').toString("base64url")}.forged`);
    expect((await comeBack(other, {})).status).to.equal(403);
    const mixed = host.browser();
    await mixed.get("/sign-in/forum");
    expect((await comeBack(mixed, {})).status).to.equal(403);
    const slow = host.browser();
    await slow.get("/sign-in/elsewhere");
    host.advance(601_000);
    expect((await comeBack(slow, {})).status).to.equal(403);
    for (const browser of [wrongState.browser, other, mixed, slow]) expect(await isSignedIn(browser)).to.equal(false);
  });

  it("take an answer once", async () => {
    const { browser, answer } = await through();
    expect(answer.status).to.equal(303);
    expect((await comeBack(browser, {})).status).to.equal(403);
  });

  it("say so when the other site fails, and name no secrets", async () => {
    const { answer } = await through({ broken: "yes" });
    expect(answer.status).to.equal(500);
    expect(answer.text).not.to.include("the other site is down");
    const nonsense = await through({ email: "no address" });
    expect(nonsense.answer.status).to.equal(500);
  });

  it("are none but those that are there", async () => {
    const answer = await host.browser().get("/sign-in/nowhere");
    expect(answer.status).to.equal(404);
  });

  it("never lead on to another site afterwards", async () => {
    const browser = host.browser();
    await browser.get("/sign-in/elsewhere?next=//evil.example");
    expect((await comeBack(browser, {})).headers.get("location")).to.equal("/");
  });

  it("are checked at boot", async () => {
    const bad = definePlugin({ name: "bad", version: "1.0.0", summary: "", strategies: { local: { label: "", trustsEmail: true, create: () => elsewhere("", "") }, elsewhere: { label: "Twice", trustsEmail: true, create: () => elsewhere("", "") } } });
    const message = await testHost({ plugins: [sso, bad] }).then(
      () => "booted",
      (error: Error) => error.message,
    );
    expect(message).to.include('"local" is no name for a strategy').and.to.include("local has no label").and.to.include("the strategy elsewhere is sso-elsewhere's");
  });
});
