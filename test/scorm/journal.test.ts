import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { freshEntries, isEntry, type Entry } from "../../plugins/scorm/runtime/journal.ts";
import { createSession12, launch12, replay12, setup12, timeSpentMs, type Session12, type Setup12, type State12 } from "../../plugins/scorm/runtime/scorm12/index.ts";
import { elements } from "../../plugins/scorm/runtime/scorm12/model.ts";
import { record, stateOf as replayedState, type Run } from "./recording.ts";

const setup = setup12({ learnerId: "l-1", learnerName: "Curie, Marie", objectives: ["one"], masteryScore: "50" });

const recorded = (run: Run<Session12>, on: Setup12 = setup, state: State12 | null = null) =>
  record(createSession12, on, state, run);

const stateOf = (state: State12, entries: readonly Entry[], on: Setup12 = setup) => replayedState(replay12(on, state, entries));

const first = launch12(setup, null);

const quiz = recorded((session, pass) => {
  session.initialize("");
  session.setValue("cmi.core.lesson_location", "1");
  session.setValue("cmi.comments", "a");
  pass(1500);
  session.setValue("cmi.comments", "a");
  session.setValue("cmi.interactions.0.id", "q1");
  session.setValue("cmi.interactions.1.id", "q2");
  session.commit("");
  session.setValue("cmi.core.score.raw", 80);
  pass(60_000);
  session.tick();
  session.finish("");
});

describe("the journal of a SCORM run", () => {
  it("has one numbered entry for each call that changed something, and none for the others", () => {
    const { journal } = recorded((session) => {
      session.getValue("cmi.core.entry");
      session.initialize("");
      session.initialize("");
      session.getValue("cmi.core.entry");
      session.setValue("cmi.core.lesson_location", "1");
      session.setValue("cmi.core.lesson_location", "1");
      session.setValue("cmi.core.lesson_location", "x".repeat(256));
      session.setValue("cmi.core.lesson_status", "completed");
      session.commit("");
      session.commit("");
      session.finish("");
      session.commit("");
    });
    expect(journal).to.deep.equal([
      [1, 1_000_000, "initialize"],
      [2, 1_000_000, "set", "cmi.core.lesson_location", "1"],
      [3, 1_000_000, "set", "cmi.core.lesson_status", "completed"],
      [4, 1_000_000, "commit"],
      [5, 1_000_000, "finish"],
    ]);
  });

  it("keeps the content's saying a status that we had set already, for it changes who said it", () => {
    const finished = recorded((session) => (session.initialize(""), session.finish(""))).state;
    const again = launch12(setup, finished);
    const { journal, state } = recorded((session) => (session.initialize(""), session.setValue("cmi.core.lesson_status", "completed")), setup, again);
    expect(journal).to.have.length(2);
    expect(state.statusSetBy).to.equal("content");
  });

  it("replayed on the server gives the browser's state", () => {
    expect(stateOf(first, quiz.journal)).to.deep.equal(quiz.state);
  });

  it("does not change the state it starts from", () => {
    const before = JSON.stringify(first);
    stateOf(first, quiz.journal);
    expect(JSON.stringify(first)).to.equal(before);
  });

  it("may come twice, in pieces, overlapping and in disorder", () => {
    const { journal, state } = quiz;
    const whole = stateOf(first, journal);
    expect(stateOf(whole, journal), "twice").to.deep.equal(state);
    expect(stateOf(first, [...journal].reverse()), "in disorder").to.deep.equal(state);
    expect(stateOf(first, [...journal, ...journal]), "doubled within a commit").to.deep.equal(state);
    for (let cut = 0; cut <= journal.length; cut += 1) {
      const half = stateOf(first, journal.slice(0, cut));
      expect(stateOf(half, journal.slice(cut)), `cut at ${cut}`).to.deep.equal(state);
      expect(stateOf(half, journal), `overlapping at ${cut}`).to.deep.equal(state);
    }
  });

  it("with an entry missing is refused whole, naming the entry that is expected", () => {
    const { journal } = quiz;
    expect(replay12(setup, first, journal.slice(1))).to.deep.equal({ ok: false, code: "scorm_journal_gap", expectedSeq: 1 });
    const half = stateOf(first, journal.slice(0, 3));
    expect(replay12(setup, half, journal.slice(4))).to.deep.include({ ok: false, expectedSeq: 4 });
    expect(replay12(setup, first, journal.filter(([seq]) => seq !== 3))).to.deep.include({ ok: false, expectedSeq: 3 });
  });

  it("reports what the server refuses and takes the rest", () => {
    const entries: Entry[] = [
      [1, 5, "initialize"],
      [2, 5, "initialize"],
      [3, 5, "set", "cmi.core.score.raw", "1000"],
      [4, 5, "set", "cmi.core.student_id", "someone else"],
      [5, 5, "set", "cmi.__proto__.x", "1"],
      [6, 5, "set", "cmi.core.lesson_location", "9"],
    ];
    const replay = replay12(setup, first, entries);
    if (!replay.ok) throw new Error("a gap");
    expect(replay.divergences).to.deep.equal([
      { seq: 2, kind: "initialize", code: "101" },
      { seq: 3, kind: "set", element: "cmi.core.score.raw", code: "405" },
      { seq: 4, kind: "set", element: "cmi.core.student_id", code: "403" },
      { seq: 5, kind: "set", element: "cmi.__proto__.x", code: "201" },
    ]);
    expect(replay.state.seq).to.equal(6);
    expect(replay.state.cmi["cmi.core.lesson_location"]).to.equal("9");
  });

  it("never counts time twice, however it is cut, repeated and launched again", () => {
    const { journal, state } = quiz;
    expect(state.totalTimeMs).to.equal(61_500);
    for (let cut = 0; cut <= journal.length; cut += 1) {
      const half = stateOf(first, journal.slice(0, cut));
      expect(timeSpentMs(setup, stateOf(stateOf(half, journal), journal))).to.equal(61_500);
      expect(timeSpentMs(setup, launch12(setup, half)), `left at ${cut}`).to.equal(timeSpentMs(setup, half));
    }
  });

  it("tells well-formed entries from others", () => {
    const good = [[1, 0, "initialize"], [2, 1.5, "set", "a", ""], [3, 9, "commit"], [4, 9, "finish"], [5, 9, "tick"]];
    const bad = [
      null, {}, [], [0, 0, "commit"], [1.5, 0, "commit"], ["1", 0, "commit"], [1, NaN, "commit"], [1, -1, "commit"], [1, 1e300, "commit"], [1, 0, "set"], [1, 0, "set", "a"],
      [1, 0, "set", "a", 1], [1, 0, "set", "a", "b", "c"], [1, 0, "commit", "x"], [1, 0, "drop"],
    ];
    expect(good.map(isEntry)).to.deep.equal(good.map(() => true));
    expect(bad.map(isEntry)).to.deep.equal(bad.map(() => false));
  });

  it("is run by code that knows no page, no network, no clock and no chance", () => {
    const folder = new URL("../../plugins/scorm/runtime/", import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    expect(files).to.have.length.above(10);
    for (const file of files) {
      expect(readFileSync(new URL(file, folder), "utf8"), file).not.to.match(/window\b|document\.|fetch\(|Date\.now|new Date|performance\.|setTimeout|Math\.random|from "(?!\.)/);
    }
  });

  it("sorts out what is fresh without regard to order", () => {
    expect(freshEntries(2, [[4, 0, "commit"], [1, 0, "initialize"], [3, 0, "commit"], [3, 0, "commit"]])).to.deep.equal({
      fresh: [[3, 0, "commit"], [4, 0, "commit"]],
      expectedSeq: 5,
      gap: false,
    });
    expect(freshEntries(0, [])).to.deep.equal({ fresh: [], expectedSeq: 1, gap: false });
  });

  for (const mode of ["normal", "browse", "review"] as const) {
    it(`agrees between browser and server over hundreds of random runs in ${mode} mode`, () => {
      for (let seed = 1; seed <= 150; seed += 1) {
        const random = mulberry(seed);
        const on = setup12({ ...setup, mode, switches: { strictSuspendData: seed % 2 === 0 } });
        let server = launch12(on, null);
        for (let launch = 0; launch < 3; launch += 1) {
          const { journal, state } = recorded((session, pass) => play(session, pass, random), on, server);
          let left: readonly Entry[] = journal;
          while (left.length > 0) {
            const size = 1 + Math.floor(random() * left.length);
            server = stateOf(server, left.slice(0, size), on);
            left = left.slice(Math.max(0, size - Math.floor(random() * 3)));
            if (left.every(([seq]) => seq <= server.seq)) break;
          }
          expect(server, `seed ${seed}`).to.deep.equal(state);
          expect(JSON.parse(JSON.stringify(server)), "plain JSON").to.deep.equal(server);
          server = launch12(on, server);
        }
      }
    });
  }
});

const names = [...elements.keys(), "cmi._version", "cmi.objectives._count", "cmi.core", "cmi.objectives.NaN.id", "__proto__"];
const samples = ["", "0", "50", "100", "1e1", "passed", "incomplete", "not attempted", "suspend", "logout", "00:00:10", "0001:00:00", "choice", "correct", "q-1", "a b", "\ud800\u0000", "x".repeat(5000)];

/** A hundred random calls, sensible and not. */
function play(session: Session12, pass: (ms: number) => void, random: () => number): void {
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const name = () => one(names).replace(/\bn\b/g, () => String(Math.floor(random() * 3)));
  session.initialize("");
  for (let step = 0; step < 100; step += 1) {
    pass(Math.floor(random() * 5000));
    const dice = random();
    if (dice < 0.8) session.setValue(name(), one(samples));
    else if (dice < 0.88) session.getValue(name());
    else if (dice < 0.94) session.commit("");
    else if (dice < 0.97) session.finish("");
    else if (dice < 0.99) session.initialize("");
    else session.tick();
  }
}

/** A small random generator with a seed (mulberry32), so that a failure can be had again. */
function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
