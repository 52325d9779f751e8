import { findApi, findApi2004 } from "../own-packages.ts";

const names12 = { find: findApi, initialize: "LMSInitialize", get: "LMSGetValue", set: "LMSSetValue", commit: "LMSCommit", finish: "LMSFinish", place: "cmi.core.lesson_location", exit: "cmi.core.exit" };
const names2004: typeof names12 = { find: findApi2004, initialize: "Initialize", get: "GetValue", set: "SetValue", commit: "Commit", finish: "Terminate", place: "cmi.location", exit: "cmi.exit" };

/** The elements in which restless content keeps its place. */
export const placeElements = [names12.place, names2004.place];

/**
 * Content that never rests: it sets its place to the time in microseconds, so that no two values are ever the same and later ones are
 * greater, commits every second time or so, and says both on the console once the API has taken it. Half the time it finishes in `pagehide`, as real content does.
 */
export const restless = contentWith(names12);
export const restless2004 = contentWith(names2004);

function contentWith({ find, initialize, get, set, commit, finish, place, exit }: typeof names12): string {
  return `<!doctype html><title>Restless</title><script>${find}
  const say = (...words) => console.debug("restless", ...words);
  api.${initialize}("");
  say("began", api.${get}("${place}"));
  let last = 0;
  let alive = true;
  function write() {
    last = Math.max(last + 1, Math.round((performance.timeOrigin + performance.now()) * 1000));
    if (api.${set}("${place}", String(last)) === "true") say("set", String(last));
    if (Math.random() < 0.5 && api.${commit}("") === "true") say("committed", String(last));
    if (alive) setTimeout(write, 40 + Math.random() * 160);
  }
  write();
  addEventListener("pagehide", () => {
    alive = false;
    write();
    if (last % 2) return;
    api.${set}("${exit}", "suspend");
    if (api.${finish}("") === "true") say("committed", String(last));
  });
</script>`;
}
