import type { Delivery, Situation } from "../../playing.ts";

/** What the server embeds in the page of a SCORM 2004 course as JSON in `<script type="application/json" id="cadre-launch">`. */
export interface Bootstrap2004 {
  standard: "scorm2004";
  /** Of the launch itself; each delivery has a journal of its own. */
  launchId: string;
  /** The same for all launches of one learner's registration of one course: what an earlier page left unsent is found by it. */
  scope: string;
  /** Bearer token that can commit for this registration and nothing else. */
  token: string;
  commitUrl: string;
  /** The only origin that is spoken to and listened to. */
  lmsOrigin: string;
  /** What runs first; null where the learner is to choose. */
  delivery: Delivery | null;
  situation: Situation;
  /** Why nothing runs. */
  message: string | null;
  /** The page that plays the same course; nothing may start before the learner chose to go on here. */
  elsewhere?: { launchId: string };
}
