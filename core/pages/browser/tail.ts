/**
 * Makes the page of live statements live: what comes over the socket is put on top, 200 lines at most; while it is paused, up to
 * 200 wait. A lost connection is opened again where it broke off.
 */
import { dateTime, duration, percent } from "../words.ts";

/** As core/lrs/browsing/statements.ts has it. */
interface Line {
  at: string;
  tone: string;
  actor: string;
  verb: string;
  verbId: string;
  object: string;
  score: number | null;
  success: boolean | null;
  durationMs: number | null;
  response: string | null;
  href: string;
  actorHref: string | null;
  objectHref: string | null;
}

const linesAtMost = 200;
const longestWaitMs = 30_000;
const notAllowed = 4003;

const place = document.querySelector<HTMLElement>("[data-live]");
if (place) follow(place);

function follow(place: HTMLElement): void {
  const part = <E extends HTMLElement>(name: string) => place.querySelector<E>(`[data-live-${name}]`) as E;
  const [list, words, button, empty, pattern] = [part("list"), part("words"), part<HTMLButtonElement>("pause"), part("empty"), part<HTMLTemplateElement>("line")];
  let after = place.dataset.after ?? "";
  let waiting: Line[] = [];
  let missed = false;
  let paused = false;
  let failures = 0;

  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = paused ? "Go on" : "Pause";
    if (!paused) show();
    tell();
  });
  connect();

  function connect(): void {
    const address = new URL(place.dataset.live ?? "", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("after", after);
    const socket = new WebSocket(address);
    socket.addEventListener("message", ({ data }) => {
      const { statements, skipped, through } = JSON.parse(String(data)) as { statements: Line[]; skipped: boolean; through: number };
      failures = 0;
      after = String(through);
      missed ||= skipped || waiting.length + statements.length > linesAtMost;
      waiting = [...waiting, ...statements].slice(-linesAtMost);
      if (!paused) show();
      tell();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      place.dataset.liveState = "lost";
      if (code === notAllowed) return void (words.textContent = reason);
      words.textContent = "The connection was lost. Connecting again…";
      setTimeout(connect, Math.min(longestWaitMs, 1000 * 2 ** failures++) * (0.75 + Math.random() / 2));
    });
  }

  function show(): void {
    for (const line of waiting.splice(0)) list.prepend(filledIn(pattern, line));
    while (list.children.length > linesAtMost) list.lastElementChild?.remove();
    empty.hidden = list.children.length > 0;
  }

  function tell(): void {
    place.dataset.liveState = paused ? "paused" : "live";
    const left = missed ? " Some were too many to show." : "";
    const more = waiting.length === 1 ? "One new statement waits." : waiting.length > 0 ? `${waiting.length} new statements wait.` : "Nothing new yet.";
    words.textContent = paused ? `Paused. ${more}${left}` : `Live.${left}`;
    if (!paused) missed = false;
  }
}

function filledIn(pattern: HTMLTemplateElement, line: Line): HTMLElement {
  const item = (pattern.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  const put = (name: string, text: string | null, href?: string | null): void => {
    const element = item.querySelector<HTMLElement>(`[data-${name}]`) as HTMLElement;
    if (text === null) return element.remove();
    (name === "duration" ? (element.lastElementChild as HTMLElement) : element).textContent = text;
    if (href) element.setAttribute("href", href);
  };
  item.classList.add(line.tone, "fresh");
  put("actor", line.actor, line.actorHref);
  put("verb", line.verb);
  item.querySelector("[data-verb]")?.setAttribute("title", line.verbId);
  put("object", line.object, line.objectHref);
  put("score", line.score === null ? null : `Score ${percent(line.score)}`);
  if (line.success !== true) put("success", null);
  if (line.success !== false) put("failure", null);
  put("duration", line.durationMs === null ? null : duration(line.durationMs));
  put("response", line.response === null ? null : `“${line.response}”`);
  put("when", dateTime(line.at, document.documentElement.dataset.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone), line.href);
  return item;
}
