import { hash } from "node:crypto";
import { canonicalNumber, exactMarker, withoutLastZeros } from "../raw-json.ts";
import { isObject, type Members } from "./shape.ts";
import { inUtc, timestampOf } from "./timestamps.ts";

/**
 * A SHA-256 that two statements share exactly when they are the same statement (Data 2.3.1): the order of members, the
 * spelling of numbers and times, verb.display, activity definitions, durations beyond 0.01 s, defaults of objectType, the
 * order of a group's members, and what the LRS itself sets make no difference; every digit of a number does, when the
 * statement comes from `read`. `leftOut` is not looked at either.
 */
export function digestOf(statement: Members, leftOut?: "timestamp"): Buffer {
  return hash("sha256", normalForm(statement, leftOut), "buffer");
}

/** The text behind `digestOf`. */
function normalForm(statement: Members, leftOut?: "timestamp"): string {
  return record(statement, leftOut ? timelessForms : statementForms);
}

/** What stands for a value; undefined leaves the member out. */
type Form = (value: unknown) => string | undefined;
/** By the members' names, which strangers choose: without any that an object has by itself. */
type Forms = Readonly<Record<string, Form>>;

const forms = (named: Record<string, Form>): Forms => Object.assign(Object.create(null) as Record<string, Form>, named);

const left: Form = () => undefined;
const lower: Form = (value) => (typeof value === "string" ? quoted(value.toLowerCase()) : plain(value));
const unless = (usual: string): Form => (value) => (value === usual ? undefined : plain(value));

const none = forms({});
const activityForms = forms({ definition: left, objectType: unless("Activity") });
const activity: Form = (value) => record(value, activityForms);
const activities: Form = (value) => `[${(Array.isArray(value) ? value : [value]).map(activity).join()}]`;
const verb: Form = (value) => (isObject(value) ? plain(value.id) : plain(value));

const agentForms = forms({
  objectType: unless("Agent"),
  mbox: (mbox) => quoted(lowerDomain(String(mbox))),
  mbox_sha1sum: lower,
  member: (members) => (Array.isArray(members) ? `[${members.map((one) => agent(one)).sort().join()}]` : plain(members)),
});
const agent: Form = (value) => record(value, agentForms);

const related = (name: string): Form => {
  const own = forms({ [name]: agent });
  return (value) => (Array.isArray(value) ? `[${value.map((entry) => record(entry, own)).join()}]` : plain(value));
};

const referenceForms = forms({ id: lower });
const reference: Form = (value) => record(value, referenceForms);

const kindForms = forms({ parent: activities, grouping: activities, category: activities, other: activities });
const contextForms = forms({
  registration: lower,
  language: lower,
  instructor: agent,
  team: agent,
  statement: reference,
  contextActivities: (kinds) => record(kinds, kindForms),
  contextAgents: related("agent"),
  contextGroups: related("group"),
});

const resultForms = forms({ duration: (text) => quoted(truncatedDuration(String(text))) });
const attachmentForms = forms({ sha2: lower });

const shared: Record<string, Form> = {
  actor: agent,
  verb,
  context: (value) => record(value, contextForms),
  result: (value) => record(value, resultForms),
  timestamp: (value) => quoted(instant(String(value))),
  attachments: (value) => (Array.isArray(value) ? `[${value.map((entry) => record(entry, attachmentForms)).join()}]` : plain(value)),
};

const object: Form = (value) => {
  const type = isObject(value) ? value.objectType : undefined;
  if (type === "Agent" || type === "Group") return agent(value);
  if (type === "StatementRef") return reference(value);
  return type === "SubStatement" ? record(value, subStatementForms) : activity(value);
};

const subStatementForms = forms({ ...shared, object });
const statementForms = forms({ ...shared, object, id: left, stored: left, authority: left, version: left });
const timelessForms = forms({ ...statementForms, timestamp: left });

function record(value: unknown, forms: Forms): string {
  if (!isObject(value)) return plain(value);
  let text = "{";
  for (const name of sortedNames(value)) {
    const own = forms[name];
    const form = own ? own(value[name]) : plain(value[name]);
    if (form !== undefined) text += quoted(name) + form;
  }
  return text + "}";
}

/** By insertion, which is the quickest way for the few there are. */
function sortedNames(value: Members): string[] {
  const names = Object.keys(value);
  if (names.length > 30) return names.sort();
  for (let from = 1; from < names.length; from++) {
    const name = names[from]!;
    let to = from;
    for (; to > 0 && names[to - 1]! > name; to--) names[to] = names[to - 1]!;
    names[to] = name;
  }
  return names;
}

function plain(value: unknown): string {
  if (typeof value === "number") return numberForm(value);
  if (typeof value === "string") return value.startsWith(exactMarker) ? canonicalNumber(value.slice(exactMarker.length)) : quoted(value);
  if (Array.isArray(value)) return `[${value.map(plain).join()}]`;
  return isObject(value) ? record(value, none) : String(value);
}

/** A string that nothing after it can be taken for a part of. */
function quoted(text: string): string {
  return '"' + text.length + ":" + text;
}

/** An email address's domain is told without case (Data 2.3.1). */
export function lowerDomain(mbox: string): string {
  const at = mbox.lastIndexOf("@");
  return mbox.slice(0, at) + mbox.slice(at).toLowerCase();
}

const numbers = new Map<number, string>();

function numberForm(value: number): string {
  let form = numbers.get(value);
  if (form === undefined) {
    form = canonicalNumber(String(value));
    if (numbers.size < 10_000) numbers.set(value, form);
  }
  return form;
}

const settled = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d*[1-9])?Z$/;

function instant(text: string): string {
  if (settled.test(text)) return text;
  const timestamp = timestampOf(text);
  return timestamp ? inUtc({ ...timestamp, fraction: withoutLastZeros(timestamp.fraction) }) : text;
}

function truncatedDuration(text: string): string {
  if (!text.includes(".") && !text.includes(",")) return text;
  return text.replace(/[.,](\d+)S$/, (_, digits: string) => {
    const kept = withoutLastZeros(digits.slice(0, 2));
    return kept === "" ? "S" : `.${kept}S`;
  });
}
