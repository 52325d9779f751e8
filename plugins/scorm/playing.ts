import type { LearnerRequest, Surroundings } from "cadre";
import type { CommitRequest, CommitResponse } from "./runtime/journal.ts";
import type { Setup2004, State2004, Valid2004 } from "./runtime/scorm2004/index.ts";

/** One activity to run: what a page of SCORM 2004 content needs. */
export interface Delivery {
  /** New for every delivery: the journal is numbered within it. */
  launchId: string;
  /** The same for all deliveries of one learner's registration of one activity. */
  scope: string;
  activity: string;
  title: string;
  /** Null where the manifest's file is not in the package. */
  scoUrl: string | null;
  setup: Setup2004;
  /** As `launch2004` made it. */
  state: State2004;
}

/** What the learner sees around the content: exactly what the sequencer would accept now. */
export interface Situation extends Surroundings {
  /** What content reads in adl.nav.request_valid. */
  valid: Valid2004;
}

/** What the sequencer made of a request, or of the end of a session. */
export interface Move {
  /** What runs next; null where nothing does, or where the content stays. */
  delivery: Delivery | null;
  /** Whether the course was left. */
  ended: boolean;
  /** Why the request was refused, for people. */
  message: string | null;
}

/** A commit of SCORM 2004 may ask for a move; `number` counts what this page asked for, from 1, so that asking again is no second request. */
export interface CommitRequest2004 extends CommitRequest {
  navigation?: { number: number; request: LearnerRequest };
  /** In a preview, of which nothing is kept: where the learner is. */
  activity?: string;
}

/** `move` is answered as long as the page that asks was left by it; `situation` wherever it may have changed. */
export interface CommitResponse2004 extends CommitResponse {
  move?: Move;
  situation?: Situation;
}
