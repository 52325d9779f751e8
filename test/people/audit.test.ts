import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import * as audit from "../../core/people/audit.ts";
import * as roles from "../../core/people/roles.ts";
import { codeOf, person } from "./people.ts";

const day = 86_400_000;

describe("The audit", () => {
  let host: TestHost;
  let boss: Awaited<ReturnType<typeof person>>;
  before(async () => {
    host = await testHost();
    boss = await person(host, { name: "Grace <Hopper>", role: "administrator" });
  });
  after(() => host?.stop());

  it("tells who did what to whom, from where and by what", async () => {
    const ada = await person(host);
    const token = await boss.token();
    await host.request("PUT", `/api/v1/users/${ada.id}/roles`, { token, body: { role: "mentor" } });
    const lines = (await host.request("GET", `/api/v1/audit?subjectId=${ada.id}`, { token })).json as Record<string, unknown>[];
    expect(lines).to.have.length(1);
    expect(lines[0]).to.deep.include({ action: "role.given", subject: { kind: "user", id: ada.id, name: "Ada Lovelace" }, detail: { role: "mentor", scope: null } });
    expect(lines[0]?.actor).to.include({ kind: "user", id: boss.id, name: "Grace <Hopper>" });
    const page = await (await boss.browser()).get("/admin/audit?actor=hopper&action=role.given");
    expect(page.text).to.include("Grace &lt;Hopper&gt;").and.to.include(`/admin/people/${ada.id}`).and.to.include("role.given");
  });

  for (const change of ["update audit_entry set action = 'nothing'", "delete from audit_entry", "truncate audit_entry"]) {
    it(`refuses to ${change.split(" ")[0]} what was noted`, async () => {
      const before = await host.database.knex("audit_entry");
      const refusal = await host.database.knex.raw(change).then(
        () => undefined,
        (error: Error) => error.message,
      );
      expect(refusal).to.include("audit_entry takes new rows only");
      expect(await host.database.knex("audit_entry")).to.deep.equal(before);
    });
  }

  it("goes with the act: what is undone is not noted", async () => {
    const lines = async () => Number((await host.database.knex("audit_entry").count<{ count: string }[]>())[0]?.count);
    const before = await lines();
    const undone = await host.context
      .transact(async (tx) => {
        await audit.record(tx, { action: "course.published", subject: { kind: "course", id: "c1", name: "Golf" } });
        throw new Error("undone");
      })
      .catch((error: Error) => error.message);
    expect(undone).to.equal("undone");
    expect(await lines()).to.equal(before);
  });

  it("is read by time, by action and page by page, the latest first", async () => {
    await host.still(async () => {
      host.advance(10 * day);
      for (const name of ["One", "Two", "Three"]) {
        host.advance(1000);
        await host.context.transact((tx) => audit.record(tx, { action: "course.deleted", subject: { kind: "course", id: name.toLowerCase(), name } }));
      }
      const token = await boss.token("audit.read");
      const get = (path: string) => host.request("GET", path, { token });
      const subjects = ({ json }: { json: unknown }) => (json as { subject: { name: string } }[]).map(({ subject }) => subject.name);
      const first = await get("/api/v1/audit?action=course.deleted&limit=2");
      expect(subjects(first)).to.deep.equal(["Three", "Two"]);
      const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
      expect(subjects(await get(next))).to.deep.equal(["One"]);
      const until = new Date(host.context.now().getTime() - 5 * day).toISOString();
      expect(subjects(await get(`/api/v1/audit?action=course.deleted&until=${until}`))).to.deep.equal([]);
      expect(await audit.actions(host.context)).to.include.members(["course.deleted", "role.given"]);
      expect(codeOf(await get("/api/v1/audit?from=yesterday"))).to.equal("invalid_input");
      const browser = await boss.browser();
      const today = host.context.now().toISOString().slice(0, 10);
      expect((await browser.get(`/admin/audit?from=${today}&until=${today}&action=course.deleted`)).text).to.include("Three");
      expect((await browser.get("/admin/audit?from=2020-02-30")).status).to.equal(400);
      expect((await browser.get("/admin/audit?until=2020-01-01")).text).to.include("No entries");
    });
  });

  it("is for those who may read it", async () => {
    const ada = await person(host);
    await roles.assign(host.context, { userId: ada.id, role: "instructor", scope: null });
    expect((await (await ada.browser()).get("/admin/audit")).status).to.equal(403);
  });
});
