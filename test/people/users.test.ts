import { expect } from "chai";
import { testHost, type TestAnswer, type TestHost } from "../../core/testing/index.ts";
import * as users from "../../core/people/users.ts";
import { codeOf, mailTo, person } from "./people.ts";

describe("The API of people", () => {
  let host: TestHost;
  let token: string;
  before(async () => {
    host = await testHost();
    token = await (await person(host, { name: "Zz Administrator", role: "administrator" })).token();
    const names = ["Ada Lovelace", "ada lovelace", "Barbara Liskov", "Ångström Anders", "50% off", "under_score", "back\\slash", "O'Brien"];
    for (const [index, name] of names.entries()) await users.create(host.context, { name, email: `list-${index}@example.org`, strategy: "test" });
  });
  after(() => host?.stop());

  const get = (path: string) => host.request("GET", `/api/v1${path}`, { token });
  const namesOf = ({ json }: TestAnswer) => (json as { name: string }[]).map(({ name }) => name);
  const linked = ({ headers }: TestAnswer, rel: string) => new RegExp(`<([^>]+)>; rel="${rel}"`).exec(headers.get("link") ?? "")?.[1];

  it("lists everybody by name, page by page, forwards and back, without losing or repeating anybody", async () => {
    const all = namesOf(await get("/users?limit=200"));
    expect(all).to.have.length(9);
    const forwards: string[][] = [];
    let answer = await get("/users?limit=2");
    for (;;) {
      forwards.push(namesOf(answer));
      const next = linked(answer, "next");
      if (!next) break;
      answer = await host.request("GET", next, { token });
    }
    expect(forwards.flat()).to.deep.equal(all);
    expect(forwards.at(-1)).to.have.length(1);
    const backwards: string[][] = [namesOf(answer)];
    for (let previous = linked(answer, "prev"); previous; previous = linked(answer, "prev")) {
      answer = await host.request("GET", previous, { token });
      backwards.unshift(namesOf(answer));
    }
    expect(backwards).to.deep.equal(forwards);
  });

  it("keeps its place when somebody is added before it", async () => {
    const first = await get("/users?limit=3&q=list-");
    await users.create(host.context, { name: "0 Newcomer", email: "list-new@example.org", strategy: "test" });
    const second = await host.request("GET", linked(first, "next") ?? "", { token });
    expect(namesOf(second)).not.to.include.members(namesOf(first));
    expect(namesOf(second)[0]).not.to.equal("0 Newcomer");
  });

  const searches: [string, string, string[]][] = [
    ["a part of a name, in any case", "LOVE", ["Ada Lovelace", "ada lovelace"]],
    ["a part of an address", "list-2@", ["Barbara Liskov"]],
    ["a percent sign", "%", ["50% off"]],
    ["an underscore", "_", ["under_score"]],
    ["a backslash", "\\", ["back\\slash"]],
    ["a quote", "'", ["O'Brien"]],
    ["a letter with marks", "ång", ["Ångström Anders"]],
    ["SQL", "' or '1'='1", []],
  ];
  for (const [what, query, expected] of searches) {
    it(`finds ${what} as it stands`, async () => {
      expect(namesOf(await get(`/users?q=${encodeURIComponent(query)}`)).sort()).to.deep.equal([...expected].sort());
    });
  }

  it("finds people by role", async () => {
    expect(namesOf(await get("/users?role=administrator"))).to.deep.equal(["Zz Administrator"]);
  });

  const wrong: [string, string, number, string][] = [
    ["a cursor that is none", "/users?cursor=abc", 400, "bad_cursor"],
    ["a cursor of another list", `/users?cursor=${Buffer.from('{"towards":"next","key":["x"]}').toString("base64url")}`, 400, "bad_cursor"],
    ["a cursor with no id in it", `/users?cursor=${Buffer.from('{"towards":"next","key":["x","y"]}').toString("base64url")}`, 400, "bad_cursor"],
    ["a limit of zero", "/users?limit=0", 400, "invalid_input"],
    ["a limit of a million", "/users?limit=1000000", 400, "invalid_input"],
    ["a parameter nobody knows", "/users?sort=name", 400, "invalid_input"],
    ["a search with a NUL", "/users?q=%00", 400, "invalid_input"],
    ["a search of ten thousand letters", `/users?q=${"a".repeat(10_000)}`, 400, "invalid_input"],
    ["an id that is none", "/users/1", 404, "not_found"],
    ["an id nobody has", "/users/00000000-0000-7000-8000-000000000000", 404, "not_found"],
  ];
  for (const [what, path, status, code] of wrong) {
    it(`refuses ${what}`, async () => {
      const answer = await get(path);
      expect([answer.status, codeOf(answer)]).to.deep.equal([status, code]);
      expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
    });
  }

  it("adds a person, who gets a mail, once for one Idempotency-Key", async () => {
    const add = () => host.request("POST", "/api/v1/users", { token, body: { name: "New Hire", email: "hire@example.org", role: "mentor" }, headers: { "Idempotency-Key": "hire-1" } });
    const [first, second] = [await add(), await add()];
    expect([first.status, second.status]).to.deep.equal([201, 201]);
    expect(first.headers.get("location")).to.equal(`/api/v1/users/${(first.json as { id: string }).id}`);
    expect(second.json).to.deep.equal(first.json);
    expect((first.json as { roles: object[] }).roles).to.deep.include({ role: "mentor", scope: null });
    expect((await mailTo(host, "hire@example.org"))?.text).to.include("Zz Administrator made an account for you");
    const taken = await host.request("POST", "/api/v1/users", { token, body: { name: "Other", email: "HIRE@example.org" } });
    expect([taken.status, codeOf(taken)]).to.deep.equal([409, "email_taken"]);
  });

  it("loses nobody's edit: the second of two on one version is told", async () => {
    const ada = await person(host);
    const read = await get(`/users/${ada.id}`);
    const tag = read.headers.get("etag") ?? "";
    const patch = (body: object, headers: Record<string, string>) => host.request("PATCH", `/api/v1/users/${ada.id}`, { token, body, headers });
    expect(codeOf(await patch({ name: "A" }, {}))).to.equal("precondition_required");
    expect(codeOf(await patch({ name: "A" }, { "If-Match": "nonsense" }))).to.equal("changed_meanwhile");
    const both = await Promise.all([patch({ name: "First" }, { "If-Match": tag }), patch({ name: "Second" }, { "If-Match": tag })]);
    expect(both.map(({ status }) => status).sort()).to.deep.equal([200, 412]);
    const winner = both.find(({ status }) => status === 200);
    expect((await get(`/users/${ada.id}`)).headers.get("etag")).to.equal(winner?.headers.get("etag"));
    expect((await patch({ timeZone: "Mars/Olympus" }, { "If-Match": "*" })).status).to.equal(422);
    expect((await patch({ timeZone: "Europe/Vienna" }, { "If-Match": "*" })).json).to.include({ timeZone: "Europe/Vienna" });
  });

  it("answers a person about themself, and lets them edit only themself", async () => {
    const ada = await person(host);
    const own = await ada.token();
    const me = await host.request("GET", "/api/v1/me", { token: own });
    expect(me.json).to.include({ id: ada.id, name: "Ada Lovelace" });
    expect((me.json as { permissions: string[] }).permissions).to.include("profile.edit").and.not.to.include("people.read");
    const edited = await host.request("PATCH", "/api/v1/me", { token: own, body: { name: "Ada King" }, headers: { "If-Match": me.headers.get("etag") ?? "" } });
    expect(edited.json).to.include({ name: "Ada King" });
    expect((await host.request("PATCH", `/api/v1/users/${ada.id}`, { token: own, body: { name: "X" }, headers: { "If-Match": "*" } })).status).to.equal(403);
    expect((await host.request("PATCH", "/api/v1/me", { token: own, body: { roles: ["administrator"] }, headers: { "If-Match": "*" } })).status).to.equal(422);
  });

  it("shows the page of people with search, roles and places kept in its links", async () => {
    const boss = await person(host, { name: "Page Reader", role: "administrator" });
    const browser = await boss.browser();
    const page = await browser.get("/admin/people?q=list-&limit=2");
    expect(page.status).to.equal(200);
    expect(page.text).to.match(/rel="next" href="\/admin\/people\?q&#x3D;list-&amp;limit&#x3D;2&amp;cursor&#x3D;/);
    expect((await browser.get("/admin/people?q=nobody-at-all")).text).to.include("Nobody found");
    const bad = await browser.post("/admin/people", { name: "", email: "x", role: "learner" });
    expect(bad.status).to.equal(422);
    expect(bad.text).to.include("This is no email address.");
  });

  it("lets only administrators touch an administrator's account", async () => {
    const { definePlugin } = await import("../../core/kernel/plugin.ts");
    const registrar = definePlugin({ name: "registrar", version: "1.0.0", summary: "", routes: ({ post }) => [post("/rename/:id", { can: "signed-in", summary: "Rename." }, (ctx, { params }) => users.edit(ctx, params.id ?? "", { email: "stolen@example.org" }))] });
    const other = await testHost({ plugins: [registrar] });
    try {
      const [boss, clerk] = [await person(other, { role: "administrator" }), await person(other)];
      const answer = await other.request("POST", `/api/v1/registrar/rename/${boss.id}`, { token: await clerk.token() });
      expect([answer.status, codeOf(answer)]).to.deep.equal([403, "administrators_only"]);
    } finally {
      await other.stop();
    }
  });
});
