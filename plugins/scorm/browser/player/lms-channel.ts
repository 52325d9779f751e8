import type { LearnerRequest, PageMessage, PlayerMessage } from "cadre";

/** The way to the LMS page: the window that holds the player, or that opened it. Both ways only to and from the one given origin. */
export interface LmsChannel {
  /** A page that hears only later is told the last message of each type again. */
  tell(message: PlayerMessage): void;
  onExit(leave: () => void): void;
  /** Gets what the learner asks for with the LMS page's own controls. */
  onNavigate(go: (request: LearnerRequest) => void): void;
}

export function openLmsChannel(lmsOrigin: string, launchId: string): LmsChannel {
  const lms: Window | null = window.parent !== window ? window.parent : (window.opener as Window | null);
  const hear = <Type extends PageMessage["type"]>(type: Type, listen: (message: Extract<PageMessage, { type: Type }>) => void) =>
    window.addEventListener("message", ({ origin, source, data }: MessageEvent<PageMessage | null>) => {
      if (origin === lmsOrigin && source === lms && data?.type === type) listen(data as Extract<PageMessage, { type: Type }>);
    });
  const last = new Map<string, PlayerMessage>();
  const post = (message: PlayerMessage) => lms?.postMessage({ ...message, launchId }, lmsOrigin);
  hear("cadre.hello", () => last.forEach(post));
  return {
    tell(message) {
      last.set(message.type, message);
      post(message);
    },
    onExit: (leave) => hear("cadre.exit", leave),
    onNavigate: (go) => hear("cadre.navigate", ({ request }) => go(request)),
  };
}
