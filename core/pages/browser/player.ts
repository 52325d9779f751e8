/**
 * The page around a content frame. The frame, on its own origin, says what became of the learner's work:
 * `cadre.saved { at }`, `cadre.offline`, `cadre.status { text }`; asked with `cadre.exit`, it saves and answers `cadre.exited`.
 * Anything from another origin or window is ignored.
 */
interface Message {
  type: string;
  at?: string;
  text?: string;
}

const exitWaitMs = 5000;
const quietMs = 4000;
const frame = document.querySelector<HTMLIFrameElement>("iframe[data-player]");
const words = document.querySelector<HTMLElement>("[data-saved]");
if (frame && words) play(frame, words);

function play(frame: HTMLIFrameElement, words: HTMLElement): void {
  const origin = frame.dataset.contentOrigin ?? "";
  const leave = () => location.assign(frame.dataset.return ?? "/");
  const say = speaker(words);
  let leaving = false;

  window.addEventListener("message", ({ origin: sender, source, data }: MessageEvent<Message | null>) => {
    if (sender !== origin || source !== frame.contentWindow || typeof data?.type !== "string") return;
    if (data.type === "cadre.saved") say("saved", `Saved ${clock(data.at)}`);
    if (data.type === "cadre.offline") say("offline", "Offline: your work is kept here and sent later");
    if (data.type === "cadre.status" && data.text) say("status", data.text);
    if (data.type === "cadre.exited" && leaving) leave();
  });

  document.querySelector("[data-exit]")?.addEventListener("click", (event) => {
    event.preventDefault();
    if (leaving) return leave();
    leaving = true;
    say("status", "Saving, then leaving…");
    frame.contentWindow?.postMessage({ type: "cadre.exit" }, origin);
    setTimeout(leave, exitWaitMs);
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

function clock(at: string | undefined): string {
  const time = at === undefined ? new Date() : new Date(at);
  return new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(time);
}
