/** On every page: times in the reader's own zone (the chosen one, else the browser's), confirmation, copying, and the focus where it is needed. */
import { confirmed } from "./confirm.ts";

document.documentElement.classList.add("scripted");
document.querySelector<HTMLElement>("[data-focus]")?.focus();
document.querySelectorAll("time[datetime]").forEach(inOwnZone);

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const question = form.dataset.confirm;
  if (question === undefined || form.dataset.confirmed !== undefined) return;
  event.preventDefault();
  const { submitter } = event;
  void confirmed(question, submitter?.textContent?.trim() ?? "Continue").then((yes) => {
    if (!yes) return submitter?.focus();
    form.dataset.confirmed = "";
    form.requestSubmit(submitter);
  });
});

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
  const source = button && document.querySelector(button.dataset.copy ?? "");
  if (!button || !source) return;
  void navigator.clipboard.writeText(source.textContent ?? "").then(() => {
    button.textContent = "Copied";
  });
});

function inOwnZone(element: Element): void {
  const at = new Date(element.getAttribute("datetime") ?? "");
  const kind = element.getAttribute("data-as");
  const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const words = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en", { ...options, timeZone: document.documentElement.dataset.timeZone }).format(at);
  if (Number.isNaN(at.getTime())) return;
  if (kind === "time") element.textContent = words(clock);
  if (kind === "datetime") element.textContent = words({ ...day, ...clock });
  element.setAttribute("title", words({ ...day, ...clock, timeZoneName: "short" }));
}
