import { CadreError, messageOf } from "../kernel/errors.ts";
import type { Host } from "../kernel/host.ts";
import { checker, t, type Static, type TSchema } from "../kernel/schema.ts";
import { inlineTemplate } from "../pages/inline-template.ts";

/** What statements call an answer's form (xAPI, Data 2.4.4.1; the same ten in SCORM 2004). */
const interactions = ["true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other"] as const;
export type Interaction = (typeof interactions)[number];

/** A type of question, its schemas' types forgotten. */
export interface QuestionType {
  readonly interaction: Interaction;
  /** What is shown: prompt, options. */
  readonly body: TSchema;
  /** What is right. Rendering never receives it. */
  readonly key: TSchema;
  readonly response: TSchema;
  grade(question: { body: never; key: never }, response: never): number;
  /** The controls in a form, in handlebars: `id` for the first control, `name` for all of them, `body`, `response`, `disabled`. */
  readonly template: string;
}

/** A question as it is kept: the body for everybody, the key for grading alone. */
export interface Question {
  body: unknown;
  key: unknown;
}

/** What a question's template is given. */
export interface QuestionView {
  /** Of the control that the label is for; unique in the page. */
  id: string;
  /** The name of the form's field; `response` unless a page has several questions. */
  name?: string;
  body: unknown;
  /** What was answered, to be shown again. */
  response?: unknown;
  disabled?: boolean;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Types of questions, by name; names are the site's, so that a bank can be moved from plugin to plugin. */
    questions?: Record<string, QuestionType>;
  }
}

/** Gives a question type the types of its schemas. `grade` is pure and answers 0 (wrong) to 1 (right). */
export function question<Body extends TSchema, Key extends TSchema, Response extends TSchema>(type: {
  interaction: Interaction;
  body: Body;
  key: Key;
  response: Response;
  grade(question: { body: Static<Body>; key: Static<Key> }, response: Static<Response>): number;
  template: string;
}): QuestionType {
  return Object.freeze(type) as unknown as QuestionType;
}

/** A question type of whichever plugin. */
export function questionType({ contributions }: Pick<Host, "contributions">, name: string): QuestionType | undefined {
  return contributions<Record<string, QuestionType>>("questions").find(({ value }) => Object.hasOwn(value, name))?.value[name];
}

/** The question with its schemas' defaults filled in. @throws invalid_input (422), pointers below `/body` and `/key` */
export function checkQuestion(type: QuestionType, given: unknown): Question {
  return checker(wrapped(type, "question", { body: type.body, key: type.key }))(structuredClone(given), "question") as Question;
}

/** What was answered, as its schema wants it: `json` as it came, `form` with text taken for numbers and the like. @throws invalid_input (422), pointers below `/response` */
export function checkResponse(type: QuestionType, given: unknown, source: "json" | "form" = "json"): unknown {
  const schema = wrapped(type, "response", { response: type.response });
  return (checker(schema, source === "form" ? "text" : "json")({ response: structuredClone(given) }, "answer") as { response: unknown }).response;
}

/**
 * What an answer is worth, 0 to 1. @throws invalid_input (422) for a question or answer that does not fit its schema,
 * plugin_failed (500) when the plugin throws, or answers anything but a number of 0 to 1
 */
export function gradeQuestion(type: QuestionType, given: Question, response: unknown): number {
  const { body, key } = checkQuestion(type, { body: given.body, key: given.key });
  const answer = checkResponse(type, response);
  let grade: unknown;
  try {
    grade = type.grade({ body, key } as never, answer as never);
  } catch (error) {
    throw failed(`Grading a ${type.interaction} question failed: ${messageOf(error)}`, error);
  }
  if (typeof grade === "number" && grade >= 0 && grade <= 1) return grade;
  throw failed(`Grading a ${type.interaction} question gave ${String(grade)}, which is no number of 0 to 1.`);
}

const templates = new WeakMap<QuestionType, (data: object) => string>();

/** A question's controls as HTML. The key is not even asked for, so no template can show it. @throws invalid_input, plugin_failed (500) */
export function renderQuestion(type: QuestionType, { id, name = "response", body, response, disabled = false }: QuestionView): string {
  const shown = checker(wrapped(type, "body", { body: type.body }))({ body: structuredClone(body) }, "question") as { body: unknown };
  try {
    let template = templates.get(type);
    if (!template) templates.set(type, (template = inlineTemplate(`a ${type.interaction} question`, type.template)));
    return template({ id, name, body: shown.body, response, disabled });
  } catch (error) {
    throw failed(`Showing a ${type.interaction} question failed: ${messageOf(error)}`, error);
  }
}

/** What boot finds wrong with a plugin's question types. */
export function badQuestions(value: unknown): string[] {
  return Object.entries(value as Record<string, Partial<QuestionType> | undefined>).flatMap(([name, type]) => [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? [] : [`"${name}" is no kebab-case name`]),
    ...(type?.interaction && interactions.includes(type.interaction) ? [] : [`the interaction of ${name} must be one of ${interactions.join(", ")}`]),
    ...(["body", "key", "response"] as const).flatMap((part) => (typeof type?.[part] === "object" ? [] : [`${name} has no schema of its ${part}`])),
    ...(typeof type?.grade === "function" ? [] : [`${name} has no function "grade"`]),
    ...badTemplate(name, type?.template),
  ]);
}

function badTemplate(name: string, template: unknown): string[] {
  if (typeof template !== "string" || template.trim() === "") return [`${name} has no template`];
  try {
    inlineTemplate(name, template);
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

const wrappers = new WeakMap<QuestionType, Map<string, TSchema>>();

/** Schemas of a type inside an object, so that defaults and coercion have a place to write to; made once. */
function wrapped(type: QuestionType, part: string, properties: Record<string, TSchema>): TSchema {
  const own = wrappers.get(type) ?? new Map<string, TSchema>();
  wrappers.set(type, own);
  const known = own.get(part) ?? t.Object(properties);
  own.set(part, known);
  return known;
}

const failed = (message: string, cause?: unknown): CadreError => new CadreError("plugin_failed", message, { status: 500, cause });
