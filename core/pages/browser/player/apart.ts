/** Content in a window of its own: the page that opened the window waits in its place, and takes it back or leaves with it. */
const name = "cadre-player";

/** Opens this very page in a window of its own, still empty; null where the browser lets none open. Call it while a click is handled. */
export function openApart(): Window | null {
  const [width, height] = [Math.min(screen.availWidth, 1280), Math.min(screen.availHeight, 860)];
  return window.open("about:blank", name, `popup,width=${width},height=${height}`);
}

/** Shows the content there, and in its place here that it is there; `back` is where Exit leads. */
export function moveApart(apart: Window, page: Document, back: string): void {
  const notice = page.querySelector<HTMLElement>("[data-apart]");
  const words = notice?.querySelector<HTMLElement>("[data-apart-words]");
  page.querySelectorAll<HTMLElement>("[data-player], #parts, [data-steps], [data-message]").forEach((each) => each.remove());
  page.querySelectorAll<HTMLElement>("[data-window], [data-fullscreen], .open-parts").forEach((each) => (each.hidden = true));
  if (notice) notice.hidden = false;
  notice?.querySelector<HTMLElement>("button")?.focus();
  notice?.querySelector("button")?.addEventListener("click", () => {
    apart.close();
    location.reload();
  });
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin === location.origin && source === apart && data === "left") location.assign(back);
  });
  window.addEventListener("focus", () => {
    if (apart.closed && words) words.textContent = "The window was closed. What you did in it is kept.";
  });
  apart.location.replace(location.href);
}

/** Leaves the page: to `back`, or, in a window of its own, by closing it, so that the page that opened it goes there. */
export function leaveTo(back: string): void {
  const opener = window.name === name ? (window.opener as Window | null) : null;
  if (!opener || opener.closed) return location.assign(back);
  opener.postMessage("left", location.origin);
  window.close();
}
