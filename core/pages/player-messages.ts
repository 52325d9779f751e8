/** A row of a course's table of contents as the learner sees it. */
export interface ContentsRow {
  identifier: string;
  title: string;
  /** From 0. */
  level: number;
  /** Whether it may be chosen now. */
  enabled: boolean;
  current: boolean;
  /** False for a heading. */
  opens: boolean;
  status: "not-started" | "in-progress" | "completed" | "passed" | "failed";
}

/** The steps that a course of several activities may offer. */
export type PlayerControl = "continue" | "previous" | "exitAll";

/** What the learner sees around content that leads through several activities. */
export interface Surroundings {
  contents: readonly ContentsRow[];
  /** Whether each would be done now; those that the content wants hidden are left out. */
  controls: Partial<Record<PlayerControl, boolean>>;
}

/** What a learner asks for; "leave" is to go away for now. */
export type LearnerRequest = { kind: PlayerControl | "leave" } | { kind: "choice"; target: string };

/** `saved`: the server has everything. `offline`: there is no network. `retrying`: the server does not answer. In both it is tried again. `refused`: it will not take this launch any more. */
export type SaveState = "saved" | "saving" | "offline" | "retrying" | "refused";

/** What the frame of content, on its own origin, tells the page around it, by `postMessage` to that page's origin only. */
export type PlayerMessage =
  | { type: "cadre.ready" }
  /** `pending` entries are not acknowledged yet. */
  | { type: "cadre.status"; state: SaveState; pending: number }
  /** The content is open in another page; the frame shows why it does not play. */
  | { type: "cadre.elsewhere" }
  /** Everything is stored; `at` is the server's time, RFC 3339 UTC. */
  | { type: "cadre.saved"; at: string }
  /** The content has ended, and the server has it. */
  | { type: "cadre.finished"; lessonStatus: string; ended: string | null; score: { raw?: number; scaled?: number } | null }
  /** What the learner may do now; `message` says why something was not done, `ended` that the course was left. */
  | ({ type: "cadre.situation"; message: string | null; ended: boolean } & Surroundings)
  /** Nothing runs that could be left for what was asked: the page is to be opened anew, at this activity. */
  | { type: "cadre.reopen"; target: string | null }
  /** Answer to `cadre.exit`: the content is gone; `saved` is false when something is still to be sent (kept on this device). */
  | { type: "cadre.exited"; saved: boolean };

/** What the page tells the frame: that it hears (whatever it was told before is told again), to save and go, or where the learner wants to go. */
export type PageMessage = { type: "cadre.hello" } | { type: "cadre.exit" } | { type: "cadre.navigate"; request: LearnerRequest };
