import { expect } from "chai";
import { preview } from "../../core/learning/play.ts";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { person } from "../learning/support.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { commitOf, courseOf, learnerIn, openPlayer, statementsOf, type Call, type Learner } from "./support.ts";

const golf = givenPackage("scorm12/golf-singlescobasic.zip");

describe("Playing SCORM 1.2", function () {
  this.timeout(60_000);
  let host: TestHost;
  let course: { id: string; slug: string; item: string };
  let learner: Learner;
  const countOf = async (table: string) => (await host.context.db.one<{ count: number }>(sql`select count(*)::int as count from ${sql.id("scorm", table)}`)).count;

  before(async function () {
    if (!golf) return this.skip();
    host = await testHost({ plugins: [scorm] });
    course = await courseOf(host, (await takeIn(host, golf)).versionId);
  });
  after(() => host?.stop());
  beforeEach(async () => void (learner = await learnerIn(host, course)));

  it("carries score, completion and statements from a learner's first page to the course", async () => {
    const player = await learner.launch();
    expect(player.setup).to.include({ learnerId: learner.id, mode: "normal", credit: "credit" });
    expect(player.setup.learnerName).to.match(/^\d+, Person$/);
    expect(player.state.entry).to.equal("ab-initio");
    const { status, json } = await player.send("initialize", ["cmi.core.lesson_location", "3"], ["cmi.core.lesson_status", "incomplete"], "commit");
    expect(status).to.equal(200);
    expect(json).to.include({ ackSeq: 4 });
    expect(Date.parse(json.savedAt)).to.be.closeTo(Date.now(), 20_000);
    expect(await learner.standing()).to.include({ status: "active", attemptStatus: "in-progress", progress: 0 });
    const calls: [string, string][] = [["cmi.core.score.raw", "80"], ["cmi.core.lesson_status", "passed"], ["cmi.core.session_time", "00:02:00"]];
    expect((await player.send(...calls, "finish")).json.ackSeq).to.equal(8);
    const standing = await learner.standing();
    expect(standing).to.include({ status: "completed", attemptStatus: "passed", scoreRaw: 80, timeMs: 120_000, progress: 1 });
    expect(standing.score).to.be.closeTo(0.8, 1e-6);
    expect(await learner.told()).to.deep.equal(["registered", "initialized", "passed", "terminated", "completed"]);
  });

  it("answers the content's file by the address that the page is given", async () => {
    const { scoUrl } = await learner.launch();
    const file = await fetch(scoUrl);
    expect([file.status, file.headers.get("content-type")]).to.deep.equal([200, "text/html"]);
  });

  it("is the same after a piece came three times, also at once", async () => {
    const player = await learner.launch();
    const piece = commitOf(player.launchId, player.entries("initialize", ["cmi.core.lesson_status", "completed"], "commit"));
    const answers = await Promise.all([1, 2, 3].map(() => player.post(piece)));
    expect(answers.map(({ status, json }) => [status, json.ackSeq])).to.deep.equal([[200, 3], [200, 3], [200, 3]]);
    const before = await learner.told();
    expect(before.filter((verb) => verb === "initialized")).to.have.length(1);
    expect((await player.post(piece)).json.ackSeq).to.equal(3);
    expect(await learner.told()).to.deep.equal(before);
    const pieces = await host.context.db.rows(sql`select entries from scorm.journal where run_id = ${player.launchId}`);
    expect(pieces).to.have.length(1);
  });

  it("takes overlapping pieces from a beacon and a request that arrive together", async () => {
    const player = await learner.launch();
    const all = player.entries("initialize", ["cmi.core.lesson_location", "1"], "commit", ["cmi.core.lesson_location", "2"], ["cmi.core.exit", "suspend"], "finish");
    const answers = await Promise.all([player.post(commitOf(player.launchId, all.slice(0, 4))), player.post(commitOf(player.launchId, all, { token: player.token }), {})]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    expect(Math.max(...answers.map(({ json }) => json.ackSeq))).to.equal(6);
    const rows = await host.context.db.rows<{ entries: string }>(sql`select entries from scorm.journal where run_id = ${player.launchId} order by from_seq`);
    expect(rows.flatMap(({ entries }) => (JSON.parse(entries) as [number][]).map(([seq]) => seq))).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect((await learner.told()).filter((verb) => verb === "suspended")).to.have.length(1);
  });

  it("names the entry that is missing", async () => {
    const player = await learner.launch();
    const entries = player.entries("initialize", ["cmi.core.lesson_location", "1"], "commit");
    const { status, json } = await player.post(commitOf(player.launchId, entries.slice(1)));
    expect([status, json.code, json.expectedSeq]).to.deep.equal([409, "scorm_journal_gap", 1]);
    expect(await learner.told()).to.deep.equal(["registered"]);
  });

  it("resumes in a new launch, on any device, where the last one was left", async () => {
    const first = await learner.launch();
    await first.send("initialize", ["cmi.core.lesson_location", "7"], ["cmi.suspend_data", "bag\u0000\uD800"]);
    host.advance(121_000); // not heard of for so long, a page is taken for gone
    const second = await learner.launch();
    expect(second.launchId).not.to.equal(first.launchId);
    expect(second.scope).to.equal(first.scope);
    expect(second.state).to.include({ entry: "resume", seq: 0 });
    expect(second.state.cmi).to.include({ "cmi.core.lesson_location": "7", "cmi.suspend_data": "bag\u0000\uD800" });
    expect(await learner.told()).to.deep.equal(["registered", "initialized", "suspended"]);
    await learner.launch();
    expect(await learner.told(), "the interruption is told once").to.deep.equal(["registered", "initialized", "suspended"]);
  });

  it("takes what an earlier page left behind under the new page's token, and starts the new page from it", async () => {
    const first = await learner.launch();
    await first.send("initialize", ["cmi.core.lesson_location", "1"]);
    const left = first.entries(["cmi.core.lesson_location", "2"], ["cmi.core.exit", "suspend"], "finish");
    const second = await learner.launch();
    const { status, json } = await second.post(commitOf(first.launchId, left, { recover: true }));
    expect([status, json.ackSeq]).to.deep.equal([200, 5]);
    expect(json.state).to.deep.include({ entry: "resume", seq: 0, ended: "suspend" });
    expect(json.state?.cmi).to.include({ "cmi.core.lesson_location": "2" });
    await second.send("initialize");
    const again = await second.post(commitOf(first.launchId, left, { recover: true }));
    expect(again.json, "a page that has begun keeps its own").to.deep.include({ ackSeq: 5 });
    expect(again.json.state?.seq).to.equal(1);
    expect((await learner.launch()).state.cmi).to.include({ "cmi.core.lesson_location": "2" });
  });

  it("lets the work that was done last decide where to resume, however late a journal comes", async () => {
    const first = await learner.launch();
    await first.send("initialize", ["cmi.core.lesson_location", "1"]);
    const left = first.entries(["cmi.core.lesson_location", "2"], ["cmi.core.lesson_status", "completed"]);
    const hour = 3_600_000;
    const second = await learner.launch();
    await second.send("initialize", ["cmi.core.lesson_location", "9"]);
    const third = await learner.launch();
    const before = left.map(([seq, tMs, ...rest]) => [seq, tMs - hour, ...rest]);
    const { json } = await third.post(commitOf(first.launchId, before, { recover: true }));
    expect(json.state?.cmi).to.include({ "cmi.core.lesson_location": "9" });
    expect((await learner.standing()).attemptStatus, "what it says of completion counts all the same").to.equal("completed");
  });

  it("begins a new run for each rendering of a page", async () => {
    const page = await learner.launch();
    await page.send("initialize", ["cmi.core.lesson_location", "4"]);
    const again = await page.reload();
    expect(again.launchId).not.to.equal(page.launchId);
    expect(again.state.cmi).to.include({ "cmi.core.lesson_location": "4" });
    expect((await again.send("initialize")).status).to.equal(200);
  });

  it("takes no completion back when the content says incomplete again", async () => {
    const first = await learner.launch();
    await first.send("initialize", ["cmi.core.score.raw", "90"], ["cmi.core.lesson_status", "passed"], ["cmi.core.exit", ""], "finish");
    const second = await learner.launch();
    await second.send("initialize", ["cmi.core.lesson_status", "incomplete"], ["cmi.core.score.raw", "10"], "finish");
    const standing = await learner.standing();
    expect(standing).to.include({ attemptStatus: "passed", status: "completed", scoreRaw: 90 });
  });

  it("refuses somebody else's token, no token, a closed one and one whose time is over", async () => {
    const mine = await learner.launch();
    const other = await (await learnerIn(host, course)).launch();
    const piece = commitOf(mine.launchId, mine.entries("initialize"), { recover: true });
    const answers = [await other.post(piece), await mine.post(piece, {}), await mine.post(piece, { authorization: "Bearer nobody" })];
    expect(answers.map(({ status, json }) => [status, json.code])).to.deep.equal([[404, "scorm_run_unknown"], [401, "launch_unknown"], [404, "launch_unknown"]]);
    const unrelated = commitOf(other.launchId, other.entries("initialize"));
    expect((await mine.post(unrelated)).status).to.equal(404);
    expect(await learner.told()).to.deep.equal(["registered"]);
    host.advance(25 * 3_600_000);
    try {
      expect((await mine.post(piece)).json.code).to.equal("launch_over");
      const next = await learner.launch();
      expect((await next.post(piece)).json, "its journal is taken under a new launch").to.include({ ackSeq: 1 });
    } finally {
      host.advance(-25 * 3_600_000);
    }
  });

  const hostile: [string, unknown, number][] = [
    ["no JSON object", [1, 2], 422],
    ["an id that is none", { launchId: "x", fromSeq: 1, entries: [], sentAtMs: 1 }, 422],
    ["an entry that is none", { fromSeq: 1, entries: [[1, 1, "initialise"]], sentAtMs: 1 }, 422],
    ["a negative seq", { fromSeq: 1, entries: [[-1, 1, "tick"]], sentAtMs: 1 }, 422],
    ["an unknown member", { fromSeq: 1, entries: [], sentAtMs: 1, admin: true }, 422],
    ["a time that is no number", { fromSeq: 1, entries: [[1, null, "tick"]], sentAtMs: 1 }, 422],
    ["too many entries", { fromSeq: 1, entries: Array.from({ length: 10_001 }, (_, index) => [index + 1, 1, "tick"]), sentAtMs: 1 }, 422],
    ["too many bytes", { fromSeq: 1, entries: [[1, 1, "set", "cmi.suspend_data", "x".repeat(1_100_000)]], sentAtMs: 1 }, 413],
  ];
  for (const [what, body, status] of hostile) {
    it(`refuses ${what} with its reason and keeps nothing of it`, async () => {
      const player = await learner.launch();
      const answer = await player.post(Array.isArray(body) ? body : { launchId: player.launchId, ...(body as object) });
      expect(answer.status, JSON.stringify(answer.json)).to.equal(status);
      expect(answer.json.code).to.be.a("string");
      expect((await learner.launch()).state.entry).to.equal("ab-initio");
    });
  }

  it("reports what its own run refuses and takes the rest", async () => {
    const player = await learner.launch();
    const { status, json } = await player.send("initialize", ["cmi.core.lesson_status", "banana"], ["__proto__.polluted", "1"], ["cmi.core.lesson_location", "5"]);
    expect(status).to.equal(200);
    expect(json.divergences?.map(({ seq, code }) => [seq, code])).to.deep.equal([[2, "405"], [3, "401"]]);
    expect((await learner.launch()).state.cmi).to.include({ "cmi.core.lesson_location": "5" });
  });

  it("bears every text that content may write, also in what statements tell", async () => {
    const player = await learner.launch();
    const odd = ["", "\u0000", "\uD800", "‮", "<script>", "'; drop table run; --", "x".repeat(200)];
    const calls = odd.flatMap((text, n): [string, string][] => [
      [`cmi.interactions.${n}.id`, text],
      [`cmi.interactions.${n}.type`, "fill-in"],
      [`cmi.interactions.${n}.student_response`, text],
      [`cmi.interactions.${n}.correct_responses.0.pattern`, text],
      [`cmi.interactions.${n}.result`, "correct"],
      [`cmi.objectives.${n}.id`, text],
      [`cmi.objectives.${n}.status`, "passed"],
    ]);
    const answer = await player.send("initialize", ...calls, "commit");
    expect(answer.status, JSON.stringify(answer.json)).to.equal(200);
    expect((await learner.told()).filter((verb) => verb === "responded")).not.to.be.empty;
  });

  it("keeps nothing of a preview", async () => {
    const staff = await person(host, "instructor");
    const counts = async () => [await countOf("run"), await countOf("outcome"), await countOf("journal")];
    const before = await counts();
    const { id: versionId } = await host.context.db.one<{ id: string }>(sql`select published_version_id as id from course where id = ${course.id}`);
    const { frameHref } = await preview(await staff.as(), { courseId: course.id, versionId, itemKey: course.item });
    const player = await openPlayer(host, frameHref);
    expect(player.setup).to.include({ mode: "browse" });
    expect((await player.send("initialize", ["cmi.core.lesson_status", "passed"], "finish")).json).to.include({ ackSeq: 3 });
    expect(await counts()).to.deep.equal(before);
  });

  it("completes an item of several units once each of them is, also when the last ones end at once", async function () {
    const file = givenPackage("scorm12/golf-RuntimeMinimumCalls_SCORM12-mini.zip");
    if (!file) return this.skip();
    const several = await courseOf(host, (await takeIn(host, file)).versionId);
    const somebody = await learnerIn(host, several);
    const { units = [] } = await somebody.play();
    const playable = units.filter((unit) => unit.playable).map(({ identifier }) => identifier);
    expect(playable).to.have.length(9);
    const players = [];
    for (const unit of playable) players.push(await somebody.launch(unit));
    await players[0]?.send("initialize", ["cmi.core.score.raw", "60"], ["cmi.core.lesson_status", "passed"], "finish");
    const next = await somebody.play();
    expect(next.unit, "what is not done comes next").to.equal(playable[1]);
    expect(next.units?.find(({ identifier }) => identifier === playable[0])?.status).to.equal("passed");
    await Promise.all(players.slice(1).map((player) => player.send("initialize", "finish")));
    expect(await somebody.standing()).to.include({ status: "completed", attemptStatus: "passed", progress: 1 });
    const objects = await somebody.objects("passed");
    expect(objects[0]).to.match(/\/items\/[0-9a-f-]+\/units\/[^/]+$/);
  });

  it("opens a unit only once its prerequisites are met, in the list and by its address", async function () {
    const file = givenPackage("scorm12/jcp-PrerequisitesTest_SCORM12.zip");
    if (!file) return this.skip();
    const gated = await courseOf(host, (await takeIn(host, file)).versionId);
    const somebody = await learnerIn(host, gated);
    const locked = async () => (await somebody.play()).units?.filter((unit) => unit.locked).map(({ identifier }) => identifier);
    expect(await locked()).to.deep.equal(["module2", "module3", "module4"]);
    const refused = await somebody.launch("module2").catch((error: unknown) => error);
    expect(refused).to.include({ code: "scorm_unit_locked", status: 409 });
    const first = await somebody.launch("module1");
    const byAddress = await fetch(first.frameHref.replace("module1", "module3"), { headers: { accept: "application/json" } });
    expect([byAddress.status, ((await byAddress.json()) as { code: string }).code]).to.deep.equal([409, "scorm_unit_locked"]);
    await first.send("initialize", ["cmi.core.lesson_status", "incomplete"], "finish");
    expect(await locked(), "begun is not done").to.have.length(3);
    await (await somebody.launch("module1")).send("initialize", ["cmi.core.lesson_status", "passed"], "finish");
    expect(await locked()).to.deep.equal(["module3", "module4"]);
    expect((await somebody.play()).unit).to.equal("module2");
    await (await somebody.launch("module2")).send("initialize", "finish");
    expect(await locked()).to.deep.equal([]);
    const staff = await person(host, "instructor");
    const { id: versionId } = await host.context.db.one<{ id: string }>(sql`select published_version_id as id from course where id = ${gated.id}`);
    const looked = await preview(await staff.as(), { courseId: gated.id, versionId, itemKey: gated.item, unit: "module4" });
    expect(looked.units?.some((unit) => unit.locked), "a preview looks everywhere").to.equal(false);
  });

  it("completes assets when they are opened", async function () {
    const file = givenPackage("scorm12/golf-ContentPackagingOneFilePerSCO_SCORM12.zip");
    if (!file) return this.skip();
    const assets = await courseOf(host, (await takeIn(host, file)).versionId);
    const somebody = await learnerIn(host, assets);
    for (let opened = 0; opened < 17; opened++) await somebody.launch();
    expect(await somebody.standing()).to.include({ status: "active", attemptStatus: "in-progress" });
    await somebody.launch();
    expect(await somebody.standing()).to.include({ status: "completed", attemptStatus: "completed", progress: 1 });
    await somebody.launch();
    expect(await somebody.objects("completed"), "each unit and the course, once").to.have.length(19);
  });

  it("answers a piece that is made to be slow, and refuses one that is too restless", async () => {
    const player = await learner.launch();
    await player.send("initialize", ["cmi.suspend_data", "x".repeat(64_000)], "commit");
    const calls = Array.from({ length: 4900 }, (_, n): Call[] => [["cmi.core.score.raw", String(n % 100)], "commit"]).flat();
    const { status, json } = await player.send(...calls);
    expect([status, json.ackSeq]).to.deep.equal([200, 9803]);
    expect((await learner.told()).filter((verb) => verb === "scored").length).to.be.lessThan(600);
    const restless = Array.from({ length: 300 }, (): Call[] => ["finish", "initialize"]).flat();
    expect((await player.send(...restless)).status).to.equal(422);
  });

  it("answers in one transaction of few statements, whatever came before", async () => {
    await host.still(async () => {
      const player = await learner.launch();
      await player.send("initialize");
      const plain = await statementsOf(() => player.send(["cmi.core.lesson_location", "2"], "commit"));
      const scored = await statementsOf(() => player.send(["cmi.core.score.raw", "70"], "commit"));
      const finished = await statementsOf(() => player.send(["cmi.core.lesson_status", "passed"], "finish"));
      expect(plain.length, plain.join("\n")).to.be.at.most(4);
      expect(scored.length, scored.join("\n")).to.be.at.most(8);
      expect(finished.length, finished.join("\n")).to.be.at.most(11);
    });
  });
});
