import { asText, isText } from "./as-text.ts";
import type { Entry } from "./journal.ts";
import type { OpenSession, Values } from "./session-state.ts";

/** What a session needs of its data model and of whoever runs it. */
export interface SessionGround<Code extends string> {
  /** The state that the session works on, changed in place. */
  live: Values & { seq: number; session: OpenSession | null };
  errorStrings: Readonly<Record<Code, string>>;
  idleLimitMs: number;
  /** Milliseconds since 1970. */
  now: () => number;
  record: (entry: Entry) => void;
}

/** What the sessions of both data models do alike: the answers of their calls, the last error, the journal and its clock. */
export function sessionOn<Code extends string>({ live, errorStrings, idleLimitMs, now, record }: SessionGround<Code | "0" | "201">) {
  let last: { code: Code | "0" | "201"; why: string } = { code: "0", why: "" };
  let committed = false;

  const values = (): Values => live.session?.scratch ?? live;
  const stringOf = (code: string): string => (Object.hasOwn(errorStrings, code) ? errorStrings[code as Code] : "");

  function fail(code: Code | "201", why: string): "false" {
    last = { code, why };
    return "false";
  }

  function done(): "true" {
    last = { code: "0", why: "" };
    return "true";
  }

  /** Moves the session's clock, then hands out the journal entry of what is about to change; gives its time. */
  function note(kind: Entry[2], element?: string, value?: string): number {
    const tMs = now();
    if (live.session) advance(live.session, tMs, idleLimitMs);
    live.seq += 1;
    committed = kind === "commit";
    record(kind === "set" ? [live.seq, tMs, kind, element ?? "", value ?? ""] : [live.seq, tMs, kind]);
    return tMs;
  }

  return {
    values,
    fail,
    done,
    note,

    /** Fails a call about an element, or what was given for one. */
    failOn: (name: string, code: Code | "201", why: string) => fail(code, `${name.slice(0, 120)}: ${why}`),

    /** Refuses a parameter of those calls whose only parameter is "". */
    misused: (parameter: unknown): boolean => (!isText(parameter) || asText(parameter) !== "") && fail("201", "the parameter must be an empty text") === "false",

    /** Begins a session; looking without learning works on a copy of the values. */
    begin(mode: OpenSession["mode"]): "true" {
      const startedMs = note("initialize");
      const scratch = mode === "normal" ? null : { cmi: { ...live.cmi }, counts: { ...live.counts } };
      live.session = { mode, startedMs, lastMs: startedMs, activeMs: 0, values: {}, scratch };
      return done();
    },

    /** Notes a commit; one that follows another without anything between changes nothing. */
    commit(): "true" {
      if (!committed) note("commit");
      return done();
    },

    /** The part of the API that is the same but for its names. */
    calls: {
      getLastError: () => last.code,

      getErrorString: (code: unknown) => stringOf(asText(code)),

      getDiagnostic(code: unknown): string {
        const asked = asText(code);
        const about = asked === "" ? last.code : asked;
        return about === last.code && last.why !== "" ? last.why.slice(0, 255) : stringOf(about);
      },

      tick(): void {
        if (live.session && now() - live.session.lastMs >= 1000) note("tick");
      },
    },
  };
}

function advance(session: OpenSession, tMs: number, idleLimitMs: number): void {
  session.activeMs += Math.min(Math.max(tMs - session.lastMs, 0), idleLimitMs);
  session.lastMs = Math.max(session.lastMs, tMs);
}
