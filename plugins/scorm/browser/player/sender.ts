import type { SaveState } from "cadre";
import type { CommitRequest, CommitResponse, Entry } from "../../runtime/journal.ts";
import { beaconCommit, chunksOf, postCommit, type CommitTarget } from "./commit.ts";
import type { Outbox } from "./outbox.ts";

export interface SenderOptions extends CommitTarget {
  launchId: string;
  /** `seq` of the last entry that the server has. */
  ackSeq: number;
  outbox: Outbox;
  now: () => number;
  autosaveMs: number;
  /** `pending` entries are not acknowledged yet; `savedAt` is the server's time of the last save. */
  report: (status: { state: SaveState; pending: number; ackSeq: number; savedAt?: string }) => void;
  /** What goes with every piece besides. */
  more?: (entries: readonly Entry[]) => object;
  /** Gets every answer of the server, after it was reported. */
  answered?: (answer: CommitResponse) => void;
}

/** Brings the journal of one launch to the server: one post at a time, again until acknowledged, by beacon once the page is leaving. */
export interface Sender {
  take(entry: Entry): void;
  /** Sends what there is; resolves when it is acknowledged or cannot be for now. */
  flush(): Promise<void>;
  /** From now on nothing goes out until something is asked. */
  hold(): void;
  /** Sends what there is with a question in its last piece, again until it is answered; resolves as `flush` does, false where it could not be sent for now. */
  ask(question: object): Promise<boolean>;
  /** Tells the server that this page is there still, where nothing else does. */
  beat(): void;
  /** From now on everything goes out at once by beacon, for there may be no later. */
  leave(): void;
  /** The page came back after all. */
  stay(): void;
}

const chunkBytes = 256_000;
const beaconBytes = 60_000;

export function createSender(options: SenderOptions): Sender {
  const { launchId, outbox, now, autosaveMs, report } = options;
  /** The whole journal of this page: a server that lost what it acknowledged can be told again. */
  const journal: Entry[] = [];
  let { ackSeq } = options;
  let beaconedSeq = ackSeq;
  let fresh: Entry[] = [];
  let leaving = false;
  let refused = false;
  let held = false;
  let question: object | null = null;
  let failures = 0;
  let sending: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const pending = () => journal.filter(([seq]) => seq > ackSeq);

  function request(entries: Entry[]): CommitRequest {
    return { launchId, fromSeq: entries[0]?.[0] ?? ackSeq + 1, entries, sentAtMs: now(), ...options.more?.(entries) };
  }

  function tell(state: SaveState, savedAt?: string): void {
    report({ state, pending: pending().length, ackSeq, ...(savedAt && { savedAt }) });
  }

  function take(entry: Entry): void {
    journal.push(entry);
    // Once the content's own code has run to its end, also while the page unloads.
    if (fresh.length === 0) queueMicrotask(settle);
    fresh.push(entry);
  }

  function settle(): void {
    const entries = fresh;
    fresh = [];
    if (entries.length === 0) return;
    outbox.put(launchId, entries);
    if (leaving) return beacon();
    if (held) return;
    // While the server is out of reach the retry has its own time.
    if (failures === 0 && entries.some(([, , kind]) => kind !== "set")) void flush();
    else later(autosaveMs);
  }

  function later(delayMs: number): void {
    timer ??= setTimeout(() => void flush(), delayMs);
  }

  function flush(): Promise<void> {
    if (leaving || held) return Promise.resolve();
    clearTimeout(timer);
    timer = undefined;
    sending ??= send().finally(() => (sending = null));
    return sending;
  }

  async function send(): Promise<void> {
    settle();
    while (!refused && !held) {
      const chunks = chunksOf(pending(), chunkBytes);
      const [entries = []] = chunks;
      if (entries.length === 0 && !question) return;
      if (entries.length > 0) tell("saving");
      const sentAfter = ackSeq;
      const asked = chunks.length <= 1 ? question : null;
      const outcome = await postCommit(options, { ...request(entries), ...asked });
      if (outcome.is === "saved") {
        if (asked === question) question = null;
        if (entries.length > 0 || failures > 0) acknowledge(outcome.response.ackSeq, outcome.response.savedAt);
        options.answered?.(outcome.response);
      } else if (outcome.is === "gap" && journal.some(([seq]) => seq === outcome.expectedSeq)) ackSeq = outcome.expectedSeq - 1;
      else if (outcome.is !== "unreachable") refused = true;
      if (refused) return tell("refused");
      if (outcome.is === "unreachable" || (entries.length > 0 && ackSeq === sentAfter)) {
        tell(navigator.onLine ? "retrying" : "offline");
        failures += 1;
        const backoffMs = Math.min(1000 * 2 ** (failures - 1), 30_000) * (0.75 + Math.random() / 2);
        return later(outcome.is === "unreachable" ? (outcome.retryAfterMs ?? backoffMs) : backoffMs);
      }
    }
  }

  function acknowledge(seq: number, savedAt: string): void {
    failures = 0;
    ackSeq = Math.max(ackSeq, seq);
    outbox.acknowledge(launchId, ackSeq);
    tell(pending().length === 0 ? "saved" : "saving", savedAt);
  }

  /** All that is not acknowledged, so that beacons may overtake each other; where that is too much, what no beacon carried yet. */
  function beacon(): void {
    if (refused || journal.length === 0) return;
    const all = pending();
    if (!beaconAll(all)) beaconAll(all.filter(([seq]) => seq > beaconedSeq));
  }

  function beaconAll(entries: Entry[]): boolean {
    const chunks = chunksOf(entries, beaconBytes);
    return (chunks.length > 0 ? chunks : [[]]).every((chunk) => {
      const taken = beaconCommit(options.commitUrl, { ...request(chunk), token: options.token, leaving: true });
      if (taken) beaconedSeq = Math.max(beaconedSeq, chunk.at(-1)?.[0] ?? 0);
      return taken;
    });
  }

  return {
    take,
    flush,
    hold: () => void (held = true),
    async ask(asked) {
      await sending;
      held = false;
      question = asked;
      await flush();
      return question !== asked;
    },
    beat() {
      if (leaving || held || refused || question || sending || journal.length === 0) return;
      question = {};
      void flush();
    },
    leave() {
      leaving = true;
      settle();
      beacon();
    },
    stay() {
      leaving = false;
      void flush();
    },
  };
}
