import { decimal, either, identifier, integer, oneOf, scorePart, suspendData, text, timeOfDay, timespan, type Format } from "./formats.ts";
import { creditOf } from "../session-state.ts";
import type { Setup12 } from "./setup.ts";
import type { State12 } from "./state.ts";
import { formatTimespan } from "./timespan.ts";

/** One row of the data model. */
export interface Element12 {
  access: "read" | "write" | "both";
  /** What may be set. */
  format: Format;
  /** What is read before anything was set. */
  initial: string;
  /** Where the value comes from, when it is not a stored one. */
  source?: (setup: Setup12, state: State12) => string;
  /** Ends with the session instead of staying with the attempt. */
  ofSession?: true;
  /** A set adds to what is there. */
  appends?: true;
}

/** A name that has others below it. `children` is the exact answer to _children. */
export interface Group12 {
  children?: string;
  array?: true;
}

const both = (format: Format, initial = ""): Element12 => ({ access: "both", format, initial });
const write = (format: Format): Element12 => ({ access: "write", format, initial: "" });
const ofSession = (format: Format): Element12 => ({ ...write(format), ofSession: true });
const read = (source: Element12["source"]): Element12 => ({ access: "read", format: () => "read only", initial: "", source });

const statuses = ["passed", "completed", "failed", "incomplete", "browsed"];
const types = ["true-false", "choice", "fill-in", "matching", "performance", "sequencing", "likert", "numeric"];
// CMIFeedback has no stated length but for performance (255); essays in fill-in need more, so it gets what a comment gets.
const feedback = text(4096);

/** The SCORM 1.2 data model (RTE 3.4.4), element by element; `n` stands for an index. */
export const elements: ReadonlyMap<string, Element12> = new Map(
  Object.entries({
    "cmi.core.student_id": read((setup) => setup.learnerId),
    "cmi.core.student_name": read((setup) => setup.learnerName),
    "cmi.core.lesson_location": both(text(255)),
    "cmi.core.credit": read(creditOf),
    "cmi.core.lesson_status": both(oneOf(...statuses), "not attempted"),
    "cmi.core.entry": read((_, state) => state.entry),
    "cmi.core.score.raw": both(scorePart),
    "cmi.core.score.min": both(scorePart),
    "cmi.core.score.max": both(scorePart),
    "cmi.core.total_time": read((_, state) => formatTimespan(state.totalTimeMs)),
    "cmi.core.lesson_mode": read((setup) => setup.mode),
    "cmi.core.exit": ofSession(oneOf("time-out", "suspend", "logout", "")),
    "cmi.core.session_time": ofSession(timespan),
    "cmi.suspend_data": both(suspendData),
    "cmi.launch_data": read((setup) => setup.launchData),
    "cmi.comments": { ...both(text(4096)), appends: true },
    "cmi.comments_from_lms": read((setup) => setup.commentsFromLms),
    "cmi.objectives.n.id": both(identifier),
    "cmi.objectives.n.score.raw": both(scorePart),
    "cmi.objectives.n.score.min": both(scorePart),
    "cmi.objectives.n.score.max": both(scorePart),
    "cmi.objectives.n.status": both(oneOf(...statuses, "not attempted")),
    "cmi.student_data.mastery_score": read((setup) => setup.masteryScore),
    "cmi.student_data.max_time_allowed": read((setup) => setup.maxTimeAllowed),
    "cmi.student_data.time_limit_action": read((setup) => setup.timeLimitAction),
    "cmi.student_preference.audio": both(integer(-1, 100)),
    "cmi.student_preference.language": both(text(255)),
    "cmi.student_preference.speed": both(integer(-100, 100)),
    "cmi.student_preference.text": both(integer(-1, 1)),
    "cmi.interactions.n.id": write(identifier),
    "cmi.interactions.n.objectives.n.id": write(identifier),
    "cmi.interactions.n.time": write(timeOfDay),
    "cmi.interactions.n.type": write(oneOf(...types)),
    "cmi.interactions.n.correct_responses.n.pattern": write(feedback),
    "cmi.interactions.n.weighting": write(decimal()),
    "cmi.interactions.n.student_response": write(feedback),
    "cmi.interactions.n.result": write(either(oneOf("correct", "wrong", "unanticipated", "neutral"), decimal())),
    "cmi.interactions.n.latency": write(timespan),
  } satisfies Record<string, Element12>),
);

/** The names above the elements, with their exact _children. */
export const groups: ReadonlyMap<string, Group12> = new Map(
  Object.entries({
    cmi: { children: "core,suspend_data,launch_data,comments,comments_from_lms,objectives,student_data,student_preference,interactions" },
    "cmi.core": { children: "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time" },
    "cmi.core.score": { children: "raw,min,max" },
    "cmi.objectives": { children: "id,score,status", array: true },
    "cmi.objectives.n.score": { children: "raw,min,max" },
    "cmi.student_data": { children: "mastery_score,max_time_allowed,time_limit_action" },
    "cmi.student_preference": { children: "audio,language,speed,text" },
    "cmi.interactions": { children: "id,objectives,time,type,correct_responses,weighting,student_response,result,latency", array: true },
    "cmi.interactions.n.objectives": { array: true },
    "cmi.interactions.n.correct_responses": { array: true },
  } satisfies Record<string, Group12>),
);

/** The answer to cmi._version: the version of the AICC data model that SCORM 1.2 took over. */
export const modelVersion = "3.4";
