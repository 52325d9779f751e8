import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import * as roles from "../../core/people/roles.ts";
import { isSignedIn, mailTo, password, person, signIn } from "./people.ts";

const fresh = "another horse, another stair";
const minute = 60_000;

describe("Passwords", () => {
  let host: TestHost;
  before(async () => void (host = await testHost()));
  after(() => host?.stop());

  const askForLink = async (email: string) => {
    const browser = host.browser();
    await browser.get("/forgot-password");
    return browser.post("/forgot-password", { email });
  };
  const useLink = async (link: string, chosen = fresh) => {
    const browser = host.browser();
    await browser.get("/sign-in"); // for the form's token, which a refusal's page has not
    const page = await browser.get(link);
    const token = new URLSearchParams(link.split("?")[1]).get("token") ?? "";
    return { browser, page, answer: await browser.post("/reset-password", { token, password: chosen }) };
  };

  it("are chosen anew by a mailed link, once, which signs in and ends every other session", async () => {
    const { email, id, browser } = await person(host);
    const other = await browser();
    expect((await askForLink(email)).text).to.include("is on its way");
    const mail = await mailTo(host, email);
    expect(mail?.subject).to.equal("Choose a new password");
    expect(mail?.text).to.include("Hello Ada Lovelace").and.not.to.include("&#x");
    const { browser: here, page, answer } = await useLink(mail?.link ?? "");
    expect(page.status).to.equal(200);
    expect(page.text).to.include(email);
    expect(answer.status).to.equal(303);
    expect(await isSignedIn(here)).to.equal(true);
    expect(await isSignedIn(other)).to.equal(false);
    expect((await signIn(host.browser(), email)).status).to.equal(403);
    expect((await signIn(host.browser(), email, fresh)).status).to.equal(303);
    expect(await host.database.knex("audit_entry").where({ action: "password.reset", subject_id: id, actor_id: id })).to.have.length(1);
    const again = await useLink(mail?.link ?? "", "a third horse entirely");
    expect([again.page.status, again.answer.status]).to.deep.equal([410, 410]);
    expect(again.page.text).to.include("used already or is too old").and.to.include('href="/forgot-password"');
    expect((await signIn(host.browser(), email, fresh)).status).to.equal(303);
  });

  it("are set once by a link that is used ten times at once", async () => {
    const { email } = await person(host);
    await askForLink(email);
    const link = (await mailTo(host, email))?.link ?? "";
    const tries = await Promise.all(Array.from({ length: 10 }, (_, index) => useLink(link, `horse number ${index}`)));
    expect(tries.map(({ answer }) => answer.status).sort()).to.deep.equal([303, ...Array.from({ length: 9 }, () => 410)]);
  });

  it("can't be chosen by a link that is older than an hour, or was followed by a newer one", async () => {
    const { email } = await person(host);
    await askForLink(email);
    const first = (await mailTo(host, email))?.link ?? "";
    host.advance(minute);
    await askForLink(email);
    const second = (await mailTo(host, email))?.link ?? "";
    expect(second).not.to.equal(first);
    expect((await useLink(first)).answer.status).to.equal(410);
    host.advance(61 * minute);
    expect((await useLink(second)).answer.status).to.equal(410);
    expect((await signIn(host.browser(), email)).status).to.equal(303);
  });

  it("keep the link good when the new one is refused", async () => {
    const { email } = await person(host);
    await askForLink(email);
    const link = (await mailTo(host, email))?.link ?? "";
    const weak = await useLink(link, "short");
    expect(weak.answer.status).to.equal(422);
    expect(weak.answer.text).to.include("at least 10 characters");
    expect((await useLink(link)).answer.status).to.equal(303);
  });

  it("don't tell who asks whether the address is known, and mail nothing to one that isn't", async () => {
    const { email } = await person(host);
    const [known, unknown] = [await askForLink(email), await askForLink("unknown@example.org")];
    const plain = (text: string) => text.replaceAll(/value="[\w-]{43}"/g, "").replaceAll(email, "").replaceAll("unknown@example.org", "");
    expect(unknown.status).to.equal(known.status);
    expect(plain(unknown.text)).to.equal(plain(known.text));
    expect(await mailTo(host, "unknown@example.org")).to.equal(undefined);
  });

  it("leave no link in any table or log but as a digest", async () => {
    const { email } = await person(host);
    await askForLink(email);
    const link = (await mailTo(host, email))?.link ?? "";
    const token = new URLSearchParams(link.split("?")[1]).get("token") ?? "";
    const { browser } = await useLink(link);
    await browser.get("/account");
    expect(token).to.have.length(43);
    expect(JSON.stringify(host.log)).not.to.include(token);
    const { rows } = await host.database.knex.raw<{ rows: { table_schema: string; table_name: string }[] }>("select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') and table_name <> 'caught_mail'");
    for (const { table_schema, table_name } of rows) {
      const held = (await host.database.knex.raw<{ rows: object[] }>(`select 1 from "${table_schema}"."${table_name}" as row where row::text like ?`, [`%${token}%`])).rows;
      expect(held, `${table_schema}.${table_name}`).to.deep.equal([]);
    }
  });

  it("are changed by who knows the old one; other browsers are signed out and this one gets a new id", async () => {
    const ada = await person(host);
    const [here, there] = [await ada.browser(), await ada.browser()];
    await here.get("/account");
    const before = here.cookies.get("cadre_session");
    const wrong = await here.post("/account/password", { currentPassword: "not the password", newPassword: fresh });
    expect(wrong.status).to.equal(403);
    expect(wrong.text).to.include("This is not your current password.").and.not.to.include(fresh);
    expect((await here.post("/account/password", { currentPassword: password, newPassword: "short" })).status).to.equal(422);
    expect((await here.post("/account/password", { currentPassword: password, newPassword: fresh })).status).to.equal(303);
    expect(here.cookies.get("cadre_session")).not.to.equal(before);
    expect(await isSignedIn(here)).to.equal(true);
    expect(await isSignedIn(there)).to.equal(false);
    expect((await signIn(host.browser(), ada.email, fresh)).status).to.equal(303);
  });

  it("are chosen by people who were added, by the link in their welcome", async () => {
    const boss = await person(host, { name: "Grace Hopper", role: "administrator" });
    const browser = await boss.browser();
    await browser.get("/admin/people");
    const added = await browser.post("/admin/people", { name: "Katherine Johnson", email: "katherine@example.org", role: "instructor" });
    expect(added.headers.get("location")).to.match(/^\/admin\/people\/[0-9a-f-]{36}$/);
    const mail = await mailTo(host, "katherine@example.org");
    expect(mail?.text).to.include("Grace Hopper made an account for you");
    host.advance(3 * 24 * 60 * minute);
    const { browser: hers, answer } = await useLink(mail?.link ?? "");
    expect(answer.status).to.equal(303);
    expect(await isSignedIn(hers)).to.equal(true);
    const id = added.headers.get("location")?.split("/").at(-1) ?? "";
    expect((await roles.of(host.context, id)).map(({ role }) => role).sort()).to.deep.equal(["instructor", "learner"]);
  });
});

describe("Email addresses", () => {
  let host: TestHost;
  before(async () => void (host = await testHost()));
  after(() => host?.stop());

  const change = async (browser: Awaited<ReturnType<Awaited<ReturnType<typeof person>>["browser"]>>, email: string) => {
    await browser.get("/account");
    return browser.post("/account", { name: "Ada Lovelace", email, timeZone: "Europe/London" });
  };

  it("change when the link that was mailed there has been followed, and the old address is told", async () => {
    const ada = await person(host);
    const browser = await ada.browser();
    expect((await change(browser, "ada.new@example.org")).status).to.equal(303);
    const account = await browser.get("/account");
    expect(account.text).to.include(`value="${ada.email}"`).and.to.include("until then your address stays").and.to.include('value="Europe/London" selected');
    const link = (await mailTo(host, "ada.new@example.org"))?.link ?? "";
    const page = await browser.get(link);
    expect(page.text).to.include("ada.new@example.org");
    const token = new URLSearchParams(link.split("?")[1]).get("token") ?? "";
    expect((await browser.post("/confirm-email", { token })).headers.get("location")).to.equal("/account");
    expect((await browser.get("/account")).text).to.include('value="ada.new@example.org"');
    expect((await mailTo(host, ada.email))?.subject).to.equal("Your email address was changed");
    expect((await browser.post("/confirm-email", { token })).status).to.equal(410);
    expect((await signIn(host.browser(), "ada.new@example.org")).status).to.equal(303);
  });

  it("of somebody else can't be taken, and nobody learns whose they are", async () => {
    const [ada, eve] = [await person(host), await person(host, { name: "Eve" })];
    const browser = await eve.browser();
    const answer = await change(browser, ada.email.toUpperCase());
    expect(answer.status).to.equal(303);
    expect(await mailTo(host, ada.email.toUpperCase())).to.equal(undefined);
    expect(await mailTo(host, ada.email)).to.equal(undefined);
  });

  it("that two people want go to the first who confirms", async () => {
    const wanted = "wanted@example.org";
    const links: string[] = [];
    for (const each of [await person(host), await person(host)]) {
      await change(await each.browser(), wanted);
      links.push((await mailTo(host, wanted))?.link ?? "");
    }
    const confirm = async (link: string) => {
      const browser = host.browser();
      await browser.get(link);
      return (await browser.post("/confirm-email", { token: new URLSearchParams(link.split("?")[1]).get("token") ?? "" })).status;
    };
    expect((await Promise.all(links.map(confirm))).sort()).to.deep.equal([303, 409]);
  });
});
