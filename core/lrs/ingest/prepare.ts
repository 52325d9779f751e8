import type { CadreError } from "../../kernel/errors.ts";
import { activitiesOf, authorityKeyOf, keysOf } from "../keys.ts";
import { elementsOf, membersOf, withExactNumbers, withMember, type RawElement } from "../raw-json.ts";
import { repeatedMember } from "../repeated-members.ts";
import { newId } from "../../kernel/ids.ts";
import { defaultLimits, type RecordLimits } from "../stores/limits.ts";
import { invalidStatements, refused } from "../refusals.ts";
import { parsedJson } from "./body.ts";
import { digestOf } from "../statement/equality.ts";
import { isObject, problemsAtMost, type Members, type StatementProblem } from "../statement/shape.ts";
import { isVoiding, problemsOf } from "../statement/statement.ts";
import { inUtc, timestampOf } from "../statement/timestamps.ts";
import { defaultStatementVersion, type XapiVersion } from "../statement/versions.ts";

/** On whose word, where and by which edition statements are stored. */
export interface Reception {
  /** The store's number. */
  store: number;
  version: XapiVersion;
  /** The Agent or Group that vouches; set on every statement (Data 2.4.9). */
  authority: Members;
  /** How many statements and levels of nesting there may be. */
  limits?: Pick<RecordLimits, "maxStatements" | "maxDepth">;
  /** Whether their definitions become part of what is known of activities; they do, unless told. */
  defines?: boolean;
  /** The activities that alone they may define; a statement that defines another one defines none. */
  mayDefine?(activityId: string): boolean;
}

/** A valid statement, ready to be stored: all but its place in time is decided. */
export interface PreparedStatement {
  store: number;
  id: string;
  /** A JSON pointer to it in the request: "" where it came alone, "/3" for the fourth of several. */
  pointer: string;
  /** The statement's text without its closing brace and without `stored`; nothing the sender wrote is written anew. */
  text: string;
  /** False when `timestamp` is to be what `stored` becomes (Data 2.4.7). */
  timed: boolean;
  digest: Buffer;
  /** The statement its object points at. */
  target?: string;
  voiding: boolean;
  authorityKey: string;
  /** Whether its definitions become part of what is known of activities. */
  defines: boolean;
  keys: string[];
  /** What was sent, as `read` reads it. */
  statement: Members;
}

/**
 * Reads the body of a POST or PUT: one statement or an array of them.
 * @throws invalid_json (400), json_too_deep (400), too_many_statements (413), invalid_statements (400) with every problem of every
 * statement (a thousand at most), `clause` among them
 */
export function prepareText(body: string, reception: Reception): PreparedStatement[] {
  return prepareParsed(parsedJson(body), body, reception);
}

/** The same of a text that has been parsed. @throws as `prepareText` */
export function prepareParsed(parsed: unknown, body: string, reception: Reception): PreparedStatement[] {
  const { maxStatements, maxDepth } = reception.limits ?? defaultLimits;
  const statements = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  if (statements.length > maxStatements) throw tooMany(statements.length, maxStatements);
  const elements = elementsOf(body, maxDepth);
  const pointers = statements.map((_, index) => (Array.isArray(parsed) ? `/${index}` : ""));
  const problems: StatementProblem[] = [];
  for (let index = 0; index < statements.length && problems.length < problemsAtMost; index++) problems.push(...problemsOf(statements[index], reception.version, pointers[index]));
  if (problems.length > 0) throw invalidStatements(problems, statements.length);
  const repeated = [...repeatedIds(statements as Members[]), ...repeatedMembers(elements, statements, pointers)];
  if (repeated.length > 0) throw invalidStatements(repeated, statements.length);
  return statements.map((statement, index) => prepared(statement as Members, elements[index]!, pointers[index]!, reception));
}

/** Statements of our own making. @throws as `prepareText` */
export function prepareStatements(statements: readonly object[], reception: Reception): PreparedStatement[] {
  return prepareText(JSON.stringify(statements), reception);
}

const authorityTexts = new WeakMap<Members, { text: string; key: string }>();

function prepared(statement: Members, { text: raw, members, certain }: RawElement, pointer: string, reception: Reception): PreparedStatement {
  const id = typeof statement.id === "string" ? statement.id.toLowerCase() : newId();
  const { text: authorityText, key: authorityKey } = authorityOf(reception.authority);
  const parts: string[] = [];
  for (const { name, start, valueStart, end } of members) {
    if (name === "stored" || name === "authority") continue;
    const value = raw.slice(valueStart, end);
    if (name === "timestamp") parts.push(`"timestamp":${timestampText(value, statement.timestamp as string, reception.version)}`);
    else if (hasLoneActivity(statement, name)) parts.push(`${JSON.stringify(name)}:${arrayed(name, value)}`);
    else parts.push(raw.slice(start, end));
  }
  if (statement.id === undefined) parts.unshift(`"id":"${id}"`);
  if (statement.version === undefined) parts.push(`"version":"${defaultStatementVersion(reception.version)}"`);
  parts.push(`"authority":${authorityText}`);
  const object = statement.object as Members;
  const exact = certain ? statement : (JSON.parse(withExactNumbers(raw)) as Members);
  return {
    store: reception.store,
    id,
    pointer,
    text: `{${parts.join(",")}`,
    timed: statement.timestamp !== undefined,
    digest: digestOf(exact),
    target: object.objectType === "StatementRef" ? (object.id as string).toLowerCase() : undefined,
    voiding: isVoiding(statement),
    authorityKey,
    defines: (reception.defines ?? true) && (!reception.mayDefine || definedIn(statement).every(reception.mayDefine)),
    keys: keysOf(statement, reception.authority),
    statement: exact,
  };
}

const definedIn = (statement: Members): string[] => activitiesOf(statement).flatMap(({ id, definition }) => (definition === undefined ? [] : [id as string]));

function repeatedIds(statements: Members[]): StatementProblem[] {
  const seen = new Set<unknown>();
  return statements.flatMap(({ id }, index) => {
    if (typeof id !== "string") return [];
    const repeated = seen.has(id.toLowerCase());
    seen.add(id.toLowerCase());
    return repeated ? [{ pointer: `/${index}/id`, code: "repeated_id", message: "is used by another statement of this request", clause: "Communication 2.1.2" }] : [];
  });
}

function repeatedMembers(elements: RawElement[], statements: unknown[], pointers: string[]): StatementProblem[] {
  return elements.flatMap((element, index) => {
    const found = repeatedMember(element, statements[index]);
    return found === undefined ? [] : [{ pointer: `${pointers[index]}${found}`, code: "repeated_property", message: "is there twice", clause: "Data 2.2" }];
  });
}

function authorityOf(authority: Members): { text: string; key: string } {
  let known = authorityTexts.get(authority);
  if (!known) {
    known = { text: JSON.stringify(authority), key: authorityKeyOf(authority) };
    authorityTexts.set(authority, known);
  }
  return known;
}

/** In UTC (IEEE 9274.1.1: converted, not refused); 1.0.3 leaves a time without zone as it is. */
function timestampText(raw: string, text: string, version: XapiVersion): string {
  const timestamp = timestampOf(text);
  if (!timestamp || timestamp.zone === "Z" || (timestamp.zone === "none" && version === "1.0.3")) return raw;
  return JSON.stringify(inUtc(timestamp));
}

/** Whether this member holds contextActivities that are a single Activity, where an array is returned (Data 2.4.6.2). */
function hasLoneActivity(statement: Members, name: string): boolean {
  if (name === "object") return isObject(statement.object) && statement.object.objectType === "SubStatement" && hasLoneActivity(statement.object, "context");
  if (name !== "context" || !isObject(statement.context)) return false;
  const kinds = statement.context.contextActivities;
  return isObject(kinds) && Object.values(kinds).some((value) => !Array.isArray(value));
}

function arrayed(name: string, value: string): string {
  if (name === "object") return withMember(value, "context", (context) => arrayed("context", context));
  return withMember(value, "contextActivities", (kinds) =>
    membersOf(kinds).reduceRight((text, { valueStart, end }) => {
      if (text[valueStart] === "[") return text;
      return `${text.slice(0, valueStart)}[${text.slice(valueStart, end)}]${text.slice(end)}`;
    }, kinds),
  );
}

function tooMany(count: number, maxStatements: number): CadreError {
  return refused("too_many_statements", `The request has ${count} statements; ${maxStatements} are allowed here.`, { status: 413, data: { maxStatements }, clause: "Communication 3.2" });
}
