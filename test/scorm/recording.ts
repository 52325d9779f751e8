import { expect } from "chai";
import type { Entry } from "../../plugins/scorm/runtime/journal.ts";
import type { Replay } from "../../plugins/scorm/runtime/replay.ts";
import type { Statement } from "../../plugins/scorm/statements/profile.ts";
import type { StatementContext } from "../../plugins/scorm/statements/telling.ts";

/** Whom and what statements in tests are about. */
export const statementContext: StatementContext = {
  actor: { account: { homePage: "https://lms.example", name: "l-1" } },
  registration: "0e9c1c5a-0d5e-4f3e-8f5c-3a8a6b1c2d3e",
  launchId: "launch-1",
  course: { id: "https://lms.example/courses/golf", name: "Golf" },
  sco: { id: "https://lms.example/courses/golf/item-1", name: "Etiquette" },
  sentAtMs: 1_009_000,
  receivedAtMs: Date.UTC(2030, 0, 1, 12, 0, 10),
};

/** The verbs of statements by their last names. */
export const verbs = (statements: readonly Statement[]): string[] => statements.map(({ verb }) => verb.id.replace("http://adlnet.gov/expapi/verbs/", ""));

/** What content does in a session; `pass` moves the clock. */
export type Run<Session> = (session: Session, pass: (ms: number) => void) => void;

/** Runs content in a browser's session on a clock of its own: its journal, and the state that it ends with. */
export function record<Setup, State, Session extends { state(): State }>(
  create: (setup: Setup, state: State | null, now: () => number, record: (entry: Entry) => void) => Session,
  setup: Setup,
  state: State | null,
  run: Run<Session>,
): { journal: Entry[]; state: State } {
  const journal: Entry[] = [];
  let nowMs = 1_000_000;
  const session = create(setup, state, () => nowMs, (entry) => journal.push(entry));
  run(session, (ms) => (nowMs += ms));
  return { journal, state: session.state() };
}

/** What the server makes of a journal that has no gap and nothing to refuse. */
export function stateOf<State>(replay: Replay<State>): State {
  if (!replay.ok) throw new Error(`a gap at ${replay.expectedSeq}`);
  expect(replay.divergences).to.deep.equal([]);
  return replay.state;
}
