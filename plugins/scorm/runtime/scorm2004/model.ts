import { parseNavRequest } from "./navigation.ts";
import { interactionTypes, learnerResponse, pattern } from "./responses.ts";
import { either, identifier, language, localized, mismatch, oneOf, real, suspendData, text, timespan, timestamp, type Refusal, type Rule } from "./rules.ts";
import { creditOf, type Values } from "../session-state.ts";
import { type Comment2004, type Setup2004, type Validity } from "./setup.ts";
import type { State2004 } from "./state.ts";
import { completionOf, successOf } from "./status.ts";
import { formatTimespan } from "./timespan.ts";

/** What is read is made from: the setup, where the session stands, what it reads and writes, the index asked for and, of adl.nav.request_valid, the target. */
export interface Asked {
  setup: Setup2004;
  state: State2004;
  values: Values;
  name: string;
  index: number;
  target: string;
}

/** One row of the data model. */
export interface Element2004 {
  access: "read" | "write" | "both";
  /** What is asked of a value, in this order, before it is set. */
  rules: Rule[];
  /** What is read before anything was set; where absent, reading is error 403 until then. */
  initial?: string;
  /** Where the value comes from, when it is not simply the stored one; null where there is none (403). */
  source?: (asked: Asked) => string | Refusal | null;
  /** Ends with the session instead of staying with the attempt. */
  ofSession?: true;
}

/** A name that has others below it. `children` is the answer to _children. */
export interface Group2004 {
  children?: string;
  array?: true;
  /** The length of an array that content cannot add to. */
  fixed?: (setup: Setup2004) => number;
}

const both = (...rules: Rule[]): Element2004 => ({ access: "both", rules });
const starting = (initial: string, ...rules: Rule[]): Element2004 => ({ access: "both", rules, initial });
const ofSession = (...rules: Rule[]): Element2004 => ({ access: "write", rules, ofSession: true });
const read = (source: Element2004["source"]): Element2004 => ({ access: "read", rules: [], source });
const given = (of: (setup: Setup2004) => string): Element2004 => read(({ setup }) => of(setup) || null);
const measure = (of: (setup: Setup2004) => number | null): Element2004 => read(({ setup }) => of(setup)?.toString() ?? null);
const comment = (member: keyof Comment2004): Element2004 => read(({ setup, index }) => setup.commentsFromLms[index]?.[member] ?? null);
const valid = (of: (asked: Asked) => Validity | undefined): Element2004 => read((asked) => of(asked) ?? "unknown");

const own = (answers: Record<string, Validity>, target: string) => (Object.hasOwn(answers, target) ? answers[target] : undefined);

/** 408 until a record has this member. */
const needs = (member: string): Rule => (_, { values, records }) =>
  values.cmi[`${records[0]}.${member}`] === undefined ? { code: "408", why: `needs ${records[0]}.${member} first` } : null;

/** 351 where another record of the same array has this id. */
const unique: Rule = (value, { values, records, index }) => {
  const array = records.at(-1)!.slice(0, -`.${index}`.length);
  const count = values.counts[array] ?? 0;
  for (let n = 0; n < count; n += 1) if (n !== index && values.cmi[`${array}.${n}.id`] === value) return { code: "351", why: `record ${n} has this id` };
  return null;
};

/** 351 for another value than the first. */
const once: Rule = (value, { values, name }) => ((values.cmi[name] ?? value) === value ? null : { code: "351", why: "an identifier stays as it was first set" });

const writable: Rule = (_, { setup, index }) => (setup.sharedData[index]?.write ? null : { code: "404", why: "this SCO may not write this bucket" });

const store: Element2004["source"] = ({ setup, values, name, index }) => {
  const bucket = setup.sharedData[index];
  if (!bucket?.read) return { code: "405", why: "this SCO may not read this bucket" };
  return (values.cmi[name] ?? bucket.value) || null;
};

const navRequest: Rule = (value, { setup }) => {
  const request = parseNavRequest(value);
  if (!request && value !== "_none_") return mismatch("not a navigation request");
  return request?.kind === "jump" && !setup.switches.jump ? mismatch("this edition has no jump") : null;
};

const completion = oneOf("completed", "incomplete", "not attempted", "unknown");
const success = oneOf("passed", "failed", "unknown");
const ofObjective = (...rules: Rule[]): Element2004 => both(needs("id"), ...rules);
const ofInteraction = (...rules: Rule[]): Element2004 => both(needs("id"), ...rules);

/** The SCORM 2004 4th edition data model (RTE 4.2, SN 5.6 and 4.3.1), element by element; `n` stands for an index. */
export const elements: ReadonlyMap<string, Element2004> = new Map(
  Object.entries({
    "cmi.comments_from_learner.n.comment": both(localized),
    "cmi.comments_from_learner.n.location": both(text),
    "cmi.comments_from_learner.n.timestamp": both(timestamp),
    "cmi.comments_from_lms.n.comment": comment("comment"),
    "cmi.comments_from_lms.n.location": comment("location"),
    "cmi.comments_from_lms.n.timestamp": comment("timestamp"),
    "cmi.completion_status": { ...both(completion), source: ({ setup, values }) => completionOf(setup, values).value },
    "cmi.completion_threshold": measure((setup) => setup.completionThreshold),
    "cmi.credit": read(({ setup }) => creditOf(setup)),
    "cmi.entry": read(({ setup }) => setup.entry),
    "cmi.exit": ofSession(oneOf("time-out", "suspend", "logout", "normal", "")),
    "cmi.interactions.n.id": both(identifier),
    "cmi.interactions.n.type": ofInteraction(oneOf(...interactionTypes)),
    "cmi.interactions.n.objectives.n.id": ofInteraction(identifier, unique),
    "cmi.interactions.n.timestamp": ofInteraction(timestamp),
    "cmi.interactions.n.correct_responses.n.pattern": ofInteraction(needs("type"), pattern),
    "cmi.interactions.n.weighting": ofInteraction(real()),
    "cmi.interactions.n.learner_response": ofInteraction(needs("type"), learnerResponse),
    "cmi.interactions.n.result": ofInteraction(either(oneOf("correct", "incorrect", "unanticipated", "neutral"), real())),
    "cmi.interactions.n.latency": ofInteraction(timespan),
    "cmi.interactions.n.description": ofInteraction(localized),
    "cmi.launch_data": given((setup) => setup.launchData),
    "cmi.learner_id": read(({ setup }) => setup.learnerId),
    "cmi.learner_name": read(({ setup }) => setup.learnerName),
    "cmi.learner_preference.audio_level": starting("1", real(0)),
    "cmi.learner_preference.language": starting("", language),
    "cmi.learner_preference.delivery_speed": starting("1", real(0)),
    "cmi.learner_preference.audio_captioning": starting("0", oneOf("-1", "0", "1")),
    "cmi.location": both(text),
    "cmi.max_time_allowed": given((setup) => setup.maxTimeAllowed),
    "cmi.mode": read(({ setup }) => setup.mode),
    "cmi.objectives.n.id": both(identifier, once, unique),
    "cmi.objectives.n.score.scaled": ofObjective(real(-1, 1)),
    "cmi.objectives.n.score.raw": ofObjective(real()),
    "cmi.objectives.n.score.min": ofObjective(real()),
    "cmi.objectives.n.score.max": ofObjective(real()),
    "cmi.objectives.n.success_status": { ...ofObjective(success), initial: "unknown" },
    "cmi.objectives.n.completion_status": { ...ofObjective(completion), initial: "unknown" },
    "cmi.objectives.n.progress_measure": ofObjective(real(0, 1)),
    "cmi.objectives.n.description": ofObjective(localized),
    "cmi.progress_measure": both(real(0, 1)),
    "cmi.scaled_passing_score": measure((setup) => setup.scaledPassingScore),
    "cmi.score.scaled": both(real(-1, 1)),
    "cmi.score.raw": both(real()),
    "cmi.score.min": both(real()),
    "cmi.score.max": both(real()),
    "cmi.session_time": ofSession(timespan),
    "cmi.success_status": { ...both(success), source: ({ setup, values }) => successOf(setup, values).value },
    "cmi.suspend_data": both(suspendData),
    "cmi.time_limit_action": given((setup) => setup.timeLimitAction || "continue,no message"),
    "cmi.total_time": read(({ state }) => formatTimespan(state.totalTimeMs)),
    "adl.nav.request": { ...starting("_none_", navRequest), ofSession: true },
    "adl.nav.request_valid.continue": valid(({ setup }) => setup.valid.continue),
    "adl.nav.request_valid.previous": valid(({ setup }) => setup.valid.previous),
    "adl.nav.request_valid.exit": valid(({ setup }) => setup.valid.exit),
    "adl.nav.request_valid.exitAll": valid(({ setup }) => setup.valid.exitAll),
    "adl.nav.request_valid.abandon": valid(({ setup }) => setup.valid.abandon),
    "adl.nav.request_valid.abandonAll": valid(({ setup }) => setup.valid.abandonAll),
    "adl.nav.request_valid.suspendAll": valid(({ setup }) => setup.valid.suspendAll),
    "adl.nav.request_valid.choice.{target}": valid(({ setup, target }) => own(setup.valid.choice, target)),
    "adl.nav.request_valid.jump.{target}": valid(({ setup, target }) => own(setup.valid.jump, target)),
    "adl.data.n.id": read(({ setup, index }) => setup.sharedData[index]?.id ?? null),
    "adl.data.n.store": { ...both(writable, text), source: store },
  } satisfies Record<string, Element2004>),
);

/** The names above the elements, with their _children. */
export const groups: ReadonlyMap<string, Group2004> = new Map(
  Object.entries({
    cmi: {},
    "cmi.comments_from_learner": { children: "comment,location,timestamp", array: true },
    "cmi.comments_from_lms": { children: "comment,location,timestamp", array: true, fixed: (setup) => setup.commentsFromLms.length },
    "cmi.interactions": { children: "id,type,objectives,timestamp,correct_responses,weighting,learner_response,result,latency,description", array: true },
    "cmi.interactions.n.objectives": { array: true },
    "cmi.interactions.n.correct_responses": { array: true },
    "cmi.learner_preference": { children: "audio_level,language,delivery_speed,audio_captioning" },
    "cmi.objectives": { children: "id,score,success_status,completion_status,progress_measure,description", array: true },
    "cmi.objectives.n.score": { children: "scaled,raw,min,max" },
    "cmi.score": { children: "scaled,raw,min,max" },
    "adl.data": { children: "id,store", array: true, fixed: (setup) => setup.sharedData.length },
  } satisfies Record<string, Group2004>),
);

/** The answer to cmi._version (RTE 4.2.1). */
export const modelVersion = "1.0";
