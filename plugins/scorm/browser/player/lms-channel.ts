import type { LearnerRequest, Situation } from "../../runtime/playing.ts";
import type { SaveState } from "./sender.ts";

/** What the player tells the LMS page that holds it. */
export type PlayerMessage =
  | { type: "cadre.ready" }
  | { type: "cadre.status"; state: SaveState; pending: number }
  /** The content is open in another page; this one shows why it does not play. */
  | { type: "cadre.elsewhere" }
  /** Everything is stored; `at` is the server's time, RFC 3339 UTC. */
  | { type: "cadre.saved"; at: string }
  /** The content called LMSFinish, and the server has it. */
  | { type: "cadre.finished"; lessonStatus: string; ended: string | null; score: { raw?: number; scaled?: number } | null }
  /** What the learner may do now; `message` says why something was not done, `ended` that the course was left. */
  | ({ type: "cadre.situation"; message: string | null; ended: boolean } & Pick<Situation, "contents" | "controls">)
  /** Nothing runs that could be left for what was asked: the page is to be opened anew, at this activity. */
  | { type: "cadre.reopen"; target: string | null }
  /** Answer to cadre.exit: the content is gone; `saved` is false when something is still to be sent (kept on this device). */
  | { type: "cadre.exited"; saved: boolean };

/** The way to the LMS page: the window that holds the player, or that opened it. Both ways only to and from the one given origin. */
export interface LmsChannel {
  tell(message: PlayerMessage): void;
  onExit(leave: () => void): void;
  /** Gets what the learner asks for with the LMS page's own controls. */
  onNavigate(go: (request: LearnerRequest) => void): void;
}

export function openLmsChannel(lmsOrigin: string, launchId: string): LmsChannel {
  const lms: Window | null = window.parent !== window ? window.parent : (window.opener as Window | null);
  const hear = (type: string, listen: (data: { request?: unknown }) => void) =>
    window.addEventListener("message", (event: MessageEvent<{ type?: unknown; request?: unknown } | null>) => {
      if (event.origin === lmsOrigin && event.source === lms && event.data?.type === type) listen(event.data);
    });
  return {
    tell: (message) => lms?.postMessage({ ...message, launchId }, lmsOrigin),
    onExit: (leave) => hear("cadre.exit", leave),
    onNavigate: (go) => hear("cadre.navigate", ({ request }) => go(request as LearnerRequest)),
  };
}
