import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { createAdministratorLink, firstAdministratorLink } from "../../core/people/administrators.ts";
import { password } from "./people.ts";

const day = 86_400_000;

describe("The first administrator's link", () => {
  let host: TestHost;
  beforeEach(async () => void (host = await testHost()));
  afterEach(() => host?.stop());

  const follow = async (link: string, email = "boss@example.org") => {
    const browser = host.browser();
    await browser.get("/sign-in"); // for the form's token, which a refusal's page has not
    const { pathname, search, searchParams } = new URL(link);
    const page = await browser.get(pathname + search);
    return { browser, page, answer: await browser.post("/first-administrator", { token: searchParams.get("token") ?? "", name: "Grace Hopper", email, password }) };
  };

  it("makes the account of an administrator, who is in at once; then there is no first one to make", async () => {
    const link = (await firstAdministratorLink(host.context)) ?? "";
    expect(link.startsWith(`${host.url}/first-administrator?token=`)).to.equal(true);
    const { browser, page, answer } = await follow(link);
    expect(page.text).to.include("Make yourself administrator");
    expect(answer.status).to.equal(303);
    expect((await browser.get("/admin/people")).status).to.equal(200);
    expect(await firstAdministratorLink(host.context)).to.equal(undefined);
    const again = await follow(link, "second@example.org");
    expect([again.page.status, again.answer.status]).to.deep.equal([410, 410]);
  });

  it("makes one administrator when it is used by five at once", async () => {
    const link = await createAdministratorLink(host.context);
    const statuses = await Promise.all([1, 2, 3, 4, 5].map(async (index) => (await follow(link, `boss-${index}@example.org`)).answer.status));
    expect(statuses.sort()).to.deep.equal([303, 410, 410, 410, 410]);
    expect(await host.database.knex("user_account")).to.have.length(1);
  });

  it("stays good while the form is filled in wrongly, and for 24 hours", async () => {
    const link = await createAdministratorLink(host.context);
    const wrong = await follow(link, "no address");
    expect(wrong.answer.status).to.equal(422);
    expect(wrong.answer.text).to.include("This is no email address.").and.to.include('value="Grace Hopper"').and.not.to.include(password);
    host.advance(day - 60_000);
    expect((await follow(link)).page.status).to.equal(200);
    const late = await createAdministratorLink(host.context);
    host.advance(day + 1000);
    expect((await follow(late)).answer.status).to.equal(410);
  });

  it("is done away with by a newer one", async () => {
    const older = await createAdministratorLink(host.context);
    await createAdministratorLink(host.context);
    expect((await follow(older)).answer.status).to.equal(410);
  });

  it("can't be used for another purpose", async () => {
    const token = new URL(await createAdministratorLink(host.context)).searchParams.get("token");
    expect((await host.browser().get(`/reset-password?token=${token}`)).status).to.equal(410);
    expect((await host.browser().get(`/confirm-email?token=${token}`)).status).to.equal(410);
  });
});
