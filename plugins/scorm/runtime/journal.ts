/** What a state-changing API call is called in the journal; `tick` says that an open session was still alive. */
export type EntryKind = "initialize" | "set" | "commit" | "finish" | "tick";

/**
 * One accepted API call: `[seq, tMs, kind, element, value]`, the last two only with `set`.
 * `seq` counts from 1 within a launch without holes; `tMs` is milliseconds since 1970 on the clock of the browser that made it.
 */
export type Entry = [seq: number, tMs: number, kind: "set", element: string, value: string] | [seq: number, tMs: number, kind: Exclude<EntryKind, "set">];

/** A call of the API that the journal does not show: `[tMs, function, arguments, result, error code]`. */
export type ApiCall = [tMs: number, name: string, given: string, result: string, code: string];

/** The journal since the last acknowledgement, as the player posts it; `sentAtMs` is on the same clock as the entries, so that the server can tell its skew. */
export interface CommitRequest {
  launchId: string;
  /** `seq` of the first entry; with no entries the next one. */
  fromSeq: number;
  entries: Entry[];
  sentAtMs: number;
  /** Only in a beacon, which has no headers. */
  token?: string;
  /** These entries were left behind by an earlier page: answer with the state from which the token's launch shall start. */
  recover?: boolean;
  /** This page plays from now on, in place of whichever did: answer with the state from which it shall start. */
  take?: boolean;
  /** The page is being left: until it is heard of again nobody needs to be asked before another one plays. */
  leaving?: boolean;
  /** What content called besides, for the launch's diagnosis. */
  calls?: ApiCall[];
}

/** An entry that the browser accepted and the server's run refused; reported, never fatal. */
export interface Divergence {
  seq: number;
  kind: EntryKind;
  element?: string;
  /** The SCORM error code of the server's run. */
  code: string;
}

/** The answer to a commit: everything up to `ackSeq` is stored for good. */
export interface CommitResponse<State = unknown> {
  ackSeq: number;
  /** RFC 3339 UTC. */
  savedAt: string;
  divergences?: Divergence[];
  /** Another page plays this content now: what this one journals is kept, but it should stop. */
  takenOver?: boolean;
  /** Only where the request said `recover` or `take`. */
  state?: State;
}

/** Which entries are new to a run that stands at `lastSeq`, in order and once each; a `gap` when the next one is not among them. */
export interface FreshEntries {
  fresh: Entry[];
  expectedSeq: number;
  gap: boolean;
}

/** Sorts out repeats and disorder, so that a commit may arrive any number of times (idempotence on launch and `seq`). */
export function freshEntries(lastSeq: number, entries: readonly Entry[]): FreshEntries {
  const bySeq = new Map(entries.filter(([seq]) => seq > lastSeq).map((entry) => [entry[0], entry]));
  const fresh: Entry[] = [];
  for (let entry = bySeq.get(lastSeq + 1); entry; entry = bySeq.get(entry[0] + 1)) fresh.push(entry);
  return { fresh, expectedSeq: lastSeq + fresh.length + 1, gap: fresh.length < bySeq.size };
}

/** A piece with more commits than this is made by no person; what its later ones changed is told once. */
const looksAtMost = 500;

/** Cuts a journal after each call at which the state is looked at; opening and ending a session stand alone, for each is told by itself. */
export function looks(entries: readonly Entry[]): Entry[][] {
  const cut: Entry[][] = [[]];
  for (const entry of [...entries].sort((one, other) => one[0] - other[0])) {
    if (entry[2] === "initialize" || entry[2] === "finish") cut.push([entry], []);
    else {
      cut.at(-1)!.push(entry);
      if (entry[2] === "commit" && cut.length < looksAtMost) cut.push([]);
    }
  }
  return cut.filter((stretch) => stretch.length > 0);
}

const latestMs = Date.UTC(2200, 0);

/** True for a well-formed journal entry; what it says is judged by the replay. */
export function isEntry(value: unknown): value is Entry {
  if (!Array.isArray(value)) return false;
  const [seq, tMs, kind, element, text] = value as unknown[];
  if (!Number.isSafeInteger(seq) || (seq as number) < 1) return false;
  if (typeof tMs !== "number" || !(tMs >= 0 && tMs < latestMs)) return false;
  if (kind === "set") return value.length === 5 && typeof element === "string" && typeof text === "string";
  return value.length === 3 && (kind === "initialize" || kind === "commit" || kind === "finish" || kind === "tick");
}
