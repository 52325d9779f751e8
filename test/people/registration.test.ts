import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { refuse } from "../../core/kernel/errors.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { isSignedIn, password } from "./people.ts";

const registered: string[] = [];
const watcher = definePlugin({
  name: "watcher",
  version: "1.0.0",
  summary: "Keeps one domain out and sees who came.",
  hooks: { "user.registering": (_, { email }) => (email.endsWith("@blocked.example") ? refuse("domain_blocked", "Not from there.") : undefined) },
  errors: { domain_blocked: { status: 403, summary: "Not from there." } },
  on: { "user.registered": async (_, { userId }) => void registered.push(userId) },
});

describe("Registration", () => {
  let host: TestHost;
  before(async () => void (host = await testHost({ plugins: [watcher] })));
  after(() => host?.stop());

  const register = async (fields: Record<string, string>) => {
    const browser = host.browser();
    await browser.get("/register");
    const answer = await browser.post("/register", { name: "Ada Lovelace", email: "ada@example.org", password, ...fields });
    return { browser, ...answer };
  };
  const accounts = async (email: string) => Number((await host.database.knex("user_account").whereRaw("lower(email) = lower(?)", [email]).count<{ count: string }[]>())[0]?.count);

  it("makes an account, signs in, tells the plugins, and goes on where the person wanted to go", async () => {
    const { browser, status, headers } = await register({ name: "  Ada   Lovelace ", email: "Ada@Example.org", next: "/account?tab=1" });
    expect(status).to.equal(303);
    expect(headers.get("location")).to.equal("/account?tab=1");
    const account = await browser.get("/account");
    expect(account.text).to.include('value="Ada Lovelace"');
    await host.drain();
    expect(registered).to.have.length(1);
    const row = await host.database.knex<{ password_hash: string }>("user_account").first("password_hash");
    expect(row?.password_hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("says so when the address has an account already, in whatever case, and keeps what was typed but the password", async () => {
    const { status, text } = await register({ name: "Eve", email: "ADA@example.ORG" });
    expect(status).to.equal(409);
    expect(text).to.include("There is an account with this email address already").and.to.include('value="Eve"').and.not.to.include(password);
  });

  it("makes one account of ten that come at once with one address", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => register({ email: index % 2 ? "twin@example.org" : "Twin@Example.org" })));
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    expect(answers.filter(({ status }) => status === 409)).to.have.length(9);
    expect(await accounts("twin@example.org")).to.equal(1);
  });

  it("lets a plugin's guard keep people out, and leaves no account behind", async () => {
    const { status, text } = await register({ email: "x@blocked.example" });
    expect(status).to.equal(403);
    expect(text).to.include("Not from there.");
    expect(await accounts("x@blocked.example")).to.equal(0);
  });

  const refused: [string, Record<string, string>, string][] = [
    ["an empty name", { name: "" }, "This is needed."],
    ["a name of spaces", { name: "   " }, "This is needed."],
    ["a name with a control character", { name: "Ada\u0000" }, "be used here"],
    ["a name of ten thousand letters", { name: "a".repeat(10_000) }, "This is too long"],
    ["an address that is none", { email: "ada" }, "This is no email address."],
    ["an address with a line break", { email: "a@example.org\r\nBcc: b@example.org" }, "This is no email address."],
    ["an address of a thousand letters", { email: `${"a".repeat(1000)}@example.org` }, "This is too long"],
    ["a short password", { password: "short" }, "at least 10 characters; this has 5"],
    ["a password of 201 letters", { password: "abcd".repeat(50) + "e" }, "at most 200 characters"],
    ["a common password", { password: "Password123" }, "one of the first that anybody would try"],
    ["a password of one letter", { password: "aaaaaaaaaaaaaa" }, "one of the first that anybody would try"],
    ["the address as the password", { email: "long-enough@example.org", password: "Long-Enough@example.org" }, "one of the first that anybody would try"],
  ];
  for (const [what, fields, words] of refused) {
    it(`refuses ${what} at its field`, async () => {
      const { status, text } = await register({ email: "new@example.org", ...fields });
      expect(status).to.equal(422);
      expect(text).to.include(words.replaceAll("'", "&#x27;"));
      expect(await accounts("new@example.org")).to.equal(0);
    });
  }

  it("refuses a form larger than a megabyte without reading it all", async () => {
    expect((await register({ name: "a".repeat(1_100_000) })).status).to.equal(413);
  });

  it("never goes to another site afterwards", async () => {
    for (const [index, next] of ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "/%5cevil"].entries()) {
      const { status, headers } = await register({ email: `next-${index}@example.org`, next });
      expect(status).to.equal(303);
      expect(new URL(headers.get("location") ?? "", host.url).origin, next).to.equal(new URL(host.url).origin);
    }
  });

  it("refuses a form that carries no token of this browser", async () => {
    const browser = host.browser();
    expect((await browser.post("/register", { name: "Ada", email: "csrf@example.org", password })).status).to.equal(403);
    expect(await accounts("csrf@example.org")).to.equal(0);
  });

  it("is closed where the site says so", async () => {
    const closed = await testHost({ settings: { people: { registration: "closed" } } });
    try {
      const browser = closed.browser();
      const page = await browser.get("/sign-in");
      expect(page.text).not.to.include("/register");
      expect((await browser.get("/register")).status).to.equal(403);
      const answer = await browser.post("/register", { name: "Ada", email: "ada@example.org", password });
      expect(answer.status).to.equal(403);
      expect(await isSignedIn(browser)).to.equal(false);
    } finally {
      await closed.stop();
    }
  });
});
