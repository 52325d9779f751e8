/**
 * Makes `<form data-upload>` better than a plain multipart post: the file may be dropped, the upload shows how far it is and
 * how fast, and can be cancelled. The server answers `{ location }` to go to; or the page with what was wrong, of which the
 * parts `[data-upload-error]` and `[data-upload-findings]` are taken; or problem+json, shown at the field.
 */
interface Answer {
  location?: string;
  title?: string;
  detail?: string;
  errors?: { message: string }[];
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) enhance(form);

function enhance(form: HTMLFormElement): void {
  const file = form.querySelector<HTMLInputElement>("input[type=file]");
  const drop = form.querySelector<HTMLElement>("[data-drop]");
  if (!file || !drop) return;
  for (const type of ["dragenter", "dragover"]) drop.addEventListener(type, (event) => mark(event, true));
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, (event) => mark(event, false));
  drop.addEventListener("drop", (event) => {
    const { dataTransfer } = event;
    if (!dataTransfer || dataTransfer.files.length === 0) return;
    file.files = dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { maxBytes = Infinity, maxSize = "" } = form.dataset;
    const [chosen] = file.files ?? [];
    if (chosen && chosen.size > Number(maxBytes)) complain(form, file, `${chosen.name} is larger than ${maxSize}, which is the limit here.`);
    else send(form, file);
  });

  function mark(event: Event, over: boolean): void {
    event.preventDefault();
    drop?.classList.toggle("over", over);
  }
}

function send(form: HTMLFormElement, file: HTMLInputElement): void {
  const request = new XMLHttpRequest();
  const startedAt = performance.now();
  const cancel = form.querySelector<HTMLButtonElement>("[data-upload-cancel]");
  const abort = () => request.abort();
  const settle = (message: string) => {
    cancel?.removeEventListener("click", abort);
    busy(form, false);
    complain(form, file, message);
  };
  complain(form, file, "");
  form.querySelector("[data-upload-findings]")?.replaceChildren();
  request.open("POST", form.action);
  request.setRequestHeader("accept", "application/json, text/html;q=0.9");
  request.upload.addEventListener("progress", ({ loaded, total }) => show(form, loaded, total, performance.now() - startedAt));
  request.addEventListener("load", () => {
    if (request.getResponseHeader("content-type")?.startsWith("text/html")) return settle(swapFindings(form, request.responseText));
    const answer = read(request.responseText);
    if (request.status < 300 && answer.location !== undefined) return location.assign(answer.location);
    settle(answer.errors?.map(({ message }) => message).join(" ") || (answer.detail ?? answer.title ?? `The server answered ${request.status}. Please try again.`));
  });
  request.addEventListener("error", () => settle("The connection was lost. Nothing was stored; please try again."));
  request.addEventListener("abort", () => settle("Cancelled. Nothing was stored."));
  cancel?.addEventListener("click", abort);
  const body = new FormData(form);
  busy(form, true);
  request.send(body);
}

/** Shows the report that the server's page has; answers its words for the field. */
function swapFindings(form: HTMLFormElement, html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  const theirs = page.querySelector("[data-upload-findings]");
  if (theirs) form.querySelector("[data-upload-findings]")?.replaceWith(document.importNode(theirs, true));
  return page.querySelector("[data-upload-error]")?.textContent?.trim() || "The server refused the file. Please try again.";
}

function show(form: HTMLFormElement, loaded: number, total: number, elapsedMs: number): void {
  const share = total > 0 ? Math.floor((100 * loaded) / total) : 0;
  const bar = form.querySelector("progress");
  const words = form.querySelector("[data-upload-words]");
  const speed = `${(loaded / 1e6 / Math.max(0.001, elapsedMs / 1000)).toFixed(1)} MB/s`;
  if (bar) bar.value = share;
  if (words) words.textContent = loaded < total ? `${share}% · ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB · ${speed}` : "Uploaded. Checking what is in it…";
}

function busy(form: HTMLFormElement, on: boolean): void {
  form.querySelector<HTMLElement>("[data-upload-progress]")?.toggleAttribute("hidden", !on);
  form.querySelectorAll<HTMLButtonElement>("button[type=submit]").forEach((button) => (button.disabled = on));
  if (on) form.querySelector<HTMLElement>("[data-upload-cancel]")?.focus();
}

function complain(form: HTMLFormElement, file: HTMLInputElement, message: string): void {
  const place = form.querySelector<HTMLElement>("[data-upload-error]");
  const words = place?.querySelector("span");
  if (!place || !words) return;
  place.toggleAttribute("hidden", message === "");
  place.setAttribute("role", "alert");
  words.textContent = message;
  file.toggleAttribute("aria-invalid", message !== "");
  if (message !== "") {
    file.setAttribute("aria-invalid", "true");
    file.focus();
  }
}

function read(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
