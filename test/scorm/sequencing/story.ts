import { expect } from "chai";
import { emptyStore, openEngine, type Course2004, type Engine, type EngineAnswer, type LearnerStore } from "../../../plugins/scorm/runtime/engine/index.ts";
import { createSession2004 } from "../../../plugins/scorm/runtime/scorm2004/index.ts";
import type { NavigationRequest, SequencingSwitches } from "../../../plugins/scorm/runtime/sequencing/index.ts";

/**
 * What happens, and what must come of it. On the left, after what the current content says ("passed, score 0.5, progress 1, exit suspend,
 * objective o1 failed"), a request ("continue", "choice b", "nothing"); or a question ("status b", "may choose b", "sees b", "hears o1").
 * On the right the activity delivered, "ended", "nothing" or the code of the refusal; or the answer.
 */
export type Step = [happens: string, comes: string];

/** A case: a sentence that begins with the process it is about, a course, and what happens in it. */
export type Story = [sentence: string, course: Course2004, ...steps: Step[]];

/** Registers a test for each story. */
export function stories(about: string, ...table: Story[]): void {
  describe(about, () => {
    for (const [sentence, course, ...steps] of table) it(sentence, () => void tell(course, steps));
  });
}

/** What else a telling can begin with, and what it leaves. */
export interface Circumstances {
  store?: LearnerStore;
  switches?: Partial<SequencingSwitches>;
  seed?: number;
  /** What each step adds to the clock. */
  stepMs?: number;
}

const learner = { learnerId: "l1", learnerName: "Learner, A" };

/** Goes through the steps; between any two the state goes through JSON, as it does in a database. Gives the engine as it is at the end. */
export function tell(course: Course2004, steps: readonly Step[], { store = emptyStore(), switches, seed = 1, stepMs = 1000 }: Circumstances = {}): Engine {
  let nowMs = 0;
  const open = (before: Engine | null) => {
    nowMs += stepMs;
    const state = before && (JSON.parse(JSON.stringify(before.state())) as ReturnType<Engine["state"]>);
    return openEngine(course, { state, store: before?.store() ?? store, nowMs, seed, ...(switches && { switches }) });
  };
  let engine = open(null);
  for (const [happens, comes] of steps) {
    engine = open(engine);
    expect(happening(engine, happens), `${happens}\n${engine.trace().entries.map(({ process, activity, reason }) => `  ${process} ${activity ?? ""}: ${reason}`).join("\n")}`).to.equal(comes);
  }
  return engine;
}

function happening(engine: Engine, happens: string): string {
  const said = happens.split(", ");
  const last = said.pop() ?? "";
  const answer = question(engine, last);
  if (answer !== null) return answer;
  const request = requestOf(last);
  if (last === "start") return told(engine.start());
  const launch = engine.launch(learner);
  if (!launch) return told(request ? engine.navigate(request) : { delivery: null, ended: false, refusal: null });
  const session = createSession2004(launch.setup, launch.state, () => 0);
  session.initialize("");
  for (const one of said) for (const [element, value] of elementsOf(one, launch.state.cmi)) expect(session.setValue(element, value), `${element} ${session.getDiagnostic("")}`).to.equal("true");
  session.terminate("");
  return told(engine.leave({ setup: launch.setup, state: session.state() }, request));
}

function told({ delivery, ended, refusal }: EngineAnswer): string {
  return refusal?.exception ?? delivery ?? (ended ? "ended" : "nothing");
}

function question(engine: Engine, last: string): string | null {
  const [word, ...rest] = last.split(" ");
  const yes = (holds: boolean) => (holds ? "yes" : "no");
  const valid = () => engine.valid();
  const entry = () => engine.contents(valid()).find(({ identifier }) => identifier === rest[0]);
  switch (word) {
    case "may":
      return yes(rest[0] === "choose" ? valid().choice[rest[1] ?? ""] === true : rest[0] === "jump" ? valid().jump[rest[1] ?? ""] === true : valid()[rest[0] as "continue"]);
    case "sees":
      return yes(entry()?.visible === true);
    case "status": {
      const status = entry()?.status;
      const known = [status?.completion, status?.success].map((one) => (one === "unknown" ? "-" : one));
      const number = (one: number | null | undefined) => one?.toFixed(4).replace(/\.?0+$/, "") ?? "-";
      return [...known, number(status?.measure), number(status?.progress), `${status?.attempts}x`].join(" ");
    }
    case "hears": {
      const launch = engine.launch(learner);
      const row = Object.entries(launch?.state.cmi ?? {}).find(([name, value]) => name.endsWith(".id") && value === rest[0])?.[0].replace(/\.id$/, "") ?? "";
      return [`${row}.success_status`, `${row}.completion_status`, `${row}.score.scaled`].map((name) => launch?.state.cmi[name] ?? "-").join(" ");
    }
    case "entry":
      return engine.launch(learner)?.setup.entry ?? "";
    default:
      return null;
  }
}

function requestOf(last: string): NavigationRequest | null {
  const [kind, target] = last.split(" ");
  if (kind === "nothing" || kind === "start") return null;
  return (target === undefined ? { kind } : { kind, target }) as NavigationRequest;
}

/** What a phrase sets in the data model. */
function elementsOf(phrase: string, cmi: Record<string, string>): [element: string, value: string][] {
  const [word = "", first = "", second = "", third = ""] = phrase.split(" ");
  switch (word) {
    case "passed":
    case "failed":
      return [["cmi.success_status", word]];
    case "completed":
    case "incomplete":
      return [["cmi.completion_status", word]];
    case "unknown":
      return [[`cmi.${first}_status`, "unknown"]];
    case "score":
      return [["cmi.score.scaled", first]];
    case "progress":
      return [["cmi.progress_measure", first]];
    case "exit":
      return [["cmi.exit", first]];
    case "asks":
      return [["adl.nav.request", second ? `{target=${second}}${first}` : first]];
    case "objective": {
      const at = Object.entries(cmi).find(([name, value]) => /^cmi\.objectives\.\d+\.id$/.test(name) && value === first)?.[0].replace(/\.id$/, "") ?? "";
      const member = { passed: "success_status", failed: "success_status", completed: "completion_status", incomplete: "completion_status", score: "score.scaled", progress: "progress_measure" }[second] ?? "";
      return [[`${at}.${member}`, third || second]];
    }
    default:
      throw new Error(`What does "${phrase}" set?`);
  }
}
