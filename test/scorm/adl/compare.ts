/** What a step of a case expects: a text by the rules below, or a property of one. */
export type Expectation = string | { maxLen: number } | { empty: true } | { any: true } | { learner: "id" };

/** One API call of a case with what it must answer; `error` is GetLastError's answer afterwards. */
export type Step =
  | { op: "Initialize" | "Commit" | "GetErrorString" | "GetDiagnostic"; arg: string; expect: Expectation; error: string; ignored?: boolean }
  | { op: "GetLastError"; expect: Expectation; error: string; ignored?: boolean }
  | { op: "GetValue"; element: string; expect: Expectation; error: string; ignored?: boolean }
  | { op: "SetValue"; element: string; value: string; expect: Expectation; error: string; ignored?: boolean }
  | { op: "compareObjIds"; objectives: string[]; ignored?: boolean };

/** The functions of the API that steps call. */
export interface Api {
  initialize(parameter: string): string;
  commit(parameter: string): string;
  getValue(element: string): string;
  setValue(element: string, value: string): string;
  getLastError(): string;
  getErrorString(code: string): string;
  getDiagnostic(code: string): string;
}

/**
 * Makes the call of a step and compares; null when all is as expected, else a line that says what was not. To ask for the id of the record
 * `&ID&` is to look for it: it must be found, whatever the case expects (where nothing, it says "").
 */
export function disagreement(step: Step, api: Api, learnerId: string): string | null {
  if (step.op === "compareObjIds") return otherIds(step.objectives, api);
  const element = "element" in step ? indexed(step.element, api) : "";
  const answer = call(step, element, api);
  const error = api.getLastError();
  const sought = step.op === "GetValue" && step.expect === "" && /\.&(.*)&\.id$/.exec(step.element)?.[1];
  if (sought) return answer === sought && error === step.error ? null : line(step, answer, error);
  if (anyLegal(element, step.op)) return step.op === "GetValue" && !legal(element, answer, error) ? line(step, answer, error) : null;
  const same = typeof step.expect === "string" ? equal(element, step.expect, answer) : has(step.expect, answer, learnerId);
  return same && error === step.error ? null : line(step, answer, error);
}

/** Whether two values of an element mean the same: reals, durations and timestamps by value, `_children` in any order, defaults as their absence. */
export function equal(element: string, expected: string, answer: string): boolean {
  if (expected === answer) return true;
  const meaning = meanings.find(([of]) => of.test(element))?.[1];
  if (!meaning) return false;
  const [one, other] = [meaning(expected), meaning(answer)];
  return typeof one === "number" && typeof other === "number" ? Math.abs(one - other) < 1e-7 : one !== null && one === other;
}

type Meaning = (text: string) => string | number | null;

const meanings: [of: RegExp, meaning: Meaning][] = [
  [/\._children$/, (text) => text.split(",").sort().join()],
  [/(?:\.score\.\w+|progress_measure|completion_threshold|scaled_passing_score|audio_level|delivery_speed|\.weighting|\.result)$/, real],
  [/(?:total_time|session_time|max_time_allowed|\.latency)$/, durationSeconds],
  [/\.timestamp$/, timestampMs],
  [/(?:\.learner_response|\.pattern)$/, response],
  [/(?:\.comment|\.description|learner_name)$/, (text) => text.replace(/^\{lang=en\}/, "")],
];

function real(text: string): number | null {
  return text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

function durationSeconds(text: string): number | null {
  const [all, years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text) ?? [];
  if (all === undefined) return null;
  const wholeDays = (Number(years) * 12 + Number(months)) * 30.4375 + Number(days);
  return ((wholeDays * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

function timestampMs(text: string): number | null {
  const [, date = "", time = "00", zone = ""] = /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T([\d:.]+))?(Z|[+-]\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  const [hours = "00", minutes = "00", seconds = "00"] = time.split(":");
  const ms = Date.parse(`${(date + "-01-01").slice(0, 10)}T${hours}:${minutes}:${seconds}${/^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone || "Z"}`);
  return Number.isNaN(ms) ? null : ms;
}

/** A response with each item's leading `{name=value}` in one order and without those that say what holds anyway; numbers of a range by value. */
function response(text: string): string {
  const items = text.split("[,]").map((item) => {
    const flags = /^(?:\{(?:lang|case_matters|order_matters)=[^}]*\})*/.exec(item)?.[0] ?? "";
    const told = (flags.match(/\{[^}]*\}/g) ?? []).filter((flag) => !["{lang=en}", "{order_matters=true}", "{case_matters=false}"].includes(flag));
    const rest = item.slice(flags.length);
    return told.sort().join("") + rest.split("[:]").map((part) => (/^-?[\d.]+$/.test(part) ? String(Number(part)) : part)).join("[:]");
  });
  return items.join("[,]");
}

function has(expect: Exclude<Expectation, string>, answer: string, learnerId: string): boolean {
  if ("maxLen" in expect) return answer.length <= expect.maxLen;
  if ("empty" in expect) return answer === "";
  return "any" in expect || answer === learnerId;
}

/** Elements of which a case cannot know the value: what may be chosen, and what the LMS itself may have commented. */
function anyLegal(element: string, op: Step["op"]): boolean {
  return op === "GetValue" && (/^adl\.nav\.request_valid\.(?:choice|jump)\./.test(element) || /^cmi\.comments_from_lms\.(?:\d+\.|_count)/.test(element));
}

function legal(element: string, answer: string, error: string): boolean {
  if (element.startsWith("adl.")) return error === "0" && ["true", "false", "unknown"].includes(answer);
  if (error !== "0") return answer === "" && ["301", "403"].includes(error) && !element.endsWith("_count");
  return element.endsWith("_count") ? /^\d+$/.test(answer) : !element.endsWith("timestamp") || timestampMs(answer) !== null;
}

function call(step: Exclude<Step, { op: "compareObjIds" }>, element: string, api: Api): string {
  switch (step.op) {
    case "Initialize":
      return api.initialize(step.arg);
    case "Commit":
      return api.commit(step.arg);
    case "GetValue":
      return api.getValue(element);
    case "SetValue":
      return api.setValue(element, step.value);
    case "GetErrorString":
      return api.getErrorString(step.arg);
    case "GetDiagnostic":
      return api.getDiagnostic(step.arg);
    case "GetLastError":
      return api.getLastError();
  }
}

/** `cmi.objectives.&ID&.x` with the index of the record whose id is ID; -1 where there is none. */
function indexed(element: string, api: Api): string {
  const [, array, id, rest] = /^(.*?)\.&(.*)&\.(.*)$/.exec(element) ?? [];
  return array === undefined ? element : `${array}.${ids(array, api).indexOf(id ?? "")}.${rest}`;
}

function otherIds(expected: string[], api: Api): string | null {
  const found = ids("cmi.objectives", api);
  return [...found].sort().join("\n") === [...expected].sort().join("\n") ? null : `objectives: ${found.join()} instead of ${expected.join()}`;
}

function ids(array: string, api: Api): string[] {
  return Array.from({ length: Number(api.getValue(`${array}._count`)) }, (_, n) => api.getValue(`${array}.${n}.id`));
}

function line(step: Exclude<Step, { op: "compareObjIds" }>, answer: string, error: string): string {
  const given = "element" in step ? [step.element, ...("value" in step ? [step.value] : [])] : "arg" in step ? [step.arg] : [];
  const cut = (text: string) => (text.length > 120 ? `${text.slice(0, 117)}…` : text);
  return `${step.op}(${given.map(cut).join(", ")}): ${JSON.stringify(cut(answer))}, ${error} instead of ${cut(JSON.stringify(step.expect))}, ${step.error}`;
}
