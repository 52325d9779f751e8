import { asText, isText } from "../as-text.ts";
import type { Entry } from "../journal.ts";
import { sessionOn } from "../session.ts";
import { errorStrings, type ErrorCode } from "./errors.ts";
import { endSession, launch12 } from "./launch.ts";
import { locate, type ArrayUse } from "./locate.ts";
import { modelVersion } from "./model.ts";
import type { Setup12 } from "./setup.ts";
import { copyOf, type State12 } from "./state.ts";

/** The eight functions of the SCORM 1.2 API (RTE 3.3): all answers are texts, at once, never thrown. Arguments of any kind are taken as text. */
export interface Session12 {
  initialize(parameter?: unknown): "true" | "false";
  finish(parameter?: unknown): "true" | "false";
  getValue(element: unknown): string;
  setValue(element: unknown, value: unknown): "true" | "false";
  commit(parameter?: unknown): "true" | "false";
  getLastError(): ErrorCode;
  getErrorString(code: unknown): string;
  getDiagnostic(code: unknown): string;
  /** Not part of the API: notes in the journal that an open session is still alive, at most once a second. */
  tick(): void;
  /** A copy of the state as it is now. */
  state(): State12;
}

/**
 * Runs one launch of one SCO. `state` comes from `launch12` or a run since; null means the learner's first.
 * `now` gives milliseconds since 1970; `record` gets every call that changed something, which is all a replay needs.
 */
export function createSession12(setup: Setup12, state: State12 | null, now: () => number, record: (entry: Entry) => void = () => {}): Session12 {
  const live = state ? copyOf(state) : launch12(setup, null);
  const { values, fail, failOn, done, note, misused, begin, commit, calls } = sessionOn<ErrorCode>({ live, errorStrings, idleLimitMs: setup.idleLimitMs, now, record });

  function outOfBounds(uses: ArrayUse[], forSet: boolean): boolean {
    return uses.some(([array, index]) => index > countOf(array) || (index === countOf(array) && !forSet));
  }

  const countOf = (array: string) => values().counts[array] ?? 0;

  return {
    ...calls,

    initialize(parameter) {
      if (live.session) return fail("101", "LMSInitialize was already called");
      return misused(parameter) ? "false" : begin(setup.mode);
    },

    finish(parameter) {
      if (!live.session) return fail("301", "there is no session to finish");
      if (misused(parameter)) return "false";
      note("finish");
      endSession(setup, live, "finish");
      return done();
    },

    getValue(element) {
      const name = asText(element);
      const nothing = (code: ErrorCode, why: string) => (failOn(name, code, why), "");
      if (!live.session) return nothing("301", "there is no session");
      const place = locate(name);
      if (place.is === "nothing") return nothing(place.code, place.why);
      if (outOfBounds(place.uses, false)) return nothing("201", "there is no record of this index");
      if (place.is === "keyword") {
        if (place.keyword === "_count" && !place.group?.array) return nothing("203", "not an array");
        if (place.keyword === "_children" && place.group?.children === undefined) return nothing("202", "no children");
        done();
        return place.keyword === "_count" ? String(countOf(place.parent)) : place.keyword === "_children" ? (place.group?.children ?? "") : modelVersion;
      }
      if (place.element.access === "write") return nothing("404", "write only");
      done();
      return place.element.source?.(setup, live) ?? values().cmi[name] ?? place.element.initial;
    },

    setValue(element, value) {
      const name = asText(element);
      if (!live.session) return failOn(name, "301", "there is no session");
      const place = locate(name);
      if (place.is === "nothing") return failOn(name, place.code, place.why);
      if (place.is === "keyword") return failOn(name, "402", "a keyword cannot be set");
      if (place.element.access === "read") return failOn(name, "403", "read only");
      if (outOfBounds(place.uses, true)) return failOn(name, "201", "the index is not the next one");
      if (!isText(value)) return failOn(name, "405", "not a text");
      const target = place.element.ofSession ? live.session.values : values().cmi;
      const given = asText(value);
      const next = place.element.appends ? (target[name] ?? "") + given : given;
      const wrong = place.element.format(next, setup);
      if (wrong !== null) return failOn(name, "405", wrong);
      const firstStatus = name === "cmi.core.lesson_status" && live.statusSetBy !== "content" && !live.session.scratch;
      if (target[name] === next && !firstStatus) return done();
      note("set", name, given);
      target[name] = next;
      if (firstStatus) live.statusSetBy = "content";
      for (const [array, index] of place.uses) values().counts[array] = Math.max(countOf(array), index + 1);
      return done();
    },

    commit(parameter) {
      if (!live.session) return fail("301", "there is no session");
      return misused(parameter) ? "false" : commit();
    },

    state: () => copyOf(live),
  };
}
