import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { refuse } from "../../core/kernel/errors.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { isSignedIn, person, signIn } from "./people.ts";

let mayErase = true;
const erased: string[] = [];
const ledger = definePlugin({
  name: "ledger",
  version: "1.0.0",
  summary: "Knows people elsewhere.",
  errors: { debts: { status: 403, summary: "Owes." } },
  hooks: {
    "user.exporting": (_, { userId }) => ({ elsewhere: `known as ${userId}` }),
    "user.erasing": () => {
      if (!mayErase) throw refuse("debts", "Owes something.");
    },
  },
  on: { "user.erased": async (_, { userId }) => void erased.push(userId) },
});

describe("What is known of a person", () => {
  let host: TestHost;
  before(async () => void (host = await testHost({ plugins: [ledger] })));
  after(() => host?.stop());

  it("is given to them whole, without what only a thief could use", async () => {
    const ada = await person(host);
    await ada.browser();
    const token = await ada.token();
    const answer = await host.request("GET", "/api/v1/me/export", { token });
    const { tables, more } = answer.json as { tables: Record<string, Record<string, unknown>[]>; more: object };
    expect(tables.user_account?.[0]).to.include({ id: ada.id, name: "Ada Lovelace", email: ada.email });
    expect(Object.keys(tables)).to.include.members(["role_assignment", "session", "api_token"]);
    expect(tables.session?.[0]).to.include.keys("ip", "userAgent");
    expect(answer.text).not.to.include("argon2").and.not.to.match(/"digest"|"passwordHash"/);
    expect(more).to.deep.include({ ledger: { elsewhere: `known as ${ada.id}` } });
  });

  it("goes when they are erased: nothing of it is left in the database, and the id stays, nameless", async () => {
    const boss = await person(host, { name: "Grace Hopper", role: "administrator" });
    const ada = await person(host, { name: "Augusta Unforgettable" });
    const browser = await ada.browser();
    const token = await ada.token();
    const by = await boss.token();
    expect((await host.request("DELETE", `/api/v1/users/${ada.id}`, { token: by })).status).to.equal(204);
    await host.drain();
    expect(erased).to.deep.equal([ada.id]);
    const { rows } = await host.database.knex.raw<{ rows: { table_schema: string; table_name: string }[] }>("select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')");
    for (const { table_schema, table_name } of rows) {
      const held = (await host.database.knex.raw<{ rows: object[] }>(`select row::text from "${table_schema}"."${table_name}" as row where row::text ilike ? or row::text ilike ?`, ["%Unforgettable%", `%${ada.email}%`])).rows;
      expect(held, `${table_schema}.${table_name}`).to.deep.equal([]);
    }
    expect(await isSignedIn(browser)).to.equal(false);
    expect((await host.request("GET", "/api/v1/me", { token })).status).to.equal(401);
    expect((await signIn(host.browser(), ada.email)).status).to.equal(403);
    expect((await host.request("GET", `/api/v1/users/${ada.id}`, { token: by })).status).to.equal(404);
    expect((await host.request("DELETE", `/api/v1/users/${ada.id}`, { token: by })).status).to.equal(404);
    const lines = (await host.request("GET", `/api/v1/audit?subjectId=${ada.id}`, { token: by })).json as { subject: { name: string } }[];
    expect(lines[0]?.subject.name).to.equal("Erased person");
  });

  it("frees the address for a new account", async () => {
    const boss = await person(host, { role: "administrator" });
    const ada = await person(host);
    await host.request("DELETE", `/api/v1/users/${ada.id}`, { token: await boss.token() });
    const browser = host.browser();
    await browser.get("/register");
    expect((await browser.post("/register", { name: "Ada Again", email: ada.email, password: "a horse on a staircase" })).status).to.equal(303);
  });

  it("stays whole when a plugin stops the erasure", async () => {
    mayErase = false;
    const boss = await person(host, { role: "administrator" });
    const ada = await person(host);
    const answer = await host.request("DELETE", `/api/v1/users/${ada.id}`, { token: await boss.token() });
    mayErase = true;
    expect(answer.status).to.equal(403);
    expect((await signIn(host.browser(), ada.email)).status).to.equal(303);
  });
});
