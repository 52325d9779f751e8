import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { system } from "../../core/kernel/permissions.ts";
import { agentOf, tell } from "../../core/lrs/stores/own.ts";
import * as requests from "../../core/lrs/privacy/requests.ts";
import { erase, exportPerson } from "../../core/people/privacy.ts";
import { person, testHost, type TestHost, type TestPerson } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { statement } from "./support.ts";

for (const recordsOfErased of ["erase", "pseudonymise"] as const) {
  describe(`records: a person who is erased (${recordsOfErased})`, () => {
    let host: TestHost;
    let other: Client;
    let ada: TestPerson;
    let name: string;
    before(async () => {
      host = await testHost({ settings: { records: { recordsOfErased } } });
      other = await client(host);
    });
    after(() => host?.stop());
    beforeEach(async () => {
      name = `Augusta ${randomUUID()}`;
      ada = await person(host, { name });
      await host.context.transact((tx) => tell(tx, [statement({ actor: agentOf(host.context, { userId: ada.id, name: ada.name }) })]));
      expect((await other.post([statement({ actor: { mbox: `mailto:${ada.email}`, name: ada.name } })])).status).to.equal(200);
    });

    const confirm = () => host.database.run(sql`update user_account set email_confirmed_at = now() where id = ${ada.id}`);
    const records = async () => ((await exportPerson(host.context.by(system), ada.id)).more.records as { records: { actor: object }[] }).records.filter(({ actor }) => actor);
    const naming = async (text: string) => (await host.database.one<{ count: number }>(sql`select count(*)::int as count from statement where raw like ${`%${text}%`}`)).count;

    it("is exported with what they did here, and under their address once that is confirmed", async () => {
      expect(await records()).to.have.length(1);
      await confirm();
      expect(await records()).to.have.length(2);
      const mine = await host.request("GET", "/api/v1/records/mine.ndjson", { token: await ada.token() });
      expect(mine.text.trimEnd().split("\n").filter((line) => line.includes('"verb"'))).to.have.length(2);
    });

    it("takes their statements along, and what comes later is theirs no more", async () => {
      await confirm();
      const before = await naming('"verb"');
      await erase(host.context.by(system), ada.id);
      await host.drain();
      expect([await naming(ada.id), await naming(ada.email), await naming(name)]).to.deep.equal([0, 0, 0]);
      expect(await naming('"verb"')).to.equal(recordsOfErased === "erase" ? before - 2 : before);
      const { items } = await requests.list(host.context, { limit: 1 });
      expect(items[0]).to.include({ state: "done", reason: "person erased" });
      expect(items[0]!.report).to.include({ clean: true });
      expect((await other.post([statement({ actor: { mbox: `mailto:${ada.email}` } })])).status).to.equal(200);
      expect([await naming(ada.email), await naming(items[0]!.pseudonym) > 0]).to.deep.equal([0, true]);
      const { rows } = await host.database.knex.raw<{ rows: { table_schema: string; table_name: string }[] }>("select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')");
      for (const { table_schema, table_name } of rows) {
        const held = (await host.database.knex.raw<{ rows: object[] }>(`select row::text from "${table_schema}"."${table_name}" as row where row::text ilike ? or row::text ilike ?`, [`%${name}%`, `%${ada.email}%`])).rows;
        expect(held, `${table_schema}.${table_name}`).to.deep.equal([]);
      }
    });

    it("leaves statements about an address alone that they never confirmed", async () => {
      await erase(host.context.by(system), ada.id);
      await host.drain();
      expect([await naming(ada.id), await naming(ada.email)]).to.deep.equal([0, 1]);
    });
  });
}
