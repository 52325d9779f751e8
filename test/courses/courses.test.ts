import { expect } from "chai";
import { refuse } from "../../core/kernel/errors.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestAnswer, type TestHost } from "../../core/testing/host.ts";
import { itemKind } from "../../core/courses/item-kinds.ts";
import { draftOf, person, type CourseAnswer, type Person, type ProblemAnswer } from "./support.ts";

/** A plugin with a kind of item of its own, a guard and an ear. */
const heard: unknown[] = [];
const videos = definePlugin({
  name: "videos",
  version: "1.0.0",
  summary: "Videos for courses.",
  itemKinds: {
    video: itemKind({
      label: "Video",
      icon: "play",
      opens: "inside",
      content: t.Object({ url: t.String({ pattern: "^https://" }), seconds: t.Integer({ default: 60 }) }),
      check: (_, { url }) => (url.includes("broken") ? [{ pointer: "/url", code: "video_unreachable", message: "the video can't be reached." }] : []),
      title: (_, { seconds }) => `A video of ${seconds} s`,
    }),
  },
  hooks: { "course.publishing": (_, { title }) => (title.includes("forbidden") ? refuse("title_forbidden", "Not with this title.") : undefined) },
  on: { "course.published": async (_, payload) => void heard.push(payload) },
});

describe("Courses", () => {
  let host: TestHost;
  let ines: Person;
  let ivan: Person;
  let lena: Person;
  let root: Person;

  before(async () => {
    host = await testHost({ plugins: [videos] });
    [ines, ivan, lena, root] = [await person(host, "instructor"), await person(host, "instructor"), await person(host), await person(host, "administrator")];
  });
  after(() => host?.stop());

  const make = async (title = "Ports"): Promise<CourseAnswer> => (await ines.api<CourseAnswer>("POST", "/courses", { title })).json;
  const revision = async (id: string): Promise<string> => (await ines.api("GET", `/courses/${id}`)).headers.get("etag") ?? "";

  describe("drafts", () => {
    it("are made with an address of their own, for their creator to edit", async () => {
      const first = await ines.api<CourseAnswer>("POST", "/courses", { title: "Ports and protocols", summary: "Which is which." });
      expect(first.status, first.text).to.equal(201);
      expect(first.headers.get("location")).to.equal(`/api/v1/courses/${first.json.id}`);
      expect(first.headers.get("etag")).to.equal('"1"');
      expect(first.json).to.include({ slug: "ports-and-protocols", status: "draft", title: "Ports and protocols", summary: "Which is which.", version: null, changed: false, items: 0 });
      const second = await ines.api<CourseAnswer>("POST", "/courses", { title: "Ports and protocols" });
      expect(second.json.slug).to.equal("ports-and-protocols-2");
      const roles = await host.context.db.rows(sql`select role from role_assignment where user_id = ${ines.id} and scope = ${first.json.id}`);
      expect(roles).to.deep.equal([{ role: "instructor" }]);
    });

    it("get different addresses when ten are made at once", async () => {
      const made = await Promise.all(Array.from({ length: 10 }, () => ines.api<CourseAnswer>("POST", "/courses", { title: "At once" })));
      expect(new Set(made.map(({ json }) => json.slug)).size).to.equal(10);
    });

    it("refuse an address that is taken", async () => {
      const { id } = await make("Mine");
      await make("Theirs");
      for (const answer of [
        await ines.api<ProblemAnswer>("POST", "/courses", { title: "x", slug: "theirs" }),
        await ines.api<ProblemAnswer>("PATCH", `/courses/${id}`, { slug: "theirs" }, { "If-Match": "*" }),
      ]) {
        expect(answer.status).to.equal(409);
        expect(answer.json.code).to.equal("slug_taken");
        expect(answer.json.errors?.[0]?.pointer).to.equal("/slug");
      }
    });

    it("are seen by their staff and administrators, by nobody else", async () => {
      const { id } = await make("Secret");
      expect((await ines.api("GET", `/courses/${id}`)).status).to.equal(200);
      expect((await root.api("GET", `/courses/${id}`)).status).to.equal(200);
      for (const other of [ivan, lena]) {
        expect((await other.api("GET", `/courses/${id}`)).status).to.equal(404);
        expect((await other.api<CourseAnswer[]>("GET", "/courses?q=Secret")).json).to.deep.equal([]);
      }
      expect((await host.request("GET", `/api/v1/courses/${id}`)).status).to.equal(404);
    });

    it("are edited by their own instructor, not by another one, a learner or a guest", async () => {
      const { id } = await make();
      const changes = [
        ["PATCH", "", { title: "Mine" }],
        ["POST", "/publish", {}],
        ["POST", "/archive", undefined],
        ["POST", "/modules", { title: "x" }],
        ["GET", "/content", undefined],
        ["GET", "/versions", undefined],
        ["PUT", "/prerequisites", { requires: [] }],
      ] as const;
      for (const [method, path, body] of changes) {
        for (const other of [ivan, lena]) expect((await other.api(method, `/courses/${id}${path}`, body, { "If-Match": "*" })).status, `${method} ${path}`).to.equal(403);
        expect((await host.request(method, `/api/v1/courses/${id}${path}`, { body })).status, `${method} ${path}`).to.equal(401);
      }
      expect((await lena.api("POST", "/courses", { title: "x" })).status).to.equal(403);
    });
  });

  describe("edits", () => {
    it("need the ETag of what they change, and are refused when it is an old one", async () => {
      const { id } = await make();
      expect((await ines.api("PATCH", `/courses/${id}`, { title: "x" })).status).to.equal(428);
      const etag = await revision(id);
      const [one, two] = await Promise.all(["one", "two"].map((title) => ines.api<CourseAnswer>("PATCH", `/courses/${id}`, { title }, { "If-Match": etag })));
      expect([one?.status, two?.status].sort()).to.deep.equal([200, 412]);
      const won = one?.status === 200 ? one : two;
      expect(won?.headers.get("etag")).to.equal('"2"');
      expect((await ines.api<CourseAnswer>("GET", `/courses/${id}`)).json.title).to.equal(won?.json.title);
      expect((await ines.api("PATCH", `/courses/${id}`, { title: "x" }, { "If-Match": '"nonsense"' })).status).to.equal(412);
      expect((await ines.api("POST", `/courses/${id}/modules`, { title: "x" }, { "If-Match": '"1"' })).status).to.equal(412);
    });

    const wrong: [string, object, string][] = [
      ["an unknown member", { colour: "red" }, "/colour"],
      ["a title that is no text", { title: 5 }, "/title"],
      ["a title of two lines", { title: "a\nb" }, "/title"],
      ["a title with NUL", { title: "a\u0000b" }, "/title"],
      ["a huge title", { title: "x".repeat(201) }, "/title"],
      ["a huge summary", { summary: "x".repeat(2001) }, "/summary"],
      ["a summary with NUL", { summary: "a\u0000b" }, "/summary"],
      ["no seats", { capacity: 0 }, "/capacity"],
      ["half a seat", { capacity: 1.5 }, "/capacity"],
      ["seats as text", { capacity: "5" }, "/capacity"],
      ["a slug in capitals", { slug: "A" }, "/slug"],
      ["a slug that leaves its folder", { slug: "../x" }, "/slug"],
      ["an unknown rule", { completion: { type: "magic" } }, "/completion/type"],
      ["a rule with a score above 1", { completion: { type: "score", itemKey: "00000000-0000-7000-8000-000000000000", atLeast: 80 } }, "/completion/atLeast"],
    ];
    for (const [what, body, pointer] of wrong) {
      it(`refuse ${what}, pointing at ${pointer}`, async () => {
        const { id } = await make();
        const answer = await ines.api<ProblemAnswer>("PATCH", `/courses/${id}`, body, { "If-Match": "*" });
        expect(answer.status, answer.text).to.equal(422);
        expect(answer.headers.get("content-type")).to.contain("application/problem+json");
        expect(answer.json.errors?.map((each) => each.pointer)).to.include(pointer);
        expect((await ines.api("GET", `/courses/${id}`)).headers.get("etag")).to.equal('"1"');
      });
    }

    it("refuse a body above a megabyte", async () => {
      const { id } = await make();
      expect((await ines.api("PATCH", `/courses/${id}`, { summary: "x".repeat(1100_000) }, { "If-Match": "*" })).status).to.equal(413);
    });
  });

  describe("lists", () => {
    it("are paged by the Link header, each course once", async () => {
      const sofia = await person(host, "instructor");
      for (let number = 0; number < 7; number++) await sofia.api("POST", "/courses", { title: `Paged ${number}` });
      const titles: string[] = [];
      let path: string | undefined = "/courses?q=paged&limit=3";
      for (; path; ) {
        const answer: TestAnswer & { json: CourseAnswer[] } = await sofia.api<CourseAnswer[]>("GET", path);
        expect(answer.status, answer.text).to.equal(200);
        titles.push(...answer.json.map(({ title }) => title));
        path = /<\/api\/v1([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
      }
      expect(titles).to.deep.equal([6, 5, 4, 3, 2, 1, 0].map((number) => `Paged ${number}`));
    });

    it("find words wherever they are, and take % and _ as they are", async () => {
      const sofia = await person(host, "instructor");
      await sofia.api("POST", "/courses", { title: "100% sure", summary: "About certainty" });
      await sofia.api("POST", "/courses", { title: "Quite sure", summary: "About doubt" });
      const found = async (q: string) => (await sofia.api<CourseAnswer[]>("GET", `/courses?q=${encodeURIComponent(q)}`)).json.map(({ title }) => title);
      expect(await found("sure ABOUT")).to.deep.equal(["Quite sure", "100% sure"]);
      expect(await found("doubt sure")).to.deep.equal(["Quite sure"]);
      expect(await found("100%")).to.deep.equal(["100% sure"]);
      expect(await found("_uite")).to.deep.equal([]);
    });

    for (const query of ["colour=red", "status=gone", "limit=0", "limit=201", "limit=x", "cursor=nonsense", "q=%00", `q=${"x".repeat(300)}`]) {
      it(`refuse ?${query.slice(0, 20)}`, async () => {
        const answer = await ines.api<ProblemAnswer>("GET", `/courses?${query}`);
        expect(answer.status, answer.text).to.equal(400);
      });
    }
  });

  describe("publishing", () => {
    it("refuses with every reason at once, each with its place", async () => {
      const required = await make("Not yet");
      const { id, module } = await draftOf(ines, "Unready", []);
      await ines.api("PUT", `/courses/${id}/prerequisites`, { requires: [required.id] }, { "If-Match": "*" });
      const gone = "00000000-0000-7000-8000-000000000000";
      await ines.api("POST", `/courses/${id}/items`, { moduleKey: module, kind: "page", title: "Empty", content: { markdown: " " } });
      await ines.api("POST", `/courses/${id}/items`, { moduleKey: module, kind: "video", content: { url: "https://broken" } });
      await ines.api("PATCH", `/courses/${id}/modules/${module}`, { title: "" }, { "If-Match": "*" });
      await ines.api("PATCH", `/courses/${id}`, { title: " ", completion: { type: "items", keys: [gone] } }, { "If-Match": "*" });
      const wanted = [
        ["/title", "title_missing"],
        ["/modules/0/title", "title_missing"],
        ["/modules/0/items/0/content/markdown", "page_empty"],
        ["/modules/0/items/1/content/url", "video_unreachable"],
        ["/completion", "completion_item_missing"],
        ["/requires/0", "prerequisite_unpublished"],
      ];
      const blockers = await ines.api<{ pointer: string; code: string }[]>("GET", `/courses/${id}/blockers`);
      expect(blockers.json.map(({ pointer, code }) => [pointer, code])).to.deep.equal(wanted);
      const refused = await ines.api<ProblemAnswer>("POST", `/courses/${id}/publish`, {});
      expect(refused.status).to.equal(422);
      expect(refused.json.code).to.equal("course_unpublishable");
      expect(refused.json.errors?.map(({ pointer, code }) => [pointer, code])).to.deep.equal(wanted);
      expect((await ines.api<CourseAnswer>("GET", `/courses/${id}`)).json.status).to.equal("draft");
    });

    it("refuses a course without items, and one whose rule is out of reach", async () => {
      const { id } = await make();
      await ines.api("PATCH", `/courses/${id}`, { completion: { type: "count", atLeast: 3 } }, { "If-Match": "*" });
      const refused = await ines.api<ProblemAnswer>("POST", `/courses/${id}/publish`, {});
      expect(refused.json.errors?.map(({ code }) => code)).to.deep.equal(["course_empty", "completion_out_of_reach"]);
    });

    it("is vetoed by a guard, and nothing has happened then", async () => {
      const { id } = await draftOf(ines, "A forbidden course", ["One"]);
      const refused = await ines.api<ProblemAnswer>("POST", `/courses/${id}/publish`, {});
      expect(refused.status).to.equal(403);
      expect(refused.json.code).to.equal("title_forbidden");
      expect((await ines.api("GET", `/courses/${id}/versions`)).json).to.deep.equal([]);
    });

    it("freezes the draft as a version that nothing can change, and tells", async () => {
      const { id } = await draftOf(ines, "Frozen", ["One", "Two"]);
      const published = await ines.api<CourseAnswer>("POST", `/courses/${id}/publish`, { note: "The first" });
      expect(published.json).to.include({ status: "published", version: 1, changed: false, items: 2 });
      await host.drain();
      expect(heard).to.deep.include({ courseId: id, versionId: await publishedId(id), number: 1, slug: published.json.slug, title: "Frozen" });
      const versionId = await publishedId(id);
      for (const change of [
        sql`update course_version set title = 'x' where id = ${versionId}`,
        sql`delete from course_version where id = ${versionId}`,
        sql`update item set title = 'x' where version_id = ${versionId}`,
        sql`delete from item where version_id = ${versionId}`,
        sql`delete from module where version_id = ${versionId}`,
        sql`insert into module (id, version_id, key, position, title) select gen_random_uuid(), version_id, gen_random_uuid(), 9, 'x' from module where version_id = ${versionId}`,
        sql`delete from course where id = ${id}`,
      ]) {
        const error: unknown = await host.context.db.run(change).catch((caught: unknown) => caught);
        expect(error, change.text).to.have.property("code", "23001");
      }
      await host.context.db.run(sql`update course_version set published_by = null where id = ${versionId}`);
    });

    it("leaves earlier versions as they were, with the same keys in the next", async () => {
      const { id, items } = await draftOf(ines, "Versions", ["One", "Two"]);
      await ines.api("POST", `/courses/${id}/publish`, {});
      const first = await ines.api("GET", `/courses/${id}/versions/1`);
      await ines.api("PATCH", `/courses/${id}/items/${items[0]}`, { title: "Uno", content: { markdown: "new" } }, { "If-Match": "*" });
      await ines.api("DELETE", `/courses/${id}/items/${items[1]}`);
      const changed = await ines.api<CourseAnswer>("GET", `/courses/${id}`);
      expect(changed.json).to.include({ version: 1, changed: true, items: 1 });
      expect((await lena.api<CourseAnswer>("GET", `/courses/${id}`)).json).to.include({ changed: false, items: 2 });
      expect((await ines.api("GET", `/courses/${id}/versions/1`)).json).to.deep.equal(first.json);
      await ines.api("POST", `/courses/${id}/publish`, { note: "Shorter" });
      expect((await ines.api("GET", `/courses/${id}/versions/1`)).json).to.deep.equal(first.json);
      const second = await ines.api<{ modules: { items: { key: string; title: string }[] }[] }>("GET", `/courses/${id}/versions/2`);
      expect(second.json.modules[0]?.items.map(({ key, title }) => [key, title])).to.deep.equal([[items[0], "Uno"]]);
      expect((await ines.api<{ number: number; note: string }[]>("GET", `/courses/${id}/versions`)).json.map(({ number, note }) => [number, note])).to.deep.equal([
        [2, "Shorter"],
        [1, null],
      ]);
      expect((await ines.api("GET", `/courses/${id}/versions/3`)).status).to.equal(404);
    });

    it("happens once when it is asked for five times at once", async () => {
      const { id } = await draftOf(ines, "Once", ["One"]);
      const answers = await Promise.all(Array.from({ length: 5 }, () => ines.api<ProblemAnswer>("POST", `/courses/${id}/publish`, {})));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409, 409, 409, 409]);
      expect((await ines.api<unknown[]>("GET", `/courses/${id}/versions`)).json).to.have.length(1);
    });

    it("makes one draft when five edits begin it at once", async () => {
      const { id, module } = await draftOf(ines, "One draft", ["One"]);
      await ines.api("POST", `/courses/${id}/publish`, {});
      await Promise.all([1, 2, 3, 4, 5].map((number) => ines.api("POST", `/courses/${id}/items`, { moduleKey: module, kind: "page", title: `New ${number}`, content: { markdown: "x" } })));
      expect((await ines.api<CourseAnswer>("GET", `/courses/${id}`)).json.items).to.equal(6);
      expect(await host.context.db.rows(sql`select number from course_version where course_id = ${id} order by number`)).to.deep.equal([{ number: 1 }, { number: null }]);
    });
  });

  describe("the archive", () => {
    it("hides a course and gives it back as it was", async () => {
      const { id } = await draftOf(ines, "Old", ["One"]);
      await ines.api("POST", `/courses/${id}/publish`, {});
      expect((await lena.api("GET", `/courses/${id}`)).status).to.equal(200);
      for (let time = 0; time < 2; time++) expect((await ines.api<CourseAnswer>("POST", `/courses/${id}/archive`)).json.status).to.equal("archived");
      expect((await lena.api("GET", `/courses/${id}`)).status).to.equal(404);
      expect((await ines.api<CourseAnswer[]>("GET", "/courses?status=archived")).json.map((course) => course.id)).to.include(id);
      await ines.api("PATCH", `/courses/${id}`, { title: "Old news" }, { "If-Match": "*" });
      expect((await ines.api<ProblemAnswer>("POST", `/courses/${id}/publish`, {})).json.errors?.[0]?.code).to.equal("course_archived");
      expect((await ines.api<CourseAnswer>("POST", `/courses/${id}/restore`)).json.status).to.equal("published");
      expect((await lena.api<CourseAnswer>("GET", `/courses/${id}`)).json.title).to.equal("Old");
    });
  });

  it("leave a line in the audit for each privileged act", async () => {
    const { id } = await draftOf(ines, "Noted", ["One"]);
    await ines.api("POST", `/courses/${id}/publish`, {});
    await ines.api("POST", `/courses/${id}/archive`);
    await ines.api("POST", `/courses/${id}/restore`);
    const lines = await host.context.db.rows<{ action: string; actorId: string }>(sql`select action, actor_id from audit_entry where subject_id = ${id} order by id`);
    expect(lines.map(({ action }) => action)).to.deep.equal(["course.created", "course.published", "course.archived", "course.restored"]);
    expect(new Set(lines.map(({ actorId }) => actorId))).to.deep.equal(new Set([ines.id]));
  });

  async function publishedId(courseId: string): Promise<string> {
    return (await host.context.db.one<{ id: string }>(sql`select published_version_id as id from course where id = ${courseId}`)).id;
  }
});
