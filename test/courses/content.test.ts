import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/host.ts";
import { storedPackage } from "../learning/support.ts";
import { draftOf, person, type CourseAnswer, type Person, type ProblemAnswer } from "./support.ts";

interface Content {
  modules: { key: string; title: string; items: { key: string; title: string; kind: string; required: boolean; durationMs: number | null; content: Record<string, unknown> }[] }[];
}

const nowhere = "00000000-0000-7000-8000-000000000000";

describe("The content of a course", () => {
  let host: TestHost;
  let ines: Person;

  before(async () => {
    host = await testHost();
    ines = await person(host, "instructor");
  });
  after(() => host?.stop());

  const contentOf = async (id: string): Promise<Content> => (await ines.api<Content>("GET", `/courses/${id}/content`)).json;
  const titlesOf = async (id: string): Promise<string[]> => (await contentOf(id)).modules.map(({ title, items }) => `${title}: ${items.map((item) => item.title).join("")}`);
  const addModule = async (id: string, title: string, position?: number): Promise<string> => (await ines.api<{ key: string }>("POST", `/courses/${id}/modules`, { title, position })).json.key;

  describe("modules", () => {
    it("are added where they are wanted, renamed, moved and removed with their items", async () => {
      const { id } = (await ines.api<CourseAnswer>("POST", "/courses", { title: "Modules" })).json;
      const [a, c, b] = [await addModule(id, "A"), await addModule(id, "C"), await addModule(id, "B", 1)];
      expect(await titlesOf(id)).to.deep.equal(["A: ", "B: ", "C: "]);
      await ines.api("POST", `/courses/${id}/modules/${a}/move`, { position: 99 });
      expect(await titlesOf(id)).to.deep.equal(["B: ", "C: ", "A: "]);
      await ines.api("PATCH", `/courses/${id}/modules/${b}`, { title: "Beta" }, { "If-Match": "*" });
      await ines.api("POST", `/courses/${id}/items`, { moduleKey: c, kind: "page", content: { markdown: "x" } });
      expect((await ines.api("DELETE", `/courses/${id}/modules/${c}`)).status).to.equal(204);
      expect(await titlesOf(id)).to.deep.equal(["Beta: ", "A: "]);
      for (const [method, path, body] of [
        ["PATCH", `modules/${c}`, { title: "x" }],
        ["POST", `modules/${c}/move`, { position: 0 }],
        ["DELETE", `modules/${c}`, undefined],
        ["POST", "items", { moduleKey: c, kind: "page", content: { markdown: "" } }],
      ] as const) {
        const answer = await ines.api<ProblemAnswer>(method, `/courses/${id}/${path}`, body, { "If-Match": "*" });
        expect([answer.status, answer.json.code], `${method} ${path}`).to.deep.equal([404, "module_not_found"]);
      }
    });
  });

  describe("items", () => {
    it("are added, changed and removed", async () => {
      const { id, module } = await draftOf(ines, "Items", ["a", "c"]);
      const added = await ines.api<Content["modules"][0]["items"][0]>("POST", `/courses/${id}/items`, {
        moduleKey: module, kind: "page", title: "b", content: { markdown: "# Hi" }, position: 1, required: false, durationMs: 60_000,
      });
      expect(added.status, added.text).to.equal(201);
      expect(added.json).to.deep.equal({ key: added.json.key, kind: "page", title: "b", required: false, durationMs: 60_000, content: { markdown: "# Hi" } });
      expect(await titlesOf(id)).to.deep.equal(["Module: abc"]);
      const path = `/courses/${id}/items/${added.json.key}`;
      const changed = await ines.api("PATCH", path, { required: true, durationMs: null }, { "If-Match": added.headers.get("etag") ?? "" });
      expect(changed.json).to.deep.equal({ ...added.json, required: true, durationMs: null });
      expect((await ines.api("GET", path)).json).to.deep.equal(changed.json);
      expect((await ines.api("PATCH", path, { title: "x" }, { "If-Match": added.headers.get("etag") ?? "" })).status).to.equal(412);
      expect((await ines.api("DELETE", path)).status).to.equal(204);
      expect(await titlesOf(id)).to.deep.equal(["Module: ac"]);
      expect((await ines.api<ProblemAnswer>("GET", path)).json.code).to.equal("item_not_found");
    });

    it("move within their module and to another", async () => {
      const { id, module, items } = await draftOf(ines, "Moves", ["a", "b", "c"]);
      const other = await addModule(id, "Other");
      const move = (item: string | undefined, body: object) => ines.api<ProblemAnswer>("POST", `/courses/${id}/items/${item}/move`, body);
      await move(items[2], { position: 0 });
      expect(await titlesOf(id)).to.deep.equal(["Module: cab", "Other: "]);
      await move(items[0], { moduleKey: other });
      await move(items[1], { moduleKey: other, position: 0 });
      expect(await titlesOf(id)).to.deep.equal(["Module: c", "Other: ba"]);
      await move(items[0], { moduleKey: module, position: 0 });
      expect(await titlesOf(id)).to.deep.equal(["Module: ac", "Other: b"]);
      expect((await move(items[0], { moduleKey: nowhere })).json.code).to.equal("module_not_found");
      expect((await move(nowhere, { position: 0 })).json.code).to.equal("item_not_found");
    });

    const wrong: [string, object, string][] = [
      ["of an unknown kind", { kind: "hologram", content: {} }, "/kind"],
      ["without what its kind needs", { kind: "page", content: {} }, "/content/markdown"],
      ["with more than its kind knows", { kind: "page", content: { markdown: "", html: "<b>" } }, "/content/html"],
      ["with a number for a text", { kind: "page", content: { markdown: 5 } }, "/content/markdown"],
      ["with NUL in its text", { kind: "page", content: { markdown: "a\u0000b" } }, "/content/markdown"],
      ["with a huge text", { kind: "page", content: { markdown: "x".repeat(200_001) } }, "/content/markdown"],
      ["of a package that is not there", { kind: "package", content: { packageVersionId: "00000000-0000-7000-8000-000000000000" } }, "/content/packageVersionId"],
      ["of a package that is no id", { kind: "package", content: { packageVersionId: "golf" } }, "/content/packageVersionId"],
      ["of no duration", { kind: "page", content: { markdown: "" }, durationMs: 0 }, "/durationMs"],
      ["at a place before the first", { kind: "page", content: { markdown: "" }, position: -1 }, "/position"],
      ["with an unknown member", { kind: "page", content: { markdown: "" }, colour: "red" }, "/colour"],
    ];
    for (const [what, body, pointer] of wrong) {
      it(`are refused ${what}, pointing at ${pointer}`, async () => {
        const { id, module } = await draftOf(ines, "Wrong", []);
        const answer = await ines.api<ProblemAnswer>("POST", `/courses/${id}/items`, { moduleKey: module, ...body });
        expect(answer.status, answer.text).to.equal(422);
        expect(answer.json.errors?.map((each) => each.pointer)).to.include(pointer);
        expect(await titlesOf(id)).to.deep.equal(["Module: "]);
      });
    }

    it("play only packages that whoever adds them may use", async () => {
      const { id, module, items } = await draftOf(ines, "Borrowed", ["One"]);
      const packageVersionId = await storedPackage(host, {});
      const add = () => ines.api<ProblemAnswer>("POST", `/courses/${id}/items`, { moduleKey: module, kind: "package", content: { packageVersionId } });
      const refused = await add();
      expect([refused.status, refused.json.errors?.map(({ pointer, code }) => [pointer, code])], refused.text).to.deep.equal([422, [["/content/packageVersionId", "package_missing"]]]);
      expect(await titlesOf(id)).to.deep.equal(["Module: One"]);
      await host.context.db.run(sql`update package set created_by = ${ines.id} where id = (select package_id from package_version where id = ${packageVersionId})`);
      expect((await add()).status).to.equal(201);
      await host.context.db.run(sql`update package set created_by = null where id = (select package_id from package_version where id = ${packageVersionId})`);
      expect((await add()).status, "what is in the course already").to.equal(201);
      const other = { content: { packageVersionId: await storedPackage(host, {}) } };
      const added = (await contentOf(id)).modules[0]?.items.find(({ key }) => !items.includes(key));
      expect((await ines.api("PATCH", `/courses/${id}/items/${added?.key}`, other, { "if-match": "*" })).status).to.equal(422);
    });

    it("keep their places without gaps when thirty moves come at once", async () => {
      const { id, module, items } = await draftOf(ines, "Races", ["a", "b", "c", "d", "e"]);
      const other = await addModule(id, "Other");
      const moves = Array.from({ length: 30 }, (_, number) => {
        const body = { position: (number * 7) % 6, ...(number % 3 === 0 ? { moduleKey: number % 2 ? module : other } : {}) };
        return ines.api("POST", `/courses/${id}/items/${items[number % items.length]}/move`, body);
      });
      const modules = [0, 1, 0, 1].map((position) => ines.api("POST", `/courses/${id}/modules/${other}/move`, { position }));
      const answers = await Promise.all([...moves, ...modules]);
      expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200));
      const content = await contentOf(id);
      expect(content.modules.flatMap((each) => each.items.map(({ title }) => title)).sort()).to.deep.equal(["a", "b", "c", "d", "e"]);
      const gaps = await host.context.db.rows(sql`
        select module_id from item join course on version_id = draft_version_id where course.id = ${id}
        group by module_id having min(position) <> 0 or max(position) <> count(*) - 1
        union all select version_id from module join course on version_id = draft_version_id where course.id = ${id}
        group by version_id having min(position) <> 0 or max(position) <> count(*) - 1`);
      expect(gaps).to.deep.equal([]);
    });
  });

  describe("prerequisites", () => {
    const make = async (title: string): Promise<string> => (await ines.api<CourseAnswer>("POST", "/courses", { title })).json.id;
    const set = (id: string, requires: string[]) => ines.api<ProblemAnswer & { id: string }[]>("PUT", `/courses/${id}/prerequisites`, { requires }, { "If-Match": "*" });

    it("are replaced as a whole", async () => {
      const [a, b, c] = [await make("a"), await make("b"), await make("c")];
      expect((await set(a, [b, c, b])).json.map(({ id }) => id)).to.have.members([b, c]);
      expect((await set(a, [c])).json.map(({ id }) => id)).to.deep.equal([c]);
      expect((await ines.api<CourseAnswer>("GET", `/courses/${a}`)).json.requires).to.deep.equal([{ id: c, slug: "c", title: "c", status: "draft" }]);
      expect((await set(a, [])).json).to.deep.equal([]);
    });

    it("are refused when they lead back to the course", async () => {
      const [a, b, c] = [await make("a"), await make("b"), await make("c")];
      await set(a, [b]);
      await set(b, [c]);
      const long = await set(c, [b, a]);
      expect(long.status).to.equal(422);
      expect(long.json.errors?.map(({ pointer, code }) => [pointer, code])).to.deep.equal([
        ["/requires/0", "prerequisite_cycle"],
        ["/requires/1", "prerequisite_cycle"],
      ]);
      expect((await set(a, [a])).json.errors?.[0]?.message).to.equal("A course can't require itself.");
    });

    it("never make a circle, however many are set at once", async () => {
      const ids = await Promise.all(["a", "b", "c", "d"].map(make));
      const answers = await Promise.all(ids.map((id, index) => set(id, [ids[(index + 1) % ids.length] as string])));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 200, 200, 422]);
    });

    it("may not be drafts of others, which stay unknown", async () => {
      const ivan = await person(host, "instructor");
      const theirs = (await ivan.api<CourseAnswer>("POST", "/courses", { title: "Theirs" })).json.id;
      const mine = await make("Mine");
      for (const unknown of [theirs, nowhere]) {
        const answer = await set(mine, [unknown]);
        expect([answer.status, answer.json.errors?.[0]?.code]).to.deep.equal([422, "course_not_found"]);
      }
    });
  });

  it("tells its kinds with the schema of each", async () => {
    const kinds = await ines.api<{ name: string; label: string; content: { required: string[] } }[]>("GET", "/item-kinds");
    expect(kinds.json.map(({ name, label, content }) => [name, label, content.required])).to.deep.equal([
      ["page", "Reading", ["markdown"]],
      ["package", "Package", ["packageVersionId"]],
    ]);
  });
});
