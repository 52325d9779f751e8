import { asText, isText } from "../as-text.ts";
import type { Entry } from "../journal.ts";
import { sessionOn } from "../session.ts";
import { errorStrings, type ErrorCode } from "./errors.ts";
import { endSession, launch2004 } from "./launch.ts";
import { locate, type ArrayUse, type Place } from "./locate.ts";
import { modelVersion } from "./model.ts";
import type { Setup2004, Valid2004 } from "./setup.ts";
import type { State2004 } from "./state.ts";

/** The eight functions of the SCORM 2004 API (RTE 3.1): all answers are texts, at once, never thrown. Arguments of any kind are taken as text. */
export interface Session2004 {
  initialize(parameter?: unknown): "true" | "false";
  terminate(parameter?: unknown): "true" | "false";
  getValue(element: unknown): string;
  setValue(element: unknown, value: unknown): "true" | "false";
  commit(parameter?: unknown): "true" | "false";
  getLastError(): ErrorCode;
  getErrorString(code: unknown): string;
  getDiagnostic(code: unknown): string;
  /** Not part of the API: notes in the journal that an open session is still alive, at most once a second. */
  tick(): void;
  /** Not part of the API: what adl.nav.request_valid answers from now on. */
  allow(valid: Valid2004): void;
  /** Not part of the API: what comes from now on counts for nothing, and is answered as after Terminate; the journal does not show it. */
  shut(): void;
  /** A copy of the state as it is now. */
  state(): State2004;
}

/**
 * Runs one launch of one SCO. `state` comes from `launch2004` or a run since; null means the learner's first.
 * `now` gives milliseconds since 1970; `record` gets every call that changed something, which is all a replay needs.
 */
export function createSession2004(given: Setup2004, state: State2004 | null, now: () => number, record: (entry: Entry) => void = () => {}): Session2004 {
  const setup = { ...given };
  const live = state ? structuredClone(state) : launch2004(setup, null);
  const { values, fail, failOn, done, note, misused, begin, commit, calls } = sessionOn<ErrorCode>({ live, errorStrings, idleLimitMs: setup.idleLimitMs, now, record });

  const countOf = ({ array, group }: Pick<ArrayUse, "array" | "group">) => group.fixed?.(setup) ?? values().counts[array] ?? 0;

  /** Refuses a call outside of a session, with the one code before it and the other after it. */
  function outside(before: ErrorCode, after: ErrorCode): boolean {
    if (live.session) return false;
    return (live.left ? fail(after, "the session has ended") : fail(before, "there is no session yet")) === "false";
  }

  /** True unless each index of a name is that of a record, or, for a set, of the next one that content may add. */
  function outOfBounds(uses: ArrayUse[], forSet: boolean): boolean {
    return uses.some((use) => !(use.index < countOf(use) || (forSet && !use.group.fixed && use.index === countOf(use))));
  }

  function keywordValue(name: string, { keyword, parent, group }: Extract<Place, { is: "keyword" }>): string {
    const answer = keyword === "_version" ? modelVersion : keyword === "_children" ? group?.children : group?.array && String(countOf({ array: parent, group }));
    if (!answer) return failOn(name, "301", keyword === "_count" ? "not an array" : "no children"), "";
    done();
    return answer;
  }

  return {
    ...calls,

    initialize(parameter) {
      if (live.session) return fail("103", "Initialize was already called");
      if (live.left) return fail("104", "the session has ended");
      return misused(parameter) ? "false" : begin(setup.mode);
    },

    terminate(parameter) {
      if (outside("112", "113") || misused(parameter)) return "false";
      note("finish");
      endSession(setup, live, "finish");
      return done();
    },

    getValue(asked) {
      const name = asText(asked);
      const nothing = (code: ErrorCode, why: string) => (failOn(name, code, why), "");
      if (outside("122", "123")) return "";
      if (name === "") return nothing("301", "no element is named");
      const place = locate(name);
      if (place.is === "nothing" || (name.startsWith("adl.data") && !setup.switches.sharedData)) return nothing("401", "the data model has no such element");
      if (outOfBounds(place.uses, false)) return nothing("301", "there is no record of this index");
      if (place.is === "keyword") return keywordValue(name, place);
      const { access, source, ofSession, initial } = place.element;
      if (access === "write") return nothing("405", "write only");
      const stored = ofSession ? live.session?.values : values().cmi;
      const index = place.uses.at(-1)?.index ?? 0;
      const value = source ? source({ setup, state: live, values: values(), name, index, target: place.target }) : (stored?.[name] ?? initial ?? null);
      if (value === null) return nothing("403", "no value yet");
      if (typeof value !== "string") return nothing(value.code, value.why);
      done();
      return value;
    },

    setValue(asked, given) {
      const name = asText(asked);
      if (outside("132", "133")) return "false";
      if (name === "") return fail("351", "no element is named");
      const place = locate(name);
      if (place.is === "nothing" || (name.startsWith("adl.data") && !setup.switches.sharedData)) return failOn(name, "401", "the data model has no such element");
      if (place.is === "keyword") return failOn(name, "404", "a keyword cannot be set");
      const { element, uses, records } = place;
      if (element.access === "read") return failOn(name, "404", "read only");
      if (outOfBounds(uses, true)) return failOn(name, "351", "there is no record of this index, and it is not the next one");
      if (!isText(given)) return failOn(name, "406", "not a text");
      const value = asText(given);
      const spot = { setup, values: values(), name, records, index: uses.at(-1)?.index ?? 0 };
      for (const rule of element.rules) {
        const refusal = rule(value, spot);
        if (refusal) return failOn(name, refusal.code, refusal.why);
      }
      const target = element.ofSession ? live.session!.values : values().cmi;
      const touches = name.startsWith("cmi.objectives.") && !live.session!.scratch && !live.touched[name];
      if (target[name] === value && !touches) return done();
      note("set", name, value);
      target[name] = value;
      if (touches) live.touched[name] = true;
      for (const { array, group, index } of uses) if (!group.fixed) values().counts[array] = Math.max(countOf({ array, group }), index + 1);
      return done();
    },

    commit: (parameter) => (outside("142", "143") || misused(parameter) ? "false" : commit()),

    allow(valid) {
      setup.valid = valid;
    },

    shut() {
      live.session = null;
      live.left ??= { values: {}, timeMs: 0 };
    },

    state: () => structuredClone(live),
  };
}
