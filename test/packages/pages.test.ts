import { expect } from "chai";
import { testHost, type TestBrowser, type TestHost } from "../../core/testing/host.ts";
import { person, type CourseAnswer, type Person } from "../courses/support.ts";
import { golf, leftBy, manifest, reading, removeAll, uploadByForm } from "./uploading.ts";
import { zipped } from "./zips.ts";

interface ContentAnswer {
  modules: { key: string; title: string; items: { key: string; title: string; kind: string; content: { packageVersionId?: string } }[] }[];
}

describe("Pages for packages", () => {
  let host: TestHost;
  let ines: Person;
  let browser: TestBrowser;
  let course: string;

  before(async () => {
    host = await testHost({ plugins: [reading], settings: { http: { maxUploadBytes: 1024 ** 2 } } });
    ines = await person(host, "instructor");
    browser = await signedIn(ines);
  });
  after(() => host?.stop());
  beforeEach(async () => (course = (await ines.api<CourseAnswer>("POST", "/courses", { title: "Golf & more" })).json.id));
  afterEach(async () => {
    expect(host.log.filter(({ level }) => level === "error")).to.deep.equal([]);
    await removeAll(host);
  });

  async function signedIn({ email, password }: Person): Promise<TestBrowser> {
    const one = host.browser();
    await one.get("/sign-in");
    await one.post("/sign-in", { email, password });
    return one;
  }

  const uploadFor = (zip: Buffer, accept?: string) => uploadByForm(host, browser, `/teach/courses/${course}/packages`, `/teach/courses/${course}/packages`, zip, accept);
  const content = async () => (await ines.api<ContentAnswer>("GET", `/courses/${course}/content`)).json.modules;

  it("bring a package from the zip into a published course, without a script", async () => {
    expect((await browser.get(`/teach/courses/${course}/packages`)).text).to.contain("SCORM 1.2 · up to 1 MB").and.not.to.contain("Packages of this course");
    const sent = await uploadFor(golf([{ name: "more\\extra.js", content: "1" }], "Golf <b>basics</b>".replaceAll("<", "&lt;")));
    expect(sent.status, sent.text).to.equal(303);
    const report = (await browser.get(sent.location)).text;
    expect(report).to.contain("Ready to use, with one thing to know.").and.to.contain("What was forgiven").and.to.contain("backslash_path").and.to.contain("more/extra.js");
    expect(report).to.contain("Golf &lt;b&gt;basics&lt;/b&gt;").and.to.contain("Part 1").and.to.contain("index.html").and.to.contain("Add to Golf &amp; more").and.to.contain("3 files");
    const [, action = ""] = /action="(\/teach\/packages\/[^"]+\/add[^"]*)"/.exec(report) ?? [];
    const added = await browser.post(action.replaceAll("&amp;", "&"), { title: "Golf basics" });
    expect(added.headers.get("location")).to.equal(`/teach/courses/${course}`);
    expect((await browser.get(`/teach/courses/${course}`)).text).to.contain("“Golf basics” is in the course.").and.to.contain("SCORM 1.2, ");
    expect((await content()).map(({ title, items }) => [title, ...items.map((item) => `${item.kind} ${item.title}`)])).to.deep.equal([["Golf basics", "package Golf basics"]]);
    expect((await ines.api("POST", `/courses/${course}/publish`, {})).status).to.equal(200);
    expect((await browser.get(`/teach/courses/${course}/packages`)).text).to.contain("Packages of this course").and.to.contain(sent.location.split("?")[0]);
  });

  it("let an instructor call an item otherwise, say how long it takes, and that it need not be done", async () => {
    const first = (await uploadFor(golf())).location;
    const [packageId = ""] = /[0-9a-f-]{36}/.exec(first) ?? [];
    await browser.get(first);
    await browser.post(`/teach/packages/${packageId}/add?course=${course}&version=1`, { title: "Golf" });
    const editor = (await browser.get(`/teach/courses/${course}`)).text;
    const [, href = ""] = new RegExp(`href="(/teach/courses/${course}/items/[^"]+)"`).exec(editor) ?? [];
    expect((await browser.get(href)).text).to.contain('value="Golf"').and.not.to.contain("<textarea");
    expect((await browser.post(href, { title: "", durationMinutes: "601" })).text).to.contain('id="field-title-error"').and.to.contain('id="field-durationMinutes-error"');
    expect((await browser.post(href, { title: "Golf at ease", durationMinutes: "20" })).headers.get("location")).to.equal(`/teach/courses/${course}`);
    expect((await browser.get(`/teach/courses/${course}`)).text).to.contain("“Golf at ease” is saved.").and.to.contain("Optional");
    const [item] = (await content())[0]?.items ?? [];
    expect(item).to.deep.include({ title: "Golf at ease", kind: "package", required: false, durationMs: 1_200_000 });
    expect(item?.content.packageVersionId).to.match(/^[0-9a-f-]{36}$/);
  });

  it("give an item a new version when they are asked to", async () => {
    const first = (await uploadFor(golf())).location;
    const [packageId = ""] = /[0-9a-f-]{36}/.exec(first) ?? [];
    await browser.get(first);
    await browser.post(`/teach/packages/${packageId}/add?course=${course}&version=1`, { title: "Golf" });
    const sent = await uploadByForm(host, browser, first, `/teach/packages/${packageId}/versions?course=${course}`, golf([], "Golf, mended"));
    expect(sent.location).to.equal(first);
    expect((await browser.get(first)).text).to.contain("Use version 2").and.to.contain("Version 1").and.to.contain("Golf, mended");
    const [module] = await content();
    await browser.post(`/teach/packages/${packageId}/use?course=${course}&version=2`, { itemKey: module?.items[0]?.key ?? "" });
    const { versions } = (await ines.api<{ versions: { id: string }[] }>("GET", `/packages/${packageId}`)).json;
    expect((await content())[0]?.items.map((item) => item.content.packageVersionId)).to.deep.equal([versions[0]?.id]);
    expect((await browser.get(`${first}&version=1`)).text).to.contain("Use version 1");
    expect((await browser.get(`${first}&version=9`)).status).to.equal(404);
  });

  it("show the whole report of a refused upload, and keep nothing", async () => {
    const sent = await uploadFor(zipped([{ name: "imsmanifest.xml", content: manifest(["a.html"]) }]));
    expect(sent.status).to.equal(422);
    expect(sent.text).to.contain("No item of the course can be opened.").and.to.contain("What is wrong").and.to.contain("imsmanifest.xml, line 2").and.to.contain('aria-invalid="true"');
    expect(sent.text).to.contain("What may not work as meant").and.to.contain("“a.html”, which an item is to open, is not in the package.");
    expect(await leftBy(host)).to.deep.equal({ waiting: 0, contents: 0, rows: [0, 0, 0, 0] });
    const none = await uploadFor(Buffer.alloc(0));
    expect([none.status, none.text.includes("Choose a zip file; nothing arrived.")]).to.deep.equal([422, true]);
  });

  it("tell a script where to go, or what is wrong", async () => {
    const accept = "application/json";
    const sent = await uploadFor(golf(), accept);
    expect([sent.status, Object.keys(sent.json)]).to.deep.equal([201, ["location"]]);
    const refused = await uploadFor(Buffer.from("no zip"), accept);
    expect([refused.status, refused.type, refused.json.code, refused.json.diagnostics.length]).to.deep.equal([422, "application/problem+json", "zip_not_a_zip", 1]);
    const asPage = await uploadFor(Buffer.from("no zip"), "application/json, text/html;q=0.9");
    expect([asPage.status, asPage.type, asPage.text.includes("zip_not_a_zip")]).to.deep.equal([422, "text/html; charset=utf-8", true]);
    const large = await uploadFor(Buffer.alloc(2 * 1024 ** 2), "application/json, text/html;q=0.9");
    expect([large.status, large.type, large.json.code]).to.deep.equal([413, "application/problem+json", "body_too_large"]);
  });

  it("delete a package that is not used, and say why another can't be", async () => {
    const { location } = await uploadFor(golf());
    const [packageId = ""] = /[0-9a-f-]{36}/.exec(location) ?? [];
    await browser.get(location);
    await browser.post(`/teach/packages/${packageId}/add?course=${course}&version=1`, { title: "Golf" });
    const kept = await browser.post(`/teach/packages/${packageId}/delete?course=${course}`);
    expect(kept.headers.get("location")).to.equal(location);
    expect((await browser.get(location)).text).to.contain("It is part of “Golf &amp; more”");
    const [module] = await content();
    await ines.api("DELETE", `/courses/${course}/modules/${module?.key}`);
    const gone = await browser.post(`/teach/packages/${packageId}/delete?course=${course}`);
    expect(gone.headers.get("location")).to.equal(`/teach/courses/${course}/packages`);
    expect((await browser.get(location)).status).to.equal(404);
  });

  it("are for the staff of the course", async () => {
    const { location } = await uploadFor(golf());
    const own = browser;
    browser = await signedIn(await person(host, "instructor"));
    try {
      expect((await browser.get(`/teach/courses/${course}/packages`)).status).to.equal(403);
      expect((await browser.get(location)).status).to.equal(404);
      expect((await uploadByForm(host, browser, "/teach/courses", `/teach/courses/${course}/packages`, golf())).status).to.equal(403);
    } finally {
      browser = own;
    }
  });
});
