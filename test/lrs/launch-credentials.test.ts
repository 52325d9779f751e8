import { expect } from "chai";
import { definePlugin, itemIri, agentOf, launches, enrollments, recordCredentials, type Context } from "../../core/index.ts";
import type { LaunchRequest } from "../../core/learning/launchers.ts";
import { play } from "../../core/learning/play.ts";
import { sql } from "../../core/db/sql.ts";
import { system } from "../../core/kernel/permissions.ts";
import * as credentials from "../../core/lrs/credentials/commands.ts";
import { erase } from "../../core/people/privacy.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { person, publishedCourse, storedPackage } from "../learning/support.ts";
import { clientBy, type Client } from "./http-support.ts";
import { refusal } from "./refusal.ts";
import { statement, uuid } from "./support.ts";

/** A player whose content talks to the record store, as Tin Can and cmi5 want it. */
const told: { launchId: string; basic: string; activity: string; agent: object; registration: string }[] = [];
const player = definePlugin({
  name: "talking-player",
  version: "1.0.0",
  summary: "Plays content that sends statements.",
  formats: { talking: { label: "Talking packages", manifests: ["talk.xml"], detect: async () => true, read: async () => ({ standard: "Test", identifier: "test", title: "The package", items: [] }) } },
  launchers: {
    talking: {
      label: "Talking packages",
      async launch(ctx: Context, { launchId, token, enrollment: { registration, courseId, userId }, attempt }: LaunchRequest) {
        const activity = itemIri(ctx, courseId, attempt.itemKey);
        const agent = agentOf(ctx, { userId, name: "Learner" });
        const { basic } = await recordCredentials.forLaunch(ctx, { launchId, registration, agent, activity, scopes: ["statements/write", "statements/read", "state"] });
        told.push({ launchId, basic, activity, agent, registration });
        return { frameHref: `${ctx.site.contentUrl}/content/${token}/index.html` };
      },
    },
  },
});

describe("records: keys of launches", () => {
  let host: TestHost;
  let packageId: string;
  before(async () => {
    host = await testHost({ plugins: [player], settings: { records: { launchHours: 2 } } });
    packageId = await storedPackage(host, {}, "talking");
  });
  after(() => host?.stop());

  async function launched() {
    const course = await publishedCourse(host, "Course", [packageId]);
    const learner = await person(host, "no-password");
    const ctx = await learner.as();
    const enrollment = await enrollments.enrollOneself(ctx, course.id);
    await play(ctx, enrollment.id, course.items[0] as string);
    const launch = told.at(-1)!;
    const content = clientBy(host, launch.basic);
    const about = (changes: object = {}) => statement({ actor: launch.agent, object: { id: launch.activity }, context: { registration: launch.registration }, ...changes });
    return { ...launch, content, about, learner, enrollment };
  }
  const status = async (content: Client) => (await content.send("GET", "")).status;

  it("send and read what is of the launch, by the site's word for content, and nothing else", async () => {
    const { content, about, activity, registration } = await launched();
    expect((await content.post([about({ id: uuid(1) }), about({ id: uuid(2), object: { id: `${activity}/slides/1` }, context: { registration, contextActivities: { parent: [{ id: activity }] } } })])).status).to.equal(200);
    const other = await launched();
    expect((await other.content.post(other.about({ id: uuid(3) }))).status).to.equal(200);
    const found = await content.find({ ascending: "true" });
    expect(found.map(({ id }) => id)).to.deep.equal([uuid(1), uuid(2)]);
    expect(found[0]!.authority).to.deep.equal({ objectType: "Agent", name: "Content", account: { homePage: host.url, name: "content" } });
    for (const changes of [{ actor: other.agent }, { object: { id: other.activity } }, { context: { registration: other.registration } }]) {
      expect((await content.post(about(changes))).status, JSON.stringify(changes)).to.equal(403);
    }
    expect((await content.send("GET", { statementId: uuid(3) })).status).to.equal(404);
  });

  it("end with the launch, at once", async () => {
    const { content, launchId } = await launched();
    expect(await status(content)).to.equal(200);
    await launches.close(host.context, launchId);
    expect(await status(content)).to.equal(401);
  });

  it("end with the enrollment", async () => {
    const { content, enrollment } = await launched();
    expect(await status(content)).to.equal(200);
    await enrollments.withdraw(host.context.by(system), enrollment.id);
    expect(await status(content)).to.equal(401);
  });

  it("go with a person who is erased", async () => {
    const { content, learner } = await launched();
    expect(await status(content)).to.equal(200);
    await erase(host.context.by(system), learner.id);
    expect(await status(content)).to.equal(401);
    expect((await host.database.one<{ left: number }>(sql`select count(*)::int as left from lrs_credential where agent like ${`%${learner.id}%`}`)).left).to.equal(0);
  });

  it("last as long as the settings say, and as a player says", async () => {
    const { content, launchId, registration, agent, activity } = await launched();
    const expiresAt = new Date(host.context.now().getTime() + 4 * 3_600_000);
    const { basic, key, secret } = await host.context.transact((tx) => recordCredentials.forLaunch(tx, { launchId, registration, agent, activity, scopes: ["statements/read"], expiresAt }));
    expect(basic).to.equal(`Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`);
    host.advance(2 * 3_600_000);
    expect([await status(content), await status(clientBy(host, basic))]).to.deep.equal([401, 200]);
    host.advance(2 * 3_600_000);
    expect(await status(clientBy(host, basic))).to.equal(401);
  });

  it("are made with the transaction of the launch, or not at all", async () => {
    const { launchId, registration, agent, activity } = await launched();
    let basic = "";
    await host.context
      .transact(async (tx) => {
        ({ basic } = await recordCredentials.forLaunch(tx, { launchId, registration, agent, activity, scopes: ["all"] }));
        throw new Error("undone");
      })
      .catch(() => undefined);
    expect(await status(clientBy(host, basic))).to.equal(401);
  });

  it("are not made for a launch of nobody, of no activity, or without a registration", async () => {
    const { launchId, registration, agent, activity } = await launched();
    const wish = { launchId, registration, agent, activity, scopes: ["state"] as const };
    for (const changes of [{ agent: { name: "Ann" } }, { activity: "golf" }, { registration: "first" }]) {
      expect(await refusal(recordCredentials.forLaunch(host.context, { ...wish, ...changes }))).to.equal("bad_launch");
    }
  });

  it("are not among the keys that people make, and are gone a day after their end", async () => {
    const count = async () => (await host.database.one<{ count: number }>(sql`select count(*)::int as count from lrs_credential where launch_id is not null`)).count;
    const kept = await credentials.create(host.context, { label: "Kept", scopes: ["all"], expiresInDays: 1 });
    const { items } = await credentials.list(host.context, { limit: 50 });
    expect(items.map(({ id }) => id)).to.deep.equal([kept.id]);
    await launched();
    await recordCredentials.sweep(host.context);
    expect(await count()).to.be.greaterThan(0);
    host.advance(2 * 86_400_000);
    await recordCredentials.sweep(host.context);
    expect(await count()).to.equal(0);
    expect((await credentials.list(host.context, { limit: 50 })).items).to.have.lengthOf(1);
  });
});
