import type { State12 } from "../../runtime/scorm12/index.ts";
import type { Bootstrap } from "./bootstrap.ts";
import { postCommit } from "./commit.ts";
import { showNotice } from "./notice.ts";
import type { Presence } from "./presence.ts";

/**
 * Waits until this page may play: at once where no other page does, or where the one that did is gone from this device; else the learner is
 * told and chooses. What to do before the content starts: nothing, or to take the other's place.
 */
export async function ourTurn({ elsewhere }: Pick<Bootstrap, "elsewhere">, presence: Presence, tell: () => void): Promise<"start" | "take"> {
  if (!elsewhere) return "start";
  const here = await presence.others();
  if (!here && presence.wasHere(elsewhere.launchId)) return "take";
  if (wasChosen()) {
    await presence.takeOver();
    return "take";
  }
  tell();
  const where = here ? "in another tab or window" : "on another device or in another browser";
  await showNotice({ title: "Already open elsewhere", text: `You have this open ${where}. You can go on here: it closes there, and what you did is kept.`, button: "Go on here" });
  await presence.takeOver();
  return "take";
}

/** Says that another page plays now; the button takes the place back. */
export async function giveUp(saved: boolean): Promise<void> {
  const kept = saved ? "What you did here is saved." : "What you did here is kept on this device and will be sent.";
  await showNotice({ title: "You went on elsewhere", text: `${kept} To avoid two pages writing over each other, this one has stopped.`, button: "Go on here instead" });
  history.replaceState({ chosen: true }, "");
  location.reload();
}

/** Tells the server that this page plays now; answers the state from which it starts. Asks again until there is an answer. */
export async function takeTurn(bootstrap: Bootstrap, now: () => number): Promise<State12> {
  for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 10_000)) {
    const outcome = await postCommit({ ...bootstrap, timeoutMs: 10_000 }, { launchId: bootstrap.launchId, fromSeq: 1, entries: [], sentAtMs: now(), take: true });
    if (outcome.is === "saved") return (outcome.response.state as State12 | undefined) ?? bootstrap.state;
    if (outcome.is === "refused") return bootstrap.state;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** Whether the learner pressed "Go on here instead" on the page that this one replaces. */
function wasChosen(): boolean {
  const chosen = (history.state as { chosen?: unknown } | null)?.chosen === true;
  if (chosen) history.replaceState(null, "");
  return chosen;
}
