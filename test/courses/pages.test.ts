import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestBrowser, type TestHost } from "../../core/testing/host.ts";
import { draftOf, person, type CourseAnswer, type Person } from "./support.ts";

/** A plugin that knows of learners and prices, as the learning part and a shop would. */
const knowing = definePlugin({
  name: "knowing",
  version: "1.0.0",
  summary: "Knows of learners.",
  hooks: {
    "course.counting": async (ctx, { courseIds }) =>
      ctx.db.rows(sql`select id as course_id, published_version_id as version_id, 12 as learners, 7 as completed from course where id = any(${courseIds}::uuid[])`),
    "catalogue.listing": (_, { courseIds }) => courseIds.map((courseId) => ({ courseId, price: "$49" })),
  },
});

describe("Pages for courses", () => {
  let host: TestHost;
  let ines: Person;
  let browser: TestBrowser;

  before(async () => {
    host = await testHost({ plugins: [knowing] });
    ines = await person(host, "instructor");
    browser = await signedIn(ines);
  });
  after(() => host?.stop());
  afterEach(() => expect(host.log.filter(({ level }) => level === "error")).to.deep.equal([]));

  async function signedIn({ email, password }: Person): Promise<TestBrowser> {
    const one = host.browser();
    await one.get("/sign-in");
    expect((await one.post("/sign-in", { email, password })).status).to.equal(303);
    return one;
  }

  const titles = async (id: string): Promise<string[]> =>
    (await ines.api<{ modules: { title: string; items: { title: string }[] }[] }>("GET", `/courses/${id}/content`)).json.modules.map(({ title, items }) => `${title}: ${items.map((item) => item.title).join("")}`);

  it("let an instructor make, fill and publish a course without a script", async () => {
    expect((await browser.get("/teach/courses")).text).to.contain("No courses yet");
    const made = await browser.post("/teach/courses", { title: "Ports & protocols" });
    expect(made.status, made.text).to.equal(303);
    const editor = made.headers.get("location") ?? "";
    expect((await browser.get(editor)).text).to.contain("<h1>Ports &amp; protocols</h1>").and.to.contain("The course has no items.");
    await browser.post(`${editor}/modules`, { title: "First steps" });
    const module = /modules\/([0-9a-f-]{36})\/move/.exec((await browser.get(editor)).text)?.[1] ?? "";
    const page = (await browser.post(`${editor}/items`, { moduleId: module, kind: "page", title: "What a port is" })).headers.get("location") ?? "";
    expect((await browser.get(page)).text).to.contain('value="What a port is"').and.to.contain(" checked");
    const saved = await browser.post(page, { title: "What a port is", source: "## Doors\r\n\r\n**22** is ssh.", durationMinutes: "5", required: "on", preview: "yes" });
    expect(saved.headers.get("location")).to.equal(`${page}?preview=yes#preview-of`);
    const preview = await browser.get(`${page}?preview=yes`);
    expect(preview.text).to.contain("<h3>Doors</h3>").and.to.contain("<strong>22</strong> is ssh.").and.to.contain('value="5"');
    await browser.post(`${editor}/rules`, { completion: '{"type":"all-required"}', capacity: "25" });
    const published = await browser.post(`${editor}/publish`, { note: "The first" });
    expect(published.headers.get("location")).to.equal(editor);
    const after = await browser.get(editor);
    expect(after.text).to.contain("Version 1 is published.").and.to.contain("Version 1 is what learners see.").and.to.contain("The first");
    const list = await browser.get("/teach/courses");
    expect(list.text).to.contain("Ports &amp; protocols").and.to.contain("Published").and.to.contain(">12<").and.to.contain(">7<");
    const catalogue = await host.browser().get("/courses");
    expect(catalogue.text).to.contain('href="/courses/ports-protocols"').and.to.contain("1 item").and.to.contain("5 min").and.to.contain("$49");
    const seats = await host.context.db.one<{ capacity: number }>(sql`select capacity from course where slug = 'ports-protocols'`);
    expect(seats.capacity).to.equal(25);
  });

  it("move modules and items by buttons, and by the script's posts", async () => {
    const { id, module, items } = await draftOf(ines, "Moves", ["a", "b"]);
    const other = (await ines.api<{ key: string }>("POST", `/courses/${id}/modules`, { title: "Other" })).json.key;
    const editor = `/teach/courses/${id}`;
    await browser.get(editor);
    const steps: [string, Record<string, string>, string[]][] = [
      [`items/${items[0]}/move`, { direction: "up" }, ["Module: ab", "Other: "]],
      [`items/${items[0]}/move`, { direction: "down" }, ["Module: ba", "Other: "]],
      [`items/${items[0]}/move`, { direction: "down" }, ["Module: b", "Other: a"]],
      [`items/${items[0]}/move`, { direction: "down" }, ["Module: b", "Other: a"]],
      [`items/${items[1]}/move`, { position: "1", listId: other }, ["Module: ", "Other: ab"]],
      [`items/${items[0]}/move`, { direction: "up" }, ["Module: a", "Other: b"]],
      [`modules/${module}/move`, { direction: "up" }, ["Module: a", "Other: b"]],
      [`modules/${other}/move`, { direction: "up" }, ["Other: b", "Module: a"]],
      [`modules/${other}/move`, { position: "1" }, ["Module: a", "Other: b"]],
    ];
    for (const [path, fields, order] of steps) {
      expect((await browser.post(`${editor}/${path}`, fields)).status, path).to.equal(303);
      expect(await titles(id), `${path} ${JSON.stringify(fields)}`).to.deep.equal(order);
    }
    await browser.post(`${editor}/items/${items[1]}/delete`);
    await browser.post(`${editor}/modules/${module}`, { title: "Renamed" });
    expect(await titles(id)).to.deep.equal(["Renamed: a", "Other: "]);
    await browser.post(`${editor}/modules/${module}/delete`);
    expect(await titles(id)).to.deep.equal(["Other: "]);
  });

  it("show a refused form again with what was typed and what is wrong", async () => {
    const { id, items } = await draftOf(ines, "Refused", ["a"]);
    await draftOf(ines, "Taken", []);
    const editor = `/teach/courses/${id}`;
    await browser.get(editor);
    const bad = await browser.post(editor, { title: "Still typed", slug: "Not A Slug", summary: "kept" });
    expect(bad.status).to.equal(422);
    expect(bad.text).to.contain('value="Still typed"').and.to.contain('value="Not A Slug"').and.to.contain("kept").and.to.contain('aria-invalid="true"');
    const taken = await browser.post(editor, { title: "Refused", slug: "taken", summary: "" });
    expect([taken.status, taken.text.includes("Another course has this address.")]).to.deep.equal([409, true]);
    const seats = await browser.post(`${editor}/rules`, { completion: '{"type":"magic"}', capacity: "" });
    expect([seats.status, seats.text.includes("Choose one of the list.")]).to.deep.equal([422, true]);
    const page = await browser.post(`${editor}/items/${items[0]}`, { title: "", source: "not lost", durationMinutes: "" });
    expect(page.status).to.equal(422);
    expect(page.text).to.contain("not lost").and.to.contain("This is needed.");
    const created = await browser.post("/teach/courses", { title: "x".repeat(300) });
    expect(created.status).to.equal(422);
    expect(created.text).to.contain("200 characters at most");
  });

  it("say why a course can't be published, and that nothing has changed", async () => {
    const { id } = await draftOf(ines, "Unpublishable", []);
    const editor = `/teach/courses/${id}`;
    await browser.get(editor);
    expect((await browser.post(`${editor}/publish`, { note: "" })).status).to.equal(303);
    expect((await browser.get(editor)).text).to.contain("The course can&#x27;t be published yet: The course has no items.");
    const { id: ready } = await draftOf(ines, "Ready", ["One"]);
    await browser.get(`/teach/courses/${ready}`);
    for (let time = 0; time < 2; time++) await browser.post(`/teach/courses/${ready}/publish`, { note: "" });
    expect((await browser.get(`/teach/courses/${ready}`)).text).to.contain("Nothing has changed since the last version.");
  });

  it("set prerequisites, one, several and none", async () => {
    const { id } = await draftOf(ines, "Advanced", ["One"]);
    const basics = await Promise.all(["Basics one", "Basics two"].map((title) => draftOf(ines, title, ["x"])));
    for (const each of basics) await ines.api("POST", `/courses/${each.id}/publish`, {});
    const editor = `/teach/courses/${id}`;
    expect((await browser.get(editor)).text).to.contain("Basics one").and.to.contain("Basics two");
    for (const prerequisites of [basics.map((each) => each.id), [basics[0]?.id ?? ""], []]) {
      expect((await browser.post(`${editor}/rules`, { completion: '{"type":"all-required"}', capacity: "", prerequisites })).status).to.equal(303);
      const { requires } = (await ines.api<CourseAnswer>("GET", `/courses/${id}`)).json;
      expect((requires as { id: string }[]).map((each) => each.id)).to.have.members(prerequisites);
    }
    const circle = await browser.post(`${editor}/rules`, { completion: '{"type":"all-required"}', capacity: "", prerequisites: id });
    expect([circle.status, circle.text.includes("A course can&#x27;t require itself.")]).to.deep.equal([422, true]);
  });

  it("archive a course and take it out again", async () => {
    const { id, slug } = await draftOf(ines, "Shelved", ["One"]);
    await ines.api("POST", `/courses/${id}/publish`, {});
    await browser.get(`/teach/courses/${id}`);
    await browser.post(`/teach/courses/${id}/archive`);
    expect((await browser.get(`/teach/courses/${id}`)).text).to.contain("Take out of the archive");
    expect((await browser.get("/courses")).text).not.to.contain(slug);
    await browser.post(`/teach/courses/${id}/restore`);
    expect((await browser.get("/courses")).text).to.contain(slug);
  });

  it("search the catalogue, and show drafts to nobody", async () => {
    const { id } = await draftOf(ines, "Zebra crossings", ["One"]);
    await draftOf(ines, "Zebra drafts", ["One"]);
    await ines.api("POST", `/courses/${id}/publish`, {});
    await ines.api("PATCH", `/courses/${id}`, { title: "Zebra rewritten" }, { "If-Match": "*" });
    for (const visitor of [host.browser(), browser]) {
      const found = await visitor.get("/courses?q=zebra");
      expect(found.text).to.contain("Zebra crossings").and.not.to.contain("Zebra drafts").and.not.to.contain("Zebra rewritten");
    }
    expect((await host.browser().get("/courses?q=nothing-like-it")).text).to.contain("Nothing found");
    expect((await host.browser().get("/courses?colour=red")).status).to.equal(400);
  });

  it("count in the catalogue what the latest version holds", async () => {
    const { id, module } = await draftOf(ines, "Counted anew", ["One"]);
    await ines.api("POST", `/courses/${id}/publish`, {});
    const listed = async () => /\d+ items?/.exec((await host.browser().get("/courses?q=counted+anew")).text)?.[0];
    expect(await listed()).to.equal("1 item");
    await ines.api("POST", `/courses/${id}/items`, { moduleKey: module, kind: "page", title: "Two", content: { markdown: "More." } });
    expect(await listed(), "drafts do not count").to.equal("1 item");
    await ines.api("POST", `/courses/${id}/publish`, {});
    expect(await listed()).to.equal("2 items");
  });

  it("show whatever an author writes as text, never as markup or script", async () => {
    const nasty = [
      "<script>alert(1)</script>",
      "<img src=x onerror=alert(1)>",
      "[click](javascript:alert(1))",
      "[click](JaVaScRiPt:alert(1))",
      "![x](javascript:alert(1))",
      "<a href=\"javascript:alert(1)\">x</a>",
      "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
      "`<b>`",
      "{{page.csrfToken}}",
    ].join("\n\n");
    const { id, items } = await draftOf(ines, "<script>alert(2)</script>", ['"><svg onload=alert(3)>']);
    await ines.api("PATCH", `/courses/${id}/items/${items[0]}`, { content: { markdown: nasty } }, { "If-Match": "*" });
    for (const path of [`/teach/courses/${id}`, `/teach/courses/${id}/items/${items[0]}?preview=yes`, "/teach/courses"]) {
      const { text, status } = await browser.get(path);
      expect(status).to.equal(200);
      expect(text.replace(/<script type="module" src="\/assets\/[\w.-]+"><\/script>/g, "")).not.to.match(/<script|<svg onload|<img|<b>/i);
      expect(text).not.to.match(/<a [^>]*href="\s*(javascript|data):/i);
      expect(text).not.to.match(/<[^>]+\son\w+=/i);
    }
    expect((await browser.get(`/teach/courses/${id}/items/${items[0]}?preview=yes`)).text).to.contain("{{page.csrfToken}}");
  });

  it("are closed to who does not teach the course, and send a guest to sign in", async () => {
    const { id, items } = await draftOf(ines, "Closed", ["One"]);
    const paths = [`/teach/courses/${id}`, `/teach/courses/${id}/items/${items[0]}`];
    const others = [await signedIn(await person(host, "instructor")), await signedIn(await person(host))];
    for (const path of paths) {
      for (const other of others) {
        expect((await other.get(path)).status, path).to.equal(403);
        expect((await other.post(path, { title: "x", slug: "x", summary: "", source: "", durationMinutes: "" })).status, path).to.equal(403);
      }
      const guest = await host.browser().get(path);
      expect([guest.status, guest.headers.get("location")]).to.deep.equal([303, `/sign-in?next=${encodeURIComponent(path)}`]);
    }
    expect((await (others[1] as TestBrowser).get("/teach/courses")).status).to.equal(403);
    expect((await (others[0] as TestBrowser).get("/teach/courses")).text).not.to.contain("Closed");
    expect((await browser.get("/teach/courses/00000000-0000-7000-8000-000000000000")).status).to.equal(403);
  });
});
