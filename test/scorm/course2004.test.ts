import { expect } from "chai";
import type { CourseStructure, StructureItem } from "../../core/courses/packages/format.ts";
import { savePackage } from "../../core/courses/packages/store.ts";
import { sql } from "../../core/db/sql.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import { play, preview } from "../../core/learning/play.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { diagnosisOf } from "../../plugins/scorm/play2004/diagnosis.ts";
import { defaultSequencing, primaryObjective, type Sequencing } from "../../plugins/scorm/runtime/sequencing/index.ts";
import { person } from "../learning/support.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { loadCourse, openCourse, type Player2004 } from "./course2004.ts";
import { commitOf, courseOf, learnerIn, statementsOf, type Call, type Learner } from "./support.ts";

const sequential = givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip");
const passed: Call[] = ["initialize", ["cmi.completion_status", "completed"], ["cmi.success_status", "passed"], ["cmi.exit", "normal"], "finish"];
/** A part whose success is that of an objective beyond the course. */
function objectiveItem(identifier: string, target: string): StructureItem {
  const sequencing = { ...defaultSequencing(), objectives: [{ ...primaryObjective(), id: "own", maps: [{ target, read: ["satisfied" as const], write: ["satisfied" as const] }] }] };
  const data = { sequencing, hiddenControls: [], dataFromLms: "", timeLimitAction: "", maxTimeAllowed: "", completionThreshold: null, sharedData: [], resource: "r" };
  return { identifier, title: identifier, visible: true, launch: { path: "index.html", query: "" }, kind: "sco", data: data as never, children: [] };
}

/** A course of these parts and one more, in flow. */
function playedCourse(items: StructureItem[]): CourseStructure {
  const sequencing = defaultSequencing();
  sequencing.controlMode.flow = true;
  const data = { edition: "4th", identifier: "course", sequencing, objectivesGlobalToSystem: true, sharedDataGlobalToSystem: true };
  return { standard: "SCORM", edition: "2004 4th Edition", identifier: "made", title: "Made", data: data as never, items: [...items, objectiveItem("last", "nobody's")] };
}

const onwards = { kind: "continue" } as const;

describe("Playing SCORM 2004", function () {
  this.timeout(60_000);
  let host: TestHost;
  let course: { id: string; slug: string; item: string };
  let learner: Learner;
  const open = (unit?: string): Promise<Player2004> => openCourse(host, learner, course.item, unit);
  const openedCourse = async (structure: CourseStructure): Promise<{ learner: Learner; id: string; item: string }> => {
    const imported = { format: "scorm2004", fileName: "made.zip", sizeBytes: 0, structure, files: [], diagnostics: [], digest: "0" };
    const { versionId } = await host.context.transact((tx) => savePackage(tx.db, imported, { at: tx.now() }));
    const place = await courseOf(host, versionId);
    return { learner: await learnerIn(host, place), ...place };
  };
  /** The same person in another course. */
  const again = async (somebody: Learner, { id }: { id: string }): Promise<Learner> => ({ ...somebody, enrollmentId: (await enrollments.enrollOneself(await somebody.as(), id)).id });
  const countOf = async (table: string) => (await host.context.db.one<{ count: number }>(sql`select count(*)::int as count from ${sql.id("scorm", table)}`)).count;

  before(async function () {
    if (!sequential) return this.skip();
    host = await testHost({ plugins: [scorm] });
    course = await courseOf(host, (await takeIn(host, sequential)).versionId);
  });
  after(() => host?.stop());
  beforeEach(async () => void (learner = await learnerIn(host, course)));

  it("opens while a commit holds the attempt, for which the opening's enrollment is the next to be locked", async () => {
    await open();
    await host.context.transact(async (tx) => {
      await tx.db.rows(sql`select from scorm.course_state where user_id = ${learner.id} for update`);
      expect(await play(await learner.as(), learner.enrollmentId, course.item)).to.include({ mode: "normal" });
    });
  });

  it("leads through a course in its order, rolls up, and completes it", async () => {
    const player = await open();
    expect(player.delivery.setup).to.include({ learnerId: learner.id, mode: "normal", entry: "ab-initio" });
    expect(player.open(), "only what the sequencer accepts").to.deep.equal(["Playing the Game"]);
    const titles = [player.delivery.title];
    for (let part = 1; part <= 4; part++) {
      const { json } = await player.go(onwards, ...passed);
      expect(json.move).to.include({ ended: false, message: null });
      titles.push(player.delivery.title);
    }
    expect(titles).to.deep.equal(["Playing the Game", "Etiquette", "Handicapping", "Having Fun", "Quiz"]);
    expect(await learner.standing()).to.include({ attemptStatus: "in-progress" });
    await player.send("initialize", ["cmi.score.scaled", "0.9"], ["cmi.score.raw", "90"], ["cmi.completion_status", "completed"], ["cmi.success_status", "passed"], ["cmi.session_time", "PT2M"], "finish");
    const { json } = await player.go(onwards);
    expect(json.move).to.include({ ended: true, delivery: null });
    expect(await learner.standing()).to.include({ status: "completed", attemptStatus: "passed", progress: 1 });
    expect((await learner.standing()).timeMs).to.be.at.least(120_000);
    const told = await learner.told();
    expect(told.filter((verb) => verb === "initialized")).to.have.length(5);
    expect(told.filter((verb) => verb === "completed"), "five parts, the package and the course").to.have.length(7);
  });

  it("refuses in words what the sequencer refuses, and shows the part again", async () => {
    const player = await open();
    const { json } = await player.go(onwards, "initialize", ["cmi.success_status", "failed"], "finish");
    expect(json.move?.message).to.equal("The next activity is not to be entered.");
    expect(json.move?.delivery?.activity).to.equal("playing_item");
    expect((await player.go({ kind: "choice", target: "assessment_item" })).json.move?.message).to.be.a("string");
    expect((await player.go(onwards, ...passed)).json.move?.delivery?.activity).to.equal("etuqiette_item");
  });

  it("does the same once, however often a request comes", async () => {
    const player = await open();
    const { launchId } = player.delivery;
    const piece = commitOf(launchId, player.entries(...passed), { navigation: { number: 1, request: onwards } });
    const answers = await Promise.all([1, 2, 3].map(() => player.post(piece)));
    const next = new Set(answers.map(({ json }) => json.move?.delivery?.launchId));
    expect(next.size).to.equal(1);
    expect((await player.post(piece)).json.move?.delivery?.launchId).to.equal([...next][0]);
    expect(player.delivery.title).to.equal("Etiquette");
    expect((await learner.told()).filter((verb) => verb === "initialized")).to.have.length(1);
  });

  it("follows what content asks for when it terminates, before the learner asks for anything", async () => {
    const player = await open();
    await player.send("initialize", ["cmi.success_status", "passed"], ["adl.nav.request", "continue"], "finish");
    expect(player.delivery.title).to.equal("Etiquette");
  });

  it("resumes where a closed tab left off, with all that was committed", async () => {
    const player = await open();
    await player.go(onwards, ...passed);
    await player.send("initialize", ["cmi.location", "7"], ["cmi.suspend_data", "bag\u0000\uD800"], "commit");
    const again = await open();
    expect(again.delivery).to.include({ activity: "etuqiette_item" });
    expect(again.delivery.launchId).not.to.equal(player.delivery.launchId);
    expect(again.delivery.setup.entry).to.equal("resume");
    expect(again.delivery.state.cmi).to.include({ "cmi.location": "7", "cmi.suspend_data": "bag\u0000\uD800" });
    expect((await learner.told()).filter((verb) => verb === "suspended")).to.have.length(1);
  });

  it("suspends what is left by Exit, and resumes it", async () => {
    const player = await open();
    await player.go(onwards, ...passed);
    const { json } = await player.go({ kind: "leave" }, "initialize", ["cmi.location", "3"], "finish");
    expect(json.move).to.include({ ended: true });
    const again = await open();
    expect([again.delivery.activity, again.delivery.setup.entry, again.delivery.state.cmi["cmi.location"]]).to.deep.equal(["etuqiette_item", "resume", "3"]);
  });

  it("takes what content says after Exit was asked for", async () => {
    const player = await open();
    const { launchId } = player.delivery;
    await player.go({ kind: "leave" }, "initialize");
    await player.post(commitOf(launchId, player.entries(["cmi.location", "9"], "finish")));
    expect((await open()).delivery.state.cmi["cmi.location"]).to.equal("9");
  });

  it("ends a course of one part when its content has ended without a place to come back to, and says so again to who leaves", async () => {
    const one = await courseOf(host, (await takeIn(host, givenPackage("scorm2004/golf-RuntimeBasicCalls_SCORM20043rdEdition.zip") ?? "")).versionId);
    learner = await learnerIn(host, one);
    const player = await openCourse(host, learner, one.item);
    expect((await player.send("initialize", "finish")).json.move).to.include({ ended: true, message: null });
    expect((await player.go({ kind: "leave" })).json.move).to.deep.equal({ delivery: null, ended: true, message: null });
  });

  it("lets a learner leave content that never spoke, which by the sequencer's rules is completed and passed", async () => {
    const one = await courseOf(host, (await takeIn(host, givenPackage("scorm2004/golf-ContentPackagingSingleSCO_SCORM20042ndEdition.zip") ?? "")).versionId);
    learner = await learnerIn(host, one);
    const player = await openCourse(host, learner, one.item);
    const { status, json } = await player.go({ kind: "leave" });
    expect([status, json.move]).to.deep.equal([200, { delivery: null, ended: true, message: null }]);
    expect(await learner.standing()).to.include({ attemptStatus: "passed", status: "completed" });
  });

  it("counts what a page left behind offline, when the next page has not begun", async () => {
    const player = await open();
    await player.send("initialize", "commit");
    const left = player.entries(["cmi.success_status", "passed"], ["adl.nav.request", "continue"], "finish");
    const next = await open();
    const { json } = await next.post(commitOf(player.delivery.launchId, left, { recover: true }));
    expect(json.move?.delivery?.activity).to.equal("etuqiette_item");
  });

  for (const [how, calls] of [["still ran", []], ["was suspended", [["cmi.exit", "suspend"], "finish"]]] as [string, Call[]][]) {
    it(`goes on from what came of a page by a beacon when the next one was made already, where its content ${how}`, async () => {
      const player = await open();
      await player.send("initialize", "commit");
      const late = commitOf(player.delivery.launchId, player.entries(["cmi.location", "7"], ...calls));
      const next = await open();
      expect(next.delivery.state.cmi["cmi.location"]).to.equal(undefined);
      await player.post({ ...late, leaving: true });
      for (const _ of ["sent", "sent again"]) {
        const { json } = await next.post({ ...late, recover: true });
        expect([json.move?.delivery?.activity, json.move?.delivery?.setup.entry, json.move?.delivery?.state.cmi["cmi.location"]]).to.deep.equal([player.delivery.activity, "resume", "7"]);
      }
      await next.send("initialize", ["cmi.location", "8"], "commit");
      expect((await open()).delivery.state.cmi["cmi.location"]).to.equal("8");
    });
  }

  it("counts nothing of a page that another has followed, time neither", async () => {
    const first = await open();
    await first.send("initialize", "commit");
    const second = await open();
    await second.send("initialize", ["cmi.location", "second"], "commit");
    const { status } = await first.send(["cmi.location", "first"], ["cmi.success_status", "passed"], ["cmi.session_time", "PT9H"], "finish");
    expect(status).to.equal(200);
    expect((await learner.standing()).timeMs).to.be.below(60_000);
    expect((await open()).delivery.state.cmi["cmi.location"]).to.equal("second");
  });

  it("goes where a link into the course leads, if the sequencer lets it", async () => {
    expect((await open("assessment_item")).delivery.activity).to.equal("playing_item");
    await (await open()).go(onwards, ...passed);
    expect((await open("playing_item")).delivery.activity).to.equal("playing_item");
  });

  it("asks the database four things for a commit that changes no outcome", async () => {
    await host.still(async () => {
      const player = await open();
      await player.send("initialize", ["cmi.location", "1"], "commit");
      const asked = await statementsOf(() => player.send(["cmi.location", "2"], ["cmi.suspend_data", "x"], "commit"));
      expect(asked, asked.join("\n")).to.have.length(4);
    });
  });

  it("renews what content reads in request_valid when what it says may change that: an outcome, or how it means to end", async () => {
    const player = await open();
    await player.send("initialize", "commit");
    expect((await player.send(["cmi.location", "2"], ["cmi.suspend_data", "bag"], "commit")).json).not.to.have.property("situation");
    expect((await player.send(["cmi.exit", "suspend"], "commit")).json.situation?.valid).to.include({ suspendAll: "true" });
    expect((await player.send(["cmi.success_status", "passed"], "commit")).json).to.have.nested.property("situation.valid.continue", "true");
  });

  it("gives the learner's other courses what their objectives share, and keeps to itself what is the course's own", async () => {
    const shared = playedCourse([objectiveItem("one", "shared")]);
    const [first, second] = [await openedCourse(shared), await openedCourse(shared)];
    await (await openCourse(host, first.learner, first.item)).send(...passed);
    const other = await openCourse(host, await again(first.learner, second), second.item);
    expect(other.situation.contents[0]).to.include({ status: "passed" });
    expect((await openCourse(host, second.learner, second.item)).situation.contents[0], "somebody else").to.include({ status: "in-progress" });
  });

  it("renews request_valid of a page that is there still when another course changed what their objectives share", async () => {
    const gated = objectiveItem("gated", "gate");
    const { sequencing } = gated.data as unknown as { sequencing: Sequencing };
    sequencing.preConditionRules = [{ action: "disabled", combination: "all", conditions: [{ condition: "objectiveStatusKnown", not: true, objective: "", measureThreshold: 0 }] }];
    const [first, second] = [await openedCourse(playedCourse([objectiveItem("one", "nothing"), gated])), await openedCourse(playedCourse([objectiveItem("key", "gate")]))];
    const page = await openCourse(host, first.learner, first.item);
    await page.send("initialize", "commit");
    expect(page.situation.valid.choice).to.include({ gated: "false" });
    await (await openCourse(host, await again(first.learner, second), second.item)).send(...passed);
    expect((await page.send(["cmi.location", "2"], "commit")).json).not.to.have.property("situation");
    await page.send();
    expect(page.situation.valid.choice).to.include({ gated: "true" });
    expect(page.situation.contents.find(({ identifier }) => identifier === "gated")).to.include({ enabled: true });
  });

  it("lets commits of one learner in two courses follow one another", async () => {
    const shared = playedCourse([objectiveItem("one", "both")]);
    const first = await openedCourse(shared);
    const second = await openedCourse(shared);
    const [mine, theirs] = [await openCourse(host, first.learner, first.item), await openCourse(host, await again(first.learner, second), second.item)];
    const answers = await Promise.all([mine.send(...passed), theirs.send(...passed)]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    const rows = await host.context.db.rows<{ status: object }>(sql`select status from scorm.global_objective where user_id = ${first.learner.id} and objective_id = 'both'`);
    expect(rows).to.deep.equal([{ status: { satisfied: true } }]);
  });

  it("keeps nothing of a preview, and shows every part of it", async () => {
    const staff = await person(host, "instructor");
    const before = await Promise.all(["run", "course_state", "decision", "journal"].map(countOf));
    const versionId = (await host.context.db.one<{ id: string }>(sql`select published_version_id as id from course where id = ${course.id}`)).id;
    const { frameHref } = await preview(await staff.as(), { courseId: course.id, versionId, itemKey: course.item });
    const player = await loadCourse(host, frameHref);
    expect(player.delivery.setup).to.include({ mode: "browse" });
    expect(player.open()).to.have.length(5);
    const { json } = await player.post(commitOf(player.delivery.launchId, player.entries(...passed), { activity: player.delivery.activity, navigation: { number: 1, request: { kind: "choice", target: "assessment_item" } } }));
    expect(json.move?.delivery?.title).to.equal("Quiz");
    expect(await Promise.all(["run", "course_state", "decision", "journal"].map(countOf))).to.deep.equal(before);
  });

  it("tells of a launch what was called, what came, and what the sequencer decided and why", async () => {
    const player = await open();
    await player.post(commitOf(player.delivery.launchId, player.entries("initialize", "commit"), { calls: [[1, "GetValue", '"cmi.nothing"', "", "401"]] }));
    await player.go(onwards, ["cmi.success_status", "failed"], "finish");
    const { calls, journal, trace } = await diagnosisOf(host.context, player.launchId);
    expect(calls).to.deep.equal([{ activity: "playing_item", call: [1, "GetValue", '"cmi.nothing"', "", "401"] }]);
    expect(journal.map(({ entry }) => entry[2])).to.deep.equal(["initialize", "commit", "set", "finish"]);
    expect(trace.map(({ request }) => request)).to.deep.equal(["the learner comes in", "continue"]);
    expect(trace[1]?.cameTo).to.equal("SB.2.2-2: The next activity is not to be entered.");
    expect(trace[1]?.steps.map(({ process }) => process)).to.include("SB.2.12");
  });
});
