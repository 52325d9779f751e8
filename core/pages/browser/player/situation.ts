/** A row of a course's table of contents, as the content frame tells it. */
interface ContentsRow {
  identifier: string;
  title: string;
  level: number;
  enabled: boolean;
  current: boolean;
  opens: boolean;
  status: string;
}

/** What the learner may do now: `cadre.situation`. */
export interface Situation {
  contents: ContentsRow[];
  controls: Record<"continue" | "previous" | "exitAll" | "leave", boolean>;
  message: string | null;
  ended: boolean;
}

/** What is asked of the frame: `cadre.navigate`. */
export type Request = { kind: string; target?: string };

/** The table of contents and the controls around a frame that leads through a course of several activities. */
export interface Surroundings {
  show(situation: Situation): void;
  /** While the frame is on its way elsewhere nothing more can be asked. */
  wait(): void;
}

/** Finds them on the page; `ask` gets what the learner asks for. */
export function surroundings(page: Document, ask: (request: Request) => void): Surroundings {
  const list = page.querySelector<HTMLElement>("#parts ul");
  const steps = page.querySelector<HTMLElement>("[data-steps]");
  const notice = page.querySelector<HTMLElement>("[data-message]");
  const here = page.querySelector<HTMLElement>("[data-here]");
  const buttons = [...page.querySelectorAll<HTMLButtonElement>("[data-go]")];
  let shown = "";

  for (const button of buttons) button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || ask({ kind: button.dataset.go ?? "" }));
  list?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-target]");
    if (!link) return;
    event.preventDefault();
    if (link.getAttribute("aria-disabled") === "true" || link.ariaCurrent === "page") return;
    page.getElementById("parts")?.hidePopover();
    ask({ kind: "choice", target: link.dataset.target ?? "" });
  });

  return {
    wait() {
      for (const button of buttons) button.setAttribute("aria-disabled", "true");
    },
    show({ contents, controls, message, ended }) {
      if (notice) {
        notice.hidden = message === null;
        notice.textContent = message ?? "";
      }
      const several = contents.filter(({ opens }) => opens).length > 1;
      if (steps) steps.hidden = !several;
      for (const button of buttons) button.setAttribute("aria-disabled", String(controls[button.dataset.go as "continue"] !== true));
      const parts = contents.filter(({ opens }) => opens);
      const at = parts.findIndex(({ current }) => current);
      if (here) here.textContent = ended ? "The end" : at < 0 ? "" : `${at + 1} of ${parts.length}`;
      // The same list is left alone, so that whoever is in it keeps their place.
      if (!list || shown === JSON.stringify(contents)) return;
      shown = JSON.stringify(contents);
      const focused = (page.activeElement as HTMLElement | null)?.dataset.target;
      list.replaceChildren(...contents.map((row) => rowOf(page, row)));
      if (focused !== undefined) [...list.querySelectorAll<HTMLElement>("[data-target]")].find(({ dataset }) => dataset.target === focused)?.focus();
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
