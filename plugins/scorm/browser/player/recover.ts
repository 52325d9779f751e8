import { replay12, type State12 } from "../../runtime/scorm12/index.ts";
import type { CommitResponse, Entry } from "../../runtime/journal.ts";
import type { Bootstrap } from "./bootstrap.ts";
import { chunksOf, postCommit, type CommitTarget } from "./commit.ts";
import type { LeftBehind, Outbox } from "./outbox.ts";

/** Where this page's run starts, and what of this very launch is still to be sent. */
export interface Start {
  state: State12;
  unsent: Entry[];
}

/**
 * Sends what earlier pages of this learner and SCO left behind (closed offline, crashed) before the content starts, and starts from the
 * state that the server makes of it. Where the server cannot be reached, the left-behind of this very launch is replayed here.
 */
export async function recover(bootstrap: Bootstrap, outbox: Outbox, now: () => number): Promise<Start> {
  let { state } = bootstrap;
  const left = await outbox.leftBehind();
  for (const one of left) state = ((await sendLeft(bootstrap, outbox, one, now))?.state as State12 | undefined) ?? state;
  const own = left.find(({ launchId }) => launchId === bootstrap.launchId);
  const replay = own && replay12(bootstrap.setup, state, own.entries);
  return replay?.ok ? { state: replay.state, unsent: replay.applied } : { state, unsent: [] };
}

/** The server was there a moment ago, to render this page; starting without what was left behind would send the learner back. */
const triesAtMost = 5;

/** Sends what one launch left behind, for the launch of the token to start from; what the server last answered. */
export async function sendLeft(target: Omit<CommitTarget, "timeoutMs">, outbox: Outbox, { launchId, entries }: LeftBehind, now: () => number): Promise<CommitResponse | undefined> {
  let answer: CommitResponse | undefined;
  let left = entries;
  // A gap may be answered once: the server may have had the first ones from a beacon.
  for (let [gaps, tries] = [0, 0]; left.length > 0 && gaps < 2; ) {
    const [chunk = []] = chunksOf(left, 256_000);
    const request = { launchId, fromSeq: chunk[0]?.[0] ?? 1, entries: chunk, sentAtMs: now(), recover: true };
    const outcome = await postCommit({ ...target, timeoutMs: 5000 }, request);
    if (outcome.is === "refused" || (outcome.is === "unreachable" && ++tries === triesAtMost)) return answer;
    if (outcome.is === "unreachable") {
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** tries));
      continue;
    }
    if (outcome.is === "gap") gaps += 1;
    const ackSeq = outcome.is === "gap" ? outcome.expectedSeq - 1 : outcome.response.ackSeq;
    if (outcome.is === "saved") {
      if (ackSeq < (chunk[0]?.[0] ?? 0)) return answer;
      answer = { ...answer, ...outcome.response };
    }
    outbox.acknowledge(launchId, ackSeq);
    left = left.filter(([seq]) => seq > ackSeq);
  }
  return answer;
}
