/** The frame in which the content runs. */
export interface ContentFrame {
  /** Lets the content unload as if the page were left (its API calls then still work), then takes the frame away. */
  close(): Promise<void>;
}

/** Puts the content on the page; call it only once the API is in place. */
export function openContentFrame(scoUrl: string, title: string): ContentFrame {
  const frame = document.createElement("iframe");
  frame.id = "sco";
  frame.title = title;
  frame.allow = "autoplay; fullscreen; clipboard-write; encrypted-media; picture-in-picture";
  frame.src = scoUrl;
  document.body.append(frame);
  return {
    async close() {
      const gone = new Promise<void>((resolve) => {
        frame.addEventListener("load", () => resolve(), { once: true });
        // Content may hold its page with a question to the learner.
        setTimeout(resolve, 2000);
      });
      frame.src = "about:blank";
      await gone;
      frame.remove();
    },
  };
}
