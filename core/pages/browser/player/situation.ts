import { confirmed } from "../confirm.ts";
import type { ContentsRow, LearnerRequest, PlayerControl, Surroundings } from "../../player-messages.ts";

/** What the learner may do now: `cadre.situation`. */
export interface Situation extends Surroundings {
  message: string | null;
  ended: boolean;
}

/** The table of contents and the controls around a frame that leads through a course of several activities. */
export interface Around {
  show(situation: Situation): void;
  /** While the frame is on its way elsewhere nothing more can be asked. */
  wait(): void;
}

/** Finds them on the page; `ask` gets what the learner asks for, `arrived` is called when that has led elsewhere. */
export function around(page: Document, { ask, arrived }: { ask: (request: LearnerRequest) => void; arrived: () => void }): Around {
  const list = page.querySelector<HTMLElement>("#parts ul");
  const steps = page.querySelector<HTMLElement>("[data-steps]");
  const notice = page.querySelector<HTMLElement>("[data-message]");
  const here = page.querySelector<HTMLElement>("[data-here]");
  const done = page.querySelector<HTMLProgressElement>("[data-done]");
  const buttons = [...page.querySelectorAll<HTMLButtonElement>("[data-go]")];
  let shown = "";
  let place: string | undefined;
  let asked = false;
  let said: string | null = null;

  const request = (wanted: LearnerRequest) => {
    asked = true;
    ask(wanted);
  };
  for (const button of buttons) button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || void press(button));
  list?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-target]");
    if (!link) return;
    event.preventDefault();
    if (link.getAttribute("aria-disabled") === "true" || link.ariaCurrent === "page") return;
    page.getElementById("parts")?.hidePopover();
    request({ kind: "choice", target: link.dataset.target ?? "" });
  });

  async function press(button: HTMLButtonElement): Promise<void> {
    const kind = button.dataset.go as PlayerControl;
    if (kind === "exitAll" && !(await confirmed("Finish the course now? What you did counts as it stands.", "Finish"))) return button.focus();
    request({ kind });
  }

  function showContents(contents: readonly ContentsRow[]): void {
    // The same list is left alone, so that whoever is in it keeps their place.
    if (!list || shown === JSON.stringify(contents)) return;
    shown = JSON.stringify(contents);
    const focused = (page.activeElement as HTMLElement | null)?.dataset.target;
    list.replaceChildren(...contents.map((row) => rowOf(page, row)));
    if (focused !== undefined) [...list.querySelectorAll<HTMLElement>("[data-target]")].find(({ dataset }) => dataset.target === focused)?.focus();
  }

  return {
    wait() {
      for (const button of buttons) button.setAttribute("aria-disabled", "true");
    },
    show({ contents, controls, message, ended }) {
      if (notice) {
        notice.hidden = message === null;
        notice.textContent = message ?? "";
      }
      const parts = contents.filter(({ opens }) => opens);
      if (steps) steps.hidden = parts.length < 2;
      for (const button of buttons) {
        const open = controls[button.dataset.go as PlayerControl];
        button.hidden = open === undefined;
        button.setAttribute("aria-disabled", String(open !== true));
      }
      const at = parts.findIndex(({ current }) => current);
      const words = ended ? ["The end"] : at < 0 ? [] : [unseen(page, `${parts[at]?.title}, `), `${at + 1} of ${parts.length}`];
      // What is the same is not said again.
      if (here && here.textContent !== words.map((each) => (typeof each === "string" ? each : each.textContent)).join("")) here.replaceChildren(...words);
      const finished = parts.filter(({ status }) => status === "completed" || status === "passed").length;
      if (done) Object.assign(done, { max: parts.length || 1, value: finished, ariaLabel: `${finished} of ${parts.length} done` });
      showContents(contents);
      const now = parts[at]?.identifier;
      if (asked && now !== place) arrived();
      // The same answer may only be said once more while the next one is under way.
      if (message !== said || now !== place) asked = false;
      [place, said] = [now, message];
    },
  };
}

function rowOf(page: Document, { identifier, title, level, enabled, current, opens, status }: ContentsRow): HTMLLIElement {
  const row = page.createElement("li");
  row.dataset.level = String(level);
  if (!opens && !enabled) {
    const heading = Object.assign(page.createElement("span"), { className: "eyebrow", textContent: title });
    row.append(heading);
    return row;
  }
  const link = page.createElement("a");
  link.dataset.target = identifier;
  if (enabled || current) link.href = `?unit=${encodeURIComponent(identifier)}`;
  else {
    link.setAttribute("role", "link");
    link.setAttribute("aria-disabled", "true");
  }
  if (current) link.ariaCurrent = "page";
  const words = Object.assign(page.createElement("span"), { textContent: title });
  link.append(lookOf(page, enabled || current || status !== "not-started" ? status : "locked"), words);
  row.append(link);
  return row;
}

/** The drawing of a status, which the page brings along. */
function lookOf(page: Document, status: string): Node {
  return page.querySelector<HTMLTemplateElement>(`template[data-status="${status}"]`)?.content.cloneNode(true) ?? page.createTextNode("");
}

/** Words for those who listen. */
function unseen(page: Document, words: string): HTMLSpanElement {
  return Object.assign(page.createElement("span"), { className: "unseen", textContent: words });
}
