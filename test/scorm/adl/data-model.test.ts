import { expect } from "chai";
import { createSession2004, launch2004, outcome2004, setup2004, type Setup2004, type State2004 } from "../../../plugins/scorm/runtime/scorm2004/index.ts";
import { adlCase, manifestOf, needCases } from "./cases.ts";
import { disagreement } from "./compare.ts";

/** The parts of a setup that an item's own lines in the manifest say, as far as these packages use them. */
function declared(manifest: string, act: string): Partial<Setup2004> {
  const [item = ""] = new RegExp(`<item identifier="activity_${act}".*?</item>`, "s").exec(manifest) ?? [];
  const [threshold, minimum = "1.0"] = /completedByMeasure="true"(?: minProgressMeasure="(.*?)")?/.exec(item) ?? [];
  const [byMeasure] = /satisfiedByMeasure="true"/.exec(item) ?? [];
  const maps = [...item.matchAll(/<adlcp:map targetID = "(\w+)"(.*?)\/>/g)];
  return {
    launchData: /<adlcp:dataFromLMS>(.*?)<\/adlcp:dataFromLMS>/.exec(item)?.[1] ?? "",
    timeLimitAction: /<adlcp:timeLimitAction>(.*?)<\/adlcp:timeLimitAction>/.exec(item)?.[1] ?? "",
    completionThreshold: threshold ? Number(minimum) : null,
    scaledPassingScore: byMeasure ? Number(/<imsss:minNormalizedMeasure>(.*?)</.exec(item)?.[1] ?? "1.0") : null,
    sharedData: maps.map(([, id = "", rights = ""]) => ({ id, value: "", read: !rights.includes('readSharedData="false"'), write: !rights.includes('writeSharedData="false"') })),
  };
}

/** What the sequencer makes of how an activity was left: suspended by its exit, or with everything else by a request. */
function suspended(setup: Setup2004, state: State2004 | undefined): boolean {
  if (!state) return false;
  const { exit, navRequest } = outcome2004(setup, state);
  return exit === "suspend" || navRequest?.kind === "suspendAll";
}

/** Runs the cases that need no sequencer: one activity after the other, resumed where its content left it suspended. Gives how many calls there were, and each that disagrees. */
function run(id: string): { calls: number; wrong: string[] } {
  let calls = 0;
  const wrong: string[] = [];
  const manifest = manifestOf(id);
  const states = new Map<string, State2004>();
  const shared = new Map<string, string>();
  for (const { key, act, steps } of adlCase(id).activities) {
    const base = setup2004({ learnerId: "l-1", learnerName: "Testtaker, John", ...declared(manifest, act) });
    const sharedData = base.sharedData.map((bucket) => ({ ...bucket, value: shared.get(bucket.id) ?? "" }));
    const valid = { continue: "false", previous: "false", choice: {}, jump: {} } as const;
    const setup: Setup2004 = { ...base, entry: suspended(base, states.get(act)) ? "resume" : "ab-initio", sharedData, valid };
    const session = createSession2004(setup, launch2004(setup, states.get(act) ?? null), () => 1_000_000);
    for (const step of steps) {
      calls += 1;
      const found = step.ignored ? null : disagreement(step, session, setup.learnerId);
      if (found) wrong.push(`${key}: ${found}`);
    }
    session.terminate("");
    states.set(act, session.state());
    for (const [bucket, value] of Object.entries(outcome2004(setup, session.state()).sharedData)) shared.set(bucket, value);
  }
  return { calls, wrong };
}

describe("the SCORM 2004 data model before ADL's cases", () => {

  before(function () {
    needCases(this);
  });

  it("answers every call of API, the implementation of the API, as it must", () => {
    expect(run("API")).to.deep.equal({ calls: 30, wrong: [] });
  });

  it("answers every call of DMI, the implementation of the data model, as it must", () => {
    expect(run("DMI")).to.deep.equal({ calls: 8_161, wrong: [] });
  });

  it("answers every call of DMB, the behavior of the data model over launches, as it must", () => {
    expect(run("DMB")).to.deep.equal({ calls: 235, wrong: [] });
  });
});
