import assert from "node:assert/strict";
import { isCadreError } from "../kernel/errors.ts";
import type { Plugin } from "../kernel/plugin.ts";
import { checkQuestion, gradeQuestion, questionType, renderQuestion, type Question, type QuestionType } from "../learning/questions.ts";
import { defineChecks, type Check } from "./checks.ts";

/** Answers to one question, as JSON. */
export interface QuestionCases {
  /** Worth 1. */
  right: readonly unknown[];
  /** Worth 0. */
  wrong: readonly unknown[];
  /** Worth something between: the answer and its grade. */
  partly?: readonly (readonly [response: unknown, grade: number])[];
  /** No answers at all: refused before they are graded. */
  invalid: readonly unknown[];
}

/** Defines tests that hold a plugin's question type to the contract, on one question of that type. */
export function testQuestion(plugin: Plugin, name: string, question: Question, cases: QuestionCases): void {
  defineChecks(`The question type ${name}`, questionChecks(plugin, name, question, cases));
}

/** What `testQuestion` holds. */
export function questionChecks(plugin: Plugin, name: string, question: Question, { right, wrong, partly = [], invalid }: QuestionCases): Check[] {
  const type = () => typeOf(plugin, name);
  const graded: [unknown, number][] = [...right.map((response): [unknown, number] => [response, 1]), ...wrong.map((response): [unknown, number] => [response, 0]), ...partly.map(([response, grade]): [unknown, number] => [response, grade])];
  return [
    { title: "takes the question", run: () => void checkQuestion(type(), question) },
    ...graded.map(([response, grade]) => ({ title: `grades ${JSON.stringify(response)} with ${grade}`, run: () => gradesAlike(type(), question, response, grade) })),
    ...invalid.map((response) => ({ title: `refuses ${JSON.stringify(response) ?? "no answer"}`, run: () => refuses(type(), question, response) })),
    { title: "shows controls that have a label, empty and answered", run: () => [undefined, ...right, ...wrong].forEach((response) => labelled(renderQuestion(type(), { id: "q1", body: question.body, response }))) },
    { title: "shows whatever an author or learner wrote as text, never as markup", run: () => escapes(type(), question) },
  ];
}

function typeOf(plugin: Plugin, name: string): QuestionType {
  const found = questionType({ contributions: <T>() => (plugin.questions ? [{ plugin: plugin.name, value: plugin.questions as T }] : []) }, name);
  assert.ok(found, `${plugin.name} has no question type "${name}"`);
  return found;
}

/** Twice, on frozen input: grading has no memory and changes nothing. */
function gradesAlike(type: QuestionType, question: Question, response: unknown, grade: number): void {
  const before = JSON.stringify([question, response]);
  assert.equal(gradeQuestion(type, question, response), grade);
  assert.equal(gradeQuestion(type, question, response), grade, "another grade the second time");
  assert.equal(JSON.stringify([question, response]), before, "grading has changed the question or the answer");
}

function refuses(type: QuestionType, question: Question, response: unknown): void {
  assert.throws(
    () => gradeQuestion(type, question, response),
    (error: unknown) => isCadreError(error) && error.code === "invalid_input",
    "an answer that is none was graded",
  );
}

/** Every control is named for who can't see it (WCAG 2.2, 1.3.1 and 4.1.2). */
function labelled(html: string): void {
  const loose = html.replace(/<label\b[^>]*>(?:(?!<\/label>)[\s\S])*<(?:input|select|textarea)\b[\s\S]*?<\/label>/g, "");
  const labels = new Set([...html.matchAll(/<label\b[^>]*\bfor="([^"]+)"/g)].map(([, id]) => id));
  const controls = [...html.matchAll(/<(?:input|select|textarea|button)\b[^>]*>/g)];
  assert.ok(controls.length > 0, `there is no control in it:\n${html}`);
  for (const [control] of loose.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)) {
    const id = /\bid="([^"]+)"/.exec(control)?.[1];
    const named = /\btype="hidden"|\baria-label(?:ledby)?="[^"]/.test(control) || (id !== undefined && labels.has(id));
    assert.ok(named, `a control has no label: ${control}`);
  }
}

const probe = '<script>probe</script>"';

/** Puts markup into every text of the body that may hold any, and into the answer. */
function escapes(type: QuestionType, { body }: Question): void {
  const html = texts(body)
    .map((path) => withText(body, path))
    .map((probed) => shown(type, probed, probe))
    .join("\n");
  assert.ok(!html.includes("<script>probe"), `markup got through:\n${html}`);
}

function shown(type: QuestionType, body: unknown, response: unknown): string {
  try {
    return renderQuestion(type, { id: "q1", body, response });
  } catch (error) {
    if (isCadreError(error) && error.code === "invalid_input") return ""; // a text that may not be just any
    throw error;
  }
}

/** The paths of every text in a value. */
function texts(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === "string") return [path];
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, member]) => texts(member, [...path, name])) : [];
}

function withText(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return probe;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = withText(copy[name], rest);
  return copy;
}
