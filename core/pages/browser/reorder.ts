/**
 * Reorders `[data-reorder] > [data-id]`: by dragging its grip, by the arrow keys on the grip, or by the up and down buttons,
 * which work without this script. Each move posts `position` (from 0) to the `[data-move]` form of the entry, and for an
 * entry that changed lists also `listId`; when the server refuses, the entry goes back and a sentence says so.
 */
interface Place {
  list: Element;
  before: Element | null;
}

const say = document.querySelector("[data-reorder-say]");
let queue: Promise<void> = Promise.resolve();

document.addEventListener("keydown", (event) => {
  const grip = gripOf(event);
  const entry = grip?.closest<HTMLElement>("[data-id]");
  if (!grip || !entry || !(event.key === "ArrowUp" || event.key === "ArrowDown")) return;
  event.preventDefault();
  step(entry, event.key === "ArrowUp" ? "up" : "down", grip);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const entry = form.closest<HTMLElement>("[data-id]");
  const button = event.submitter as HTMLButtonElement | null;
  if (!form.matches("[data-move]") || !entry || !button) return;
  event.preventDefault();
  step(entry, button.value === "up" ? "up" : "down", button);
});

document.addEventListener("pointerdown", (event) => {
  const grip = gripOf(event);
  const entry = grip?.closest<HTMLElement>("[data-id]");
  if (!grip || !entry || event.button !== 0) return;
  const from = placeOf(entry);
  const follow = (moved: PointerEvent) => drag(entry, moved.clientX, moved.clientY);
  const dragging = new AbortController();
  const drop = (end: Event) => {
    dragging.abort();
    entry.classList.remove("dragging");
    if (end.type === "pointercancel") put(entry, from);
    else if (!same(from, placeOf(entry))) save(entry, from);
  };
  event.preventDefault();
  grip.focus();
  entry.classList.add("dragging");
  // On the document: a grip that moves with its entry through the page would lose a captured pointer.
  for (const [type, listener] of [["pointermove", follow], ["pointerup", drop], ["pointercancel", drop]] as const) {
    document.addEventListener(type, listener as EventListener, { signal: dragging.signal });
  }
});

/** One place up or down; an item at the end of its module goes on into the next one. */
function step(entry: HTMLElement, direction: "up" | "down", focus: HTMLElement): void {
  const from = placeOf(entry);
  const list = from.list;
  const neighbour = direction === "up" ? entry.previousElementSibling : entry.nextElementSibling;
  if (neighbour) put(entry, { list, before: direction === "up" ? neighbour : neighbour.nextElementSibling });
  else {
    const lists = [...document.querySelectorAll(listsLike(list))];
    const next = lists[lists.indexOf(list) + (direction === "up" ? -1 : 1)];
    if (!next) return tell(`${nameOf(entry)} is already ${direction === "up" ? "first" : "last"}.`);
    put(entry, { list: next, before: direction === "up" ? null : next.firstElementChild });
  }
  focus.focus();
  save(entry, from);
}

function drag(entry: HTMLElement, x: number, y: number): void {
  const lists = listsLike(placeOf(entry).list);
  const under = document.elementsFromPoint(x, y).filter((element) => !entry.contains(element));
  const over = under.map((element) => element.closest(`${lists} > [data-id]`)).find((element) => element && element !== entry);
  if (over?.parentElement) {
    const { top, height } = over.getBoundingClientRect();
    return put(entry, { list: over.parentElement, before: y < top + height / 2 ? over : over.nextElementSibling });
  }
  const empty = under.find((element) => element.matches(lists) && element.children.length === 0);
  if (empty) put(entry, { list: empty, before: null });
}

function save(entry: HTMLElement, from: Place): void {
  const { list } = placeOf(entry);
  const form = entry.querySelector<HTMLFormElement>("form[data-move]");
  if (!form) return;
  const position = [...list.children].indexOf(entry);
  const body = new URLSearchParams({ csrfToken: form.querySelector<HTMLInputElement>("[name=csrfToken]")?.value ?? "", position: String(position) });
  if (list !== from.list) body.set("listId", list.getAttribute("data-list") ?? "");
  refreshButtons();
  const where = list.getAttribute("data-list-name");
  tell(`${nameOf(entry)}: now ${position + 1} of ${list.children.length}${where === null ? "" : ` in ${where}`}.`);
  queue = queue.then(async () => {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } }).catch(() => null);
    if (answer?.ok) return;
    put(entry, from);
    refreshButtons();
    tell(`${nameOf(entry)} could not be moved, and is back in its place.`);
  });
}

/** The very first has no way up and the very last no way down. */
function refreshButtons(): void {
  for (const form of document.querySelectorAll("form[data-move]")) {
    const entry = form.closest("[data-id]");
    const list = entry?.parentElement;
    if (!entry || !list) continue;
    const lists = [...document.querySelectorAll(listsLike(list))];
    form.querySelector("[value=up]")?.toggleAttribute("disabled", !entry.previousElementSibling && lists[0] === list);
    form.querySelector("[value=down]")?.toggleAttribute("disabled", !entry.nextElementSibling && lists.at(-1) === list);
  }
}

function gripOf(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>("[data-grip]") : null;
}

function placeOf(entry: HTMLElement): Place {
  return { list: entry.parentElement ?? document.body, before: entry.nextElementSibling };
}

function put(entry: HTMLElement, { list, before }: Place): void {
  if (before !== entry) list.insertBefore(entry, before?.parentElement === list ? before : null);
}

function same(one: Place, other: Place): boolean {
  return one.list === other.list && one.before === other.before;
}

function listsLike(list: Element): string {
  return `[data-reorder="${list.getAttribute("data-reorder")}"]`;
}

function nameOf(entry: HTMLElement): string {
  return entry.dataset.name ?? "It";
}

function tell(words: string): void {
  if (say) say.textContent = words;
}
