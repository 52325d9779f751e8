import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { withClient } from "../../core/db/database-url.ts";
import { sql } from "../../core/db/sql.ts";
import { definitionsOf } from "../../core/lrs/mentions.ts";
import { tell } from "../../core/lrs/stores/own.ts";
import type { FedStatement } from "../../core/lrs/feed.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { statement, uuid } from "./support.ts";

const passed = "http://adlnet.gov/expapi/verbs/passed";

describe("records: the feed of statements", () => {
  let host: TestHost;
  let all: Client;
  let everything: FedStatement[] = [];
  let passes: FedStatement[] = [];
  const reader = definePlugin({ name: "reader", version: "1.0.0", summary: "Reads.", feeds: { statements: { batch: 3, run: async (_, items) => void everything.push(...items) } } });
  const passReader = definePlugin({ name: "pass-reader", version: "1.0.0", summary: "Reads.", feeds: { statements: { verbs: [passed], batch: 100, run: async (_, items) => void passes.push(...items) } } });
  before(async () => {
    host = await testHost({ plugins: [reader, passReader] });
    all = await client(host);
  });
  beforeEach(() => ([everything, passes] = [[], []]));
  after(() => host.stop());

  const idsOf = (items: FedStatement[]) => items.map((item) => item.statement.id);

  it("gives every statement once and in order, the site's own among them, to each reader what it wants", async () => {
    await all.post([1, 2, 3, 4].map((number) => statement({ id: uuid(number), ...(number === 2 && { verb: { id: passed } }) })));
    await host.context.transact((tx) => tell(tx, [statement({ id: uuid(5), verb: { id: passed } })]));
    await host.drain();
    await host.drain();
    expect(idsOf(everything)).to.deep.equal([1, 2, 3, 4, 5].map(uuid));
    expect(idsOf(passes)).to.deep.equal([2, 5].map(uuid));
    expect(everything.map(({ seq }) => seq)).to.deep.equal(everything.map(({ seq }) => seq).sort((a, b) => a - b));
    const [first] = everything as [FedStatement];
    expect(first.store).to.equal(1);
    expect(JSON.parse(first.raw)).to.deep.equal(first.statement);
    expect(first.stored.getTime()).to.equal(Math.floor(first.seq / 1000));
  });

  it("gives nothing of a transaction that is undone", async () => {
    await host.context
      .transact(async (tx) => {
        await tell(tx, [statement({ id: uuid(9) })]);
        throw new Error("undone");
      })
      .catch(() => undefined);
    await host.drain();
    expect(everything).to.deep.equal([]);
  });

  it("misses no statement whose transaction commits after later ones", async () => {
    let finish = (): void => undefined;
    let begun = (): void => undefined;
    const told = new Promise<void>((resolve) => (begun = resolve));
    const slow = host.context.transact(async (tx) => {
      await tell(tx, [statement({ id: uuid(10) })]);
      begun();
      await new Promise<void>((resolve) => (finish = resolve));
    });
    await told;
    await all.post(statement({ id: uuid(11) }));
    await host.drain();
    expect(idsOf(everything)).to.deep.equal([]);
    finish();
    await slow;
    await host.drain();
    expect(idsOf(everything)).to.deep.equal([10, 11].map(uuid));
  });

  it("tells what is known of activities, by statements of the site's own as well", async () => {
    const definition = { name: { en: "Told" }, type: "http://example.org/types/told" };
    await host.context.transact((tx) => tell(tx, [statement({ object: { id: "http://example.org/told", definition } })]));
    await host.drain();
    expect((await definitionsOf(host.database, 1, ["http://example.org/told"])).get("http://example.org/told")).to.deep.equal(definition);
  });

  it("wakes readers of other processes when statements are stored", async () => {
    await withClient(host.database.url, async (listener) => {
      const woken = new Promise<string>((resolve) => listener.on("notification", ({ channel }) => resolve(channel)));
      await listener.query("listen cadre_feed_statements");
      await all.post(statement());
      expect(await woken).to.equal("cadre_feed_statements");
    });
  });

  it("does not boot with a reader of no verb at all, or a verb that is none", async () => {
    const badReader = definePlugin({ name: "bad-reader", version: "1.0.0", summary: "Reads.", feeds: { statements: { verbs: [], batch: 1, run: async () => undefined } } });
    const badVerb = definePlugin({ name: "bad-verb", version: "1.0.0", summary: "Says.", verbs: { sang: { id: "sang", display: { en: "sang" } }, hummed: { id: "http://e/hummed", display: {} } } });
    const failure = await testHost({ plugins: [badReader, badVerb] }).then(
      () => expect.fail("it booted"),
      (error: Error) => error.message,
    );
    expect(failure).to.include("bad-reader").and.include("sang has no id that is an IRI").and.include("hummed has no display");
  });

  it("reads each statement by an index, however many there are", async () => {
    const plan = await host.database.transaction(async (tx) => {
      await tx.run(sql`set local enable_seqscan = off`);
      return tx.rows<Record<string, string>>(sql`explain select * from statement where (tx, seq) > ('5'::xid8, 5) and tx < '900'::xid8 order by tx, seq limit 10`);
    });
    expect(JSON.stringify(plan)).to.include("tx_seq_idx").and.not.match(/\bSort +\(/);
  });
});
