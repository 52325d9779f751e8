import { surroundings, type Request, type Situation } from "./player/situation.ts";

/**
 * The page around a content frame. The frame, on its own origin, says what becomes of the learner's work: `cadre.ready`,
 * `cadre.status { state: saving | saved | offline | retrying | refused, pending }`, `cadre.saved { at }`, `cadre.finished { lessonStatus }`,
 * `cadre.elsewhere` where another page plays the same content; asked with `cadre.exit`, it saves and answers `cadre.exited { saved }`.
 * A course of several activities tells `cadre.situation`, is asked with `cadre.navigate { request }`, and may answer `cadre.reopen { target }`, for the page to be opened anew. Anything from another origin or window is ignored.
 */
interface Message extends Partial<Situation> {
  type: string;
  target?: string | null;
  state?: string;
  at?: string;
  lessonStatus?: string;
  saved?: boolean;
}

const exitWaitMs = 8000;
const quietMs = 4000;
/** While one of these is shown, news of another try would only flicker. */
const troubled = new Set<string | undefined>(["offline", "retrying", "elsewhere"]);
const outcomes: Record<string, string> = { passed: "Passed", failed: "Not passed", completed: "Completed" };
const frame = document.querySelector<HTMLIFrameElement>("iframe[data-player]");
const words = document.querySelector<HTMLElement>("[data-saved]");
if (frame && words) play(frame, words);

function play(frame: HTMLIFrameElement, words: HTMLElement): void {
  const { contentOrigin: origin = "", keeps, return: back = "/" } = frame.dataset;
  const leave = () => location.assign(back);
  const say = speaker(words);
  const around = surroundings(document, go);
  let [ready, leaving, outcome, savedAt] = [false, false, "", ""];
  let patience: ReturnType<typeof setTimeout> | undefined;

  const saySaved = () => say("saved", outcome ? `${outcome}, saved ${clock(savedAt)}` : `Saved ${clock(savedAt)}`);

  function go(request: Request): void {
    if (leaving) return;
    around.wait();
    frame.contentWindow?.postMessage({ type: "cadre.navigate", request }, origin);
  }

  function hear(message: Message): void {
    const { type, state, at, lessonStatus, saved, target } = message;
    ready = true;
    if (type === "cadre.situation" && !leaving) around.show(message as Message & Situation);
    if (type === "cadre.reopen") return location.assign(target ? `?unit=${encodeURIComponent(target)}` : location.pathname);
    if (type === "cadre.exited" && leaving) return saved === false ? sayUnsaved() : leave();
    // A preview keeps nothing, and the page says so from the start.
    if (keeps === "nothing" || leaving) return;
    if (type === "cadre.saved") savedAt = at ?? "";
    if (type === "cadre.finished") outcome = outcomes[lessonStatus ?? ""] ?? "";
    if ((type === "cadre.saved" || type === "cadre.finished") && savedAt) saySaved();
    if (type === "cadre.elsewhere") say("elsewhere", "Open elsewhere: nothing is saved from here");
    if (state === "saving" && !troubled.has(words.parentElement?.dataset.state)) say("saving", "Saving…");
    if (state === "retrying") say("retrying", "The site does not answer: your work is kept on this device. Trying again…");
    if (state === "offline") say("offline", "Offline: your work is kept on this device and sent later");
    if (state === "refused") say("refused", "Not saved: this page was open for too long. Reload it to go on; your work is kept on this device until then");
  }

  function sayUnsaved(): void {
    clearTimeout(patience);
    say("offline", "Not everything could be sent. It is kept on this device and sent when you come back. Press Exit again to leave");
  }

  window.addEventListener("message", ({ origin: sender, source, data }: MessageEvent<Message | null>) => {
    if (sender === origin && source === frame.contentWindow && typeof data?.type === "string") hear(data);
  });

  document.querySelector("[data-exit]")?.addEventListener("click", (event) => {
    event.preventDefault();
    // What never spoke has nothing to save.
    if (leaving || !ready) return leave();
    leaving = true;
    if (keeps !== "nothing") say("saving", "Saving, then leaving…");
    frame.contentWindow?.postMessage({ type: "cadre.exit" }, origin);
    patience = setTimeout(leave, exitWaitMs);
  });

  document.querySelector("[data-fullscreen]")?.addEventListener("click", () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void frame.requestFullscreen();
  });

  frame.focus();
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
