import type { Diagnosis } from "./play2004/diagnosis.ts";
import type { Entry, EntryKind } from "./runtime/journal.ts";

export const parts = ["calls", "journal", "refused", "sequencing"] as const;

/** What a diagnosis tells: the calls of the API, the journal as it came, what the server's run refused, why the sequencer decided as it did. */
export type Part = (typeof parts)[number];

/** One thing that happened, the same for every part; `code` is the error code, "0" for none. */
export interface Line {
  at: Date;
  activity: string;
  what: string;
  given: string;
  result: string;
  code: string;
}

/** The lines of one part, the earliest first. Of the calls those that changed something stand in the journal, and those that failed were told besides. Pure. */
export function linesOf(part: Part, { calls, journal, divergences, trace }: Diagnosis, standard: "1.2" | "2004"): Line[] {
  if (part === "refused") return divergences.map(({ activity, divergence: { seq, kind, element = "", code }, receivedAt }) => ({ at: receivedAt, activity, what: nameOf(standard, kind), given: element, result: `entry ${seq}`, code }));
  if (part === "sequencing") {
    return trace.flatMap(({ at, request, cameTo, steps }) => [
      { at, activity: "", what: request, given: "", result: cameTo, code: "0" },
      ...steps.map(({ process, activity = "", rule, reason }) => ({ at, activity, what: process, given: activity, result: rule === undefined ? reason : `${reason} (${rule})`, code: "0" })),
    ]);
  }
  if (part === "journal") return journal.map(({ activity, entry, receivedAt }) => ({ at: new Date(entry[1]), activity, what: `${entry[0]} ${entry[2]}`, given: givenOf(entry), result: `came ${receivedAt.toISOString()}`, code: "0" }));
  const failed = calls.map(({ activity, call: [tMs, what, given, result, code] }) => ({ at: new Date(tMs), activity, what, given, result, code }));
  const done = journal.flatMap(({ activity, entry }) => (entry[2] === "tick" ? [] : [{ at: new Date(entry[1]), activity, what: nameOf(standard, entry[2]), given: givenOf(entry), result: "true", code: "0" }]));
  return [...done, ...failed].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Those of the lines that say this somewhere, or that failed where only these are asked for. Pure. */
export function filtered(lines: readonly Line[], { q, only }: { q: string; only: "" | "failed" }): Line[] {
  const wanted = q.toLowerCase();
  return lines.filter((line) => (only === "" || line.code !== "0") && [line.activity, line.what, line.given, line.result].some((text) => text.toLowerCase().includes(wanted)));
}

const names: Record<Exclude<EntryKind, "tick">, [of12: string, of2004: string]> = {
  initialize: ["LMSInitialize", "Initialize"],
  set: ["LMSSetValue", "SetValue"],
  commit: ["LMSCommit", "Commit"],
  finish: ["LMSFinish", "Terminate"],
};

function nameOf(standard: "1.2" | "2004", kind: EntryKind): string {
  return kind === "tick" ? "tick" : names[kind][standard === "1.2" ? 0 : 1];
}

function givenOf(entry: Entry): string {
  return entry[2] === "set" ? `${entry[3]}, ${entry[4]}` : "";
}
