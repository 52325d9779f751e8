import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import * as roles from "../../core/people/roles.ts";
import { codeOf, person } from "./people.ts";

const courses = definePlugin({
  name: "catalog",
  version: "1.0.0",
  summary: "Has courses to give roles in.",
  permissions: { "catalog.teach": { label: "Teach", roles: ["instructor"] } },
  hooks: { "role.scoping": () => [{ scope: "course-1", label: "Golf for beginners" }, { scope: "course-2", label: "Tennis <b>" }] },
  routes: ({ get }) => [get("/:course", { can: "catalog.teach", scope: (_, { params }) => params.course, summary: "Teach." }, () => ({ taught: true }))],
});

describe("Roles", () => {
  let host: TestHost;
  let boss: Awaited<ReturnType<typeof person>>;
  before(async () => {
    host = await testHost({ plugins: [courses] });
    boss = await person(host, { name: "Grace Hopper", role: "administrator" });
  });
  after(() => host?.stop());

  const taken = (id: string) => roles.of(host.context, id).then((held) => held.map(({ role, scope }) => (scope === null ? role : `${role} in ${scope}`)));

  it("are given and taken on the person's page, on the site and in a course", async () => {
    const ada = await person(host);
    const browser = await boss.browser();
    const page = await browser.get(`/admin/people/${ada.id}`);
    expect(page.text).to.include("Ada Lovelace").and.to.include("Golf for beginners").and.to.include("Tennis &lt;b&gt;");
    await browser.post(`/admin/people/${ada.id}/roles`, { role: "mentor", courseId: "" });
    await browser.post(`/admin/people/${ada.id}/roles`, { role: "instructor", courseId: "course-1" });
    expect(await taken(ada.id)).to.deep.equal(["learner", "mentor", "instructor in course-1"]);
    const given = (await browser.get(`/admin/people/${ada.id}`)).text;
    expect(given).to.include("by Grace Hopper");
    const assignment = (await roles.of(host.context, ada.id)).find(({ role }) => role === "instructor")?.id;
    expect((await browser.post(`/admin/people/${ada.id}/roles/${assignment}/remove`)).status).to.equal(303);
    expect(await taken(ada.id)).to.deep.equal(["learner", "mentor"]);
    expect((await browser.post(`/admin/people/${ada.id}/roles/${assignment}/remove`)).status).to.equal(404);
  });

  it("in a course count there and nowhere else", async () => {
    const ada = await person(host);
    await roles.assign(host.context, { userId: ada.id, role: "instructor", scope: "course-1" });
    const token = await ada.token("catalog.teach");
    expect((await host.request("GET", "/api/v1/catalog/course-1", { token })).status).to.equal(200);
    expect((await host.request("GET", "/api/v1/catalog/course-2", { token })).status).to.equal(403);
    const eve = await person(host);
    await roles.assign(host.context, { userId: eve.id, role: "administrator", scope: "course-1" });
    expect((await host.request("GET", "/api/v1/users", { headers: { Cookie: cookieOf(await eve.browser()) } })).status).to.equal(403);
  });

  it("are given by the API, twice to the same effect, with one line in the audit", async () => {
    const ada = await person(host);
    const token = await boss.token();
    for (let times = 0; times < 2; times++) {
      expect((await host.request("PUT", `/api/v1/users/${ada.id}/roles`, { token, body: { role: "mentor", scope: "course-2" } })).status).to.equal(204);
    }
    expect(await taken(ada.id)).to.deep.equal(["learner", "mentor in course-2"]);
    expect(await host.database.knex("audit_entry").where("subject_id", ada.id)).to.have.length(1);
    expect((await host.request("DELETE", `/api/v1/users/${ada.id}/roles?role=mentor&scope=course-2`, { token })).status).to.equal(204);
    expect(await taken(ada.id)).to.deep.equal(["learner"]);
  });

  const refused: [string, object, number, string][] = [
    ["one that isn't there", { role: "wizard" }, 422, "invalid_input"],
    ["one in a course that isn't there", { role: "mentor", scope: "course-9" }, 422, "unknown_scope"],
    ["a member nobody knows", { role: "mentor", until: "2030" }, 422, "invalid_input"],
  ];
  for (const [what, body, status, code] of refused) {
    it(`are refused for ${what}`, async () => {
      const answer = await host.request("PUT", `/api/v1/users/${boss.id}/roles`, { token: await boss.token(), body });
      expect([answer.status, codeOf(answer)]).to.deep.equal([status, code]);
    });
  }

  it("can't be given to nobody, or by somebody who may not", async () => {
    const ada = await person(host);
    const nobody = await host.request("PUT", "/api/v1/users/00000000-0000-7000-8000-000000000000/roles", { token: await boss.token(), body: { role: "mentor" } });
    expect([nobody.status, codeOf(nobody)]).to.deep.equal([404, "not_found"]);
    const own = await host.request("PUT", `/api/v1/users/${ada.id}/roles`, { headers: { Cookie: cookieOf(await ada.browser()), "Sec-Fetch-Site": "same-origin" }, body: { role: "administrator" } });
    expect([own.status, codeOf(own)]).to.deep.equal([403, "forbidden"]);
    expect(await taken(ada.id)).to.deep.equal(["learner"]);
  });

  it("list who may do what, the plugins' permissions included", async () => {
    const token = await boss.token();
    const listed = (await host.request("GET", "/api/v1/roles", { token })).json as { role: string; permissions: string[] }[];
    expect(listed.map(({ role }) => role)).to.deep.equal(["learner", "instructor", "mentor", "company-representative", "administrator"]);
    const holders = listed.filter(({ permissions }) => permissions.includes("catalog.teach")).map(({ role }) => role);
    expect(holders).to.deep.equal(["instructor", "administrator"]);
    const permissions = (await host.request("GET", "/api/v1/permissions", { token })).json as { permission: string }[];
    expect(permissions).to.deep.include({ permission: "catalog.teach", label: "Teach", roles: ["instructor"] });
  });
});

describe("The last administrator", () => {
  let host: TestHost;
  before(async () => void (host = await testHost()));
  after(() => host?.stop());

  const administrators = () => host.database.knex("role_assignment").where({ role: "administrator", scope: null });

  it("can't be unmade, nor erased", async () => {
    const boss = await person(host, { role: "administrator" });
    const token = await boss.token();
    const removed = await host.request("DELETE", `/api/v1/users/${boss.id}/roles?role=administrator`, { token });
    expect([removed.status, codeOf(removed)]).to.deep.equal([409, "last_administrator"]);
    const erased = await host.request("DELETE", `/api/v1/users/${boss.id}`, { token });
    expect([erased.status, codeOf(erased)]).to.deep.equal([409, "last_administrator"]);
    const browser = await boss.browser();
    await browser.get(`/admin/people/${boss.id}`);
    const assignment = (await roles.of(host.context, boss.id)).find(({ role }) => role === "administrator")?.id;
    const page = await browser.post(`/admin/people/${boss.id}/roles/${assignment}/remove`);
    expect(page.status).to.equal(409);
    expect(page.text).to.include("This is the last administrator.");
    expect(await administrators()).to.have.length(1);
  });

  it("is left when all of them remove each other at once", async () => {
    const [first] = (await administrators()) as { user_id: string }[];
    const others = await Promise.all(Array.from({ length: 5 }, () => person(host, { role: "administrator" })));
    const everybody = [first?.user_id ?? "", ...others.map(({ id }) => id)];
    const tries = await Promise.allSettled(everybody.map((userId, index) => roles.remove(host.context, { userId: everybody[(index + 1) % everybody.length] ?? userId, role: "administrator", scope: null })));
    expect(tries.filter(({ status }) => status === "rejected")).to.have.length(1);
    expect(await administrators()).to.have.length(1);
  });
});

const cookieOf = ({ cookies }: { cookies: Map<string, string> }): string => `cadre_session=${cookies.get("cadre_session")}`;
