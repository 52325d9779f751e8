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
  // Who has the focus here, or comes here later, is in the content.
  if (document.hasFocus()) frame.focus();
  const enter = () => document.activeElement === document.body && frame.focus();
  window.addEventListener("focus", enter);

  const opening = Object.assign(document.createElement("p"), { className: "opening", role: "status" });
  document.body.append(opening);
  const slow = setTimeout(() => (opening.textContent = `Opening “${title}”…`), patienceMs);
  const shown = () => {
    clearTimeout(slow);
    opening.remove();
    // The focus was given to what the frame held before.
    if (document.activeElement !== frame || frame.contentDocument?.hasFocus() !== false) return;
    frame.blur();
    frame.focus();
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
      window.removeEventListener("focus", enter);
      frame.remove();
    },
  };
}
