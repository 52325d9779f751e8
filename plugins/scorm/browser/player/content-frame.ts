/** The frame in which the content runs. */
export interface ContentFrame {
  /** Lets the content unload as if the page were left (its API calls then still work), then takes the frame away. */
  close(): Promise<void>;
}

const patienceMs = 1000;

/** Puts the content on the page; call it only once the API is in place. What loads slowly is announced. */
export function openContentFrame(scoUrl: string, title: string): ContentFrame {
  // Content that looks for other APIs above the one that is here ends its search here, not at a page that it may not read.
  Object.assign(window, { parent: window });
  const frame = document.createElement("iframe");
  frame.id = "sco";
  frame.title = title;
  frame.allow = "autoplay; fullscreen; clipboard-write; encrypted-media; picture-in-picture";
  frame.src = scoUrl;
  document.body.append(frame);
  /** Who has the focus here is in the content, and in what the frame holds now, not in what it held before. */
  const enter = () => {
    const isOutside = document.activeElement === frame ? frame.contentDocument?.hasFocus() === false : document.activeElement === document.body;
    if (!document.hasFocus() || !isOutside) return;
    frame.blur();
    frame.focus();
  };
  // A window that is only just given the focus cannot pass it on yet.
  const enterSoon = () => setTimeout(enter);
  window.addEventListener("focus", enterSoon);
  enter();

  const opening = Object.assign(document.createElement("p"), { className: "opening", role: "status" });
  document.body.append(opening);
  const slow = setTimeout(() => (opening.textContent = `Opening “${title}”…`), patienceMs);
  const shown = () => {
    clearTimeout(slow);
    opening.remove();
    enter();
  };
  frame.addEventListener("load", shown, { once: true });

  return {
    async close() {
      shown();
      const gone = new Promise<void>((resolve) => {
        frame.addEventListener("load", () => resolve(), { once: true });
        // Content may hold its page with a question to the learner.
        setTimeout(resolve, 2000);
      });
      frame.src = "about:blank";
      await gone;
      window.removeEventListener("focus", enterSoon);
      frame.remove();
    },
  };
}
