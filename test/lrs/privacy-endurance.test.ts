import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { system } from "../../core/kernel/permissions.ts";
import { everythingOf } from "../../core/lrs/privacy/export.ts";
import * as requests from "../../core/lrs/privacy/requests.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { holding } from "./holding.ts";
import { client } from "./http-support.ts";
import { memoryOf } from "./many-statements.ts";
import { jsonPart, multipart, partWith, told } from "./multipart-support.ts";
import { resource } from "./resource-client.ts";
import { statement, storeStatements, reception } from "./support.ts";

/** How many statements there are; a hundred thousand and more take a few minutes. */
const count = Number(process.env.CADRE_PRIVACY_STATEMENTS ?? 6000);
const ada = { mbox: "mailto:ada@example.org", name: "Ada" };
const agents = [{ mbox: ada.mbox }];
const documents = 120;
const attached = 3;
const MiB = 1024 ** 2;

/** One in twenty acts as her, one teaches with her, one speaks of her. */
const kinds: Record<number, object> = { 0: { actor: ada }, 1: { context: { instructor: ada } }, 2: { result: { response: "as ada@example.org said" } } };
const each = Math.floor(count / 20);

describe(`records: erasing somebody from ${count} statements`, function () {
  this.timeout(180_000 + count * 10);
  let host: TestHost;
  before(async () => {
    host = await testHost();
    const all = await client(host);
    const padding = "x".repeat(500);
    await all.post(statement()); // makes room
    for (let from = 0; from < each * 20; from += 1000) {
      const some = Array.from({ length: Math.min(1000, each * 20 - from) }, (_, index) => statement({ ...kinds[(from + index) % 20], object: { id: `http://example.org/${padding}/${index % 50}` } }));
      await host.database.transaction((tx) => storeStatements(tx, some, reception));
    }
    for (let index = 0; index < attached; index++) {
      const content = `essay ${index}`;
      const body = multipart([jsonPart(statement({ actor: ada, attachments: [told(content)] })), partWith(content)]);
      expect((await all.send("POST", "", { body, headers: { "Content-Type": "multipart/mixed; boundary=here" } })).status).to.equal(200);
    }
    const states = await resource(host, "/xapi/activities/state");
    for (let index = 0; index < documents; index++) await states("PUT", { activityId: "http://example.org/course", agent: JSON.stringify(agents[0]), stateId: `place ${index}` }, { body: { index } });
    await states("PUT", { activityId: "http://example.org/course", agent: JSON.stringify({ mbox: "mailto:bea@example.org" }), stateId: "peers" }, { body: ["ada@example.org"] });
    await host.drain();
  });
  after(() => host?.stop());

  /** Carries the request on in a process of its own, which is killed in the midst of the step after so many, if told; what was in use after each. */
  async function carried(id: string, steps?: number): Promise<{ code: number | null; bytes: number[] }> {
    const script = fileURLToPath(new URL("./privacy.process.ts", import.meta.url));
    const args = [host.database.url, host.context.site.dataDir, id, ...(steps === undefined ? [] : [String(steps)])];
    const child = spawn(process.execPath, ["-C", "source", "--import", "tsx", script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const bytes: number[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => bytes.push(Number(line)));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, bytes };
  }

  it("exports everything of them with little of it in memory", async () => {
    let lines = 0;
    const most = await memoryOf(async (look) => {
      let pieces = 0;
      for await (const piece of everythingOf(host.context, agents, null, "everywhere")) {
        lines += piece.split("\n").length - 1;
        if (++pieces % 50 === 0) look();
      }
    });
    expect(lines).to.equal(3 * each + attached * 2 + documents + 1 + 1);
    expect(most / MiB).to.be.below(30);
  });

  it("goes on after its process is killed, again and again, and its report is right to the last one", async () => {
    const ctx = host.context.by(system).as("records");
    const choices: requests.Choices = { actor: "erase", instructor: "pseudonymise", authority: "pseudonymise", mention: "pseudonymise", documents: "erase" };
    const { id } = await requests.begin(ctx, { agents, choices, later: "refuse" });
    for (const steps of [1, 2]) {
      expect((await carried(id, steps)).code).to.equal(null);
      expect((await requests.get(ctx, id)).state).to.equal("running");
    }
    const { code, bytes: used } = await carried(id);
    expect(code).to.equal(0);
    expect((Math.max(...used) - used[0]!) / MiB).to.be.below(40);

    const { report, agents: left } = await requests.get(ctx, id);
    expect(left).to.equal(null);
    expect(report!.before).to.deep.equal({ statements: 3 * each + attached, byRole: { actor: each + attached, instructor: each, authority: 0, mention: each }, documents: documents + 1, agents: 1 });
    expect(report!.done).to.deep.include({ statements: { found: 3 * each + attached, erased: each + attached, pseudonymised: 2 * each, kept: 0 }, attachments: { links: attached, contents: attached }, documents: { own: documents, mentioning: 1, erased: documents, pseudonymised: 1, kept: 0 } });
    expect(report!.after).to.deep.include({ statements: 0, keyed: 0, documents: 0, audit: 0 });
    expect(report!.clean).to.equal(true);
    await host.drain();
    expect(await holding(host, "ada@example.org")).to.deep.equal([]);
    const { statements, contents } = await host.database.one<{ statements: number; contents: number }>(sql`select (select count(*)::int from statement) as statements, (select count(*)::int from lrs_attachment) as contents`);
    expect([statements, contents]).to.deep.equal([each * 20 + 1 - each, 0]);
    if (process.env.CADRE_PRIVACY_STATEMENTS) console.log(`      ${(Math.max(...used) / MiB).toFixed()} MB in use at most, ${(Math.min(...used) / MiB).toFixed()} MB at least`);
  });
});
