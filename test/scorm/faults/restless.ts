import { findApi } from "../own-packages.ts";

/**
 * Content that never rests: it sets its place to the time in microseconds, so that no two values are ever the same and later ones are
 * greater, commits every second time or so, and says both on the console once the API has taken it. Half the time it finishes in `pagehide`, as real content does.
 */
export const restless = `<!doctype html><title>Restless</title><script>${findApi}
  const say = (...words) => console.debug("restless", ...words);
  api.LMSInitialize("");
  say("began", api.LMSGetValue("cmi.core.lesson_location"));
  let last = 0;
  let alive = true;
  function write() {
    last = Math.max(last + 1, Math.round((performance.timeOrigin + performance.now()) * 1000));
    if (api.LMSSetValue("cmi.core.lesson_location", String(last)) === "true") say("set", String(last));
    if (Math.random() < 0.5 && api.LMSCommit("") === "true") say("committed", String(last));
    if (alive) setTimeout(write, 20 + Math.random() * 100);
  }
  write();
  addEventListener("pagehide", () => {
    alive = false;
    write();
    if (last % 2) return;
    api.LMSSetValue("cmi.core.exit", "suspend");
    if (api.LMSFinish("") === "true") say("committed", String(last));
  });
</script>`;
