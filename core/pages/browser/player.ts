import type { LearnerRequest, PageMessage, PlayerMessage, SaveState } from "../player-messages.ts";
import { leaveTo, moveApart, openApart } from "./player/apart.ts";
import { around } from "./player/situation.ts";

/* The page around a content frame: says what becomes of the learner's work, and leads out, elsewhere and into a window of its own. Anything from another origin or window is ignored. */
const exitWaitMs = 8000;
const quietMs = 4000;
/** While one of these is shown, news of another try would only flicker. */
const troubled = new Set<string | undefined>(["offline", "retrying", "elsewhere"]);
const outcomes = new Map([["passed", "Passed"], ["failed", "Not passed"], ["completed", "Completed"]]);
const frame = document.querySelector<HTMLIFrameElement>("iframe[data-player]");
const words = document.querySelector<HTMLElement>("[data-saved]");
if (frame && words) play(frame, words);

function play(frame: HTMLIFrameElement, words: HTMLElement): void {
  const { contentOrigin: origin = "", keeps, return: back = "/" } = frame.dataset;
  const say = speaker(words);
  const tell = (message: PageMessage) => frame.contentWindow?.postMessage(message, origin);
  const course = around(document, { ask: go, arrived: () => frame.focus() });
  let [ready, outcome, savedAt] = [false, "", ""];
  /** What follows once the content is gone. */
  let leaving: (() => void) | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const saySaved = () => say("saved", outcome ? `${outcome}, saved ${clock(savedAt)}` : `Saved ${clock(savedAt)}`);

  function go(request: LearnerRequest): void {
    if (leaving) return;
    course.wait();
    tell({ type: "cadre.navigate", request });
  }

  function hear(message: PlayerMessage): void {
    ready = true;
    if (message.type === "cadre.ready") enter();
    if (message.type === "cadre.situation" && !leaving) {
      course.show(message);
      // Opened anew, the page goes on where the learner is, not where they came in.
      history.replaceState(history.state, "", location.pathname);
    }
    if (message.type === "cadre.reopen") return location.assign(message.target ? `?unit=${encodeURIComponent(message.target)}` : location.pathname);
    if (message.type === "cadre.exited" && leaving) return message.saved === false ? sayUnsaved() : leaving();
    // A preview keeps nothing, and the page says so from the start.
    if (keeps === "nothing" || leaving) return;
    if (message.type === "cadre.saved") savedAt = message.at;
    if (message.type === "cadre.finished") outcome = outcomes.get(message.lessonStatus) ?? "";
    if ((message.type === "cadre.saved" || message.type === "cadre.finished") && savedAt) saySaved();
    if (message.type === "cadre.elsewhere") say("elsewhere", "Open elsewhere: nothing is saved from here");
    if (message.type === "cadre.status") sayState(message.state);
  }

  function sayState(state: SaveState): void {
    if (state === "saving" && !troubled.has(words.parentElement?.dataset.state)) say("saving", "Saving…");
    if (state === "retrying") say("retrying", "The site does not answer: your work is kept on this device. Trying again…");
    if (state === "offline") say("offline", "Offline: your work is kept on this device and sent later");
    if (state === "refused") say("refused", "Not saved: this page was open for too long. Reload it to go on; your work is kept on this device until then");
  }

  /** Has the content save and go, then does what follows; at once where nothing ever spoke, for that has nothing to save. */
  function leave(next: () => void, sayWhile: string): void {
    if (leaving || !ready) return next();
    leaving = next;
    if (keeps !== "nothing") say("saving", sayWhile);
    tell({ type: "cadre.exit" });
    patience = setTimeout(next, exitWaitMs);
  }

  function sayUnsaved(): void {
    clearTimeout(patience);
    say("offline", "Not everything could be sent. It is kept on this device and sent when you come back. Press Exit again to leave");
  }

  window.addEventListener("message", ({ origin: sender, source, data }: MessageEvent<PlayerMessage | null>) => {
    if (sender === origin && source === frame.contentWindow && typeof data?.type === "string") hear(data);
  });

  document.querySelector("[data-exit]")?.addEventListener("click", (event) => {
    event.preventDefault();
    leave(() => leaveTo(back), "Saving, then leaving…");
  });

  document.querySelector("[data-window]")?.addEventListener("click", () => {
    const apart = openApart();
    if (!apart) return say("refused", "This browser lets no window open. Allow it for this site, and try again");
    leave(() => {
      clearTimeout(patience);
      say("idle", "Open in a window of its own");
      moveApart(apart, document, back);
    }, "Saving, then opening the window…");
  });

  const fullScreen = document.querySelector<HTMLElement>("[data-fullscreen]");
  if (fullScreen) fullScreen.hidden = !document.fullscreenEnabled;
  fullScreen?.addEventListener("click", () => {
    if (document.fullscreenElement) return void document.exitFullscreen();
    // Of a course the steps stay on screen.
    const isCourse = document.querySelector("[data-steps]:not([hidden])") !== null;
    void (isCourse ? document.documentElement : frame).requestFullscreen();
  });

  /** Who is nowhere else is in the content, and in what is there now, not in what was there before it. */
  function enter(): void {
    if (document.activeElement !== frame && document.activeElement !== document.body) return;
    frame.blur();
    frame.focus();
  }

  enter();
  // The frame may have begun before this script had loaded.
  tell({ type: "cadre.hello" });
}

/** Shows a change of state at once; news of the same state at most every few seconds, so that a screen reader is not flooded. */
function speaker(words: HTMLElement): (state: string, text: string) => void {
  let spokenAt = -quietMs;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return (state, text) => {
    const place = words.parentElement ?? words;
    const speak = () => {
      spokenAt = performance.now();
      place.dataset.state = state;
      words.textContent = text;
    };
    clearTimeout(waiting);
    const restMs = place.dataset.state === state ? spokenAt + quietMs - performance.now() : 0;
    if (restMs <= 0) speak();
    else waiting = setTimeout(speak, restMs);
  };
}

function clock(at: string): string {
  return new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at ? new Date(at) : new Date());
}
