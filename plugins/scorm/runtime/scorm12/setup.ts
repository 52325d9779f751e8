import type { Mode } from "../session-state.ts";

/** How a package's content is to be taken where the standard and the real world differ; set per package. */
export interface Switches12 {
  /** 4,096 characters of suspend_data, as the standard says, instead of 64,000. */
  strictSuspendData: boolean;
  /** Whether the manifest's mastery score decides between passed and failed even where the content set a status of its own. */
  masteryScore: "follow manifest" | "trust content";
  /** Whether the journal's clock counts the time of a session in which the content set no session_time (see `sessionTimeMs`). */
  elapsedTime: "when content is silent" | "never";
  /** Whether a session that ended with an exit other than "suspend" makes the next launch a new attempt (see `launch12`). */
  newAttempt: "after explicit exit" | "never";
}

/** All that a run of one SCO needs to know beforehand; the browser and the server must be given the same. All texts as the content reads them. */
export interface Setup12 {
  /** No blanks, at most 255 characters, never an e-mail address. */
  learnerId: string;
  /** "Last, First". */
  learnerName: string;
  mode: Mode;
  credit: "credit" | "no-credit";
  /** adlcp:datafromlms. */
  launchData: string;
  /** adlcp:masteryscore, "" for none. */
  masteryScore: string;
  /** adlcp:maxtimeallowed, "" for none. */
  maxTimeAllowed: string;
  /** adlcp:timelimitaction, "" for none. */
  timeLimitAction: string;
  commentsFromLms: string;
  /** Ids of the objectives that exist before the content first runs. */
  objectives: string[];
  /** A silence longer than this counts as this long in elapsed time. */
  idleLimitMs: number;
  switches: Switches12;
}

/** A setup with everything unsaid at its default: a normal launch for credit, lenient where real content needs it. */
export function setup12(given: Pick<Setup12, "learnerId" | "learnerName"> & Partial<Omit<Setup12, "switches">> & { switches?: Partial<Switches12> }): Setup12 {
  return {
    mode: "normal",
    credit: "credit",
    launchData: "",
    masteryScore: "",
    maxTimeAllowed: "",
    timeLimitAction: "",
    commentsFromLms: "",
    objectives: [],
    idleLimitMs: 30 * 60_000,
    ...given,
    switches: {
      strictSuspendData: false,
      masteryScore: "follow manifest",
      elapsedTime: "when content is silent",
      newAttempt: "after explicit exit",
      ...given.switches,
    },
  };
}
