import type { Setup12, State12 } from "../../runtime/scorm12/index.ts";

/** What the server embeds in the player page as JSON in `<script type="application/json" id="cadre-launch">`. */
export interface Bootstrap {
  standard: "scorm12";
  /** New for every page the server renders: the journal is numbered within it. */
  launchId: string;
  /** The same for all launches of one learner's registration of one SCO on this content origin: what an earlier page left unsent is found by it. */
  scope: string;
  /** Bearer token that can commit for this registration and nothing else. */
  token: string;
  /** Where commits are posted; on the player's own origin. */
  commitUrl: string;
  scoUrl: string;
  /** The only origin that is spoken to and listened to. */
  lmsOrigin: string;
  /** Names the content's frame for screen readers. */
  title: string;
  setup: Setup12;
  /** As `launch12` made it. */
  state: State12;
  /** The page that plays the same content; nothing may start before the learner chose to go on here. */
  elsewhere?: { launchId: string };
}

/** Reads the embedded launch. @throws when the page has none */
export function readBootstrap<Embedded = Bootstrap>(page: Document): Embedded {
  return JSON.parse(page.getElementById("cadre-launch")?.textContent ?? "") as Embedded;
}
