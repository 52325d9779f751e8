import { emptyStore, openEngine, type Course2004, type CourseItem } from "../../plugins/scorm/runtime/engine/index.ts";
import { createSession2004 } from "../../plugins/scorm/runtime/scorm2004/index.ts";
import { defaultSequencing, primaryObjective } from "../../plugins/scorm/runtime/sequencing/index.ts";
import { compare, type Figure } from "./measure.ts";

/** A request of a learner in a SCORM 2004 course of 187 activities, with the table of contents that follows, against reading and writing the state it works on. */
export async function bench(): Promise<Figure[]> {
  const course = courseOf187();
  const open = (state: string | null) => openEngine(course, { state: state === null ? null : (JSON.parse(state) as never), store: emptyStore(), nowMs: Date.now(), seed: 1 });
  const first = open(null);
  first.start();
  let state = JSON.stringify(first.state());
  const request = async () => {
    const engine = open(state);
    if (engine.navigate({ kind: "continue" }).ended) engine.start();
    engine.contents(engine.valid());
    state = JSON.stringify(engine.state());
    return 1;
  };
  const bare = async () => JSON.stringify(JSON.parse(state)).length && 1;
  return [await compare("SCORM 2004 request, 187 activities (bare: JSON)", "requests", 1, request, bare), await getValues(first)];
}

/** Elements read out of a data model with 250 interactions, against reading members of an object. */
async function getValues(engine: ReturnType<typeof openEngine>): Promise<Figure> {
  const { setup, state } = engine.launch({ learnerId: "learner", learnerName: "Learner" })!;
  const session = createSession2004(setup, state, Date.now);
  session.initialize("");
  for (let n = 0; n < 250; n++) session.setValue(`cmi.interactions.${n}.id`, `i${n}`);
  const asked = ["cmi.interactions.249.id", "cmi.completion_status", "cmi.objectives._count", "adl.nav.request_valid.choice.{target=a}"];
  const values: Record<string, string> = Object.fromEntries(asked.map((element) => [element, session.getValue(element)]));
  const reads = (read: (element: string) => string | undefined) => async () => {
    for (let round = 0; round < 250; round++) for (const element of asked) read(element);
    return 1000;
  };
  return compare("SCORM 2004 GetValue (bare: a member of an object)", "reads", 1, reads((element) => session.getValue(element)), reads((element) => values[element]));
}

/** Six modules of five lessons of five parts, all in flow. */
export function courseOf187(): Course2004 {
  const items = [0, 1, 2, 3, 4, 5].map((m) => item(`m${m}`, [0, 1, 2, 3, 4].map((n) => item(`m${m}n${n}`, [0, 1, 2, 3, 4].map((a) => item(`m${m}n${n}a${a}`, []))))));
  return { edition: "4th", identifier: "course", title: "Course", sequencing: sequencing(), objectivesGlobalToSystem: true, sharedDataGlobalToSystem: true, items };
}

function item(identifier: string, children: CourseItem[]): CourseItem {
  const silent = { hiddenControls: [], dataFromLms: "", timeLimitAction: "", maxTimeAllowed: "", completionThreshold: null, sharedData: [] };
  return { identifier, title: identifier, visible: true, scormType: "sco", ...silent, sequencing: sequencing(), children };
}

function sequencing() {
  const all = defaultSequencing();
  const maps = [{ target: "shared", read: [], write: ["satisfied" as const] }];
  return { ...all, controlMode: { ...all.controlMode, flow: true }, objectives: [{ ...primaryObjective(), id: "primary", maps }] };
}
