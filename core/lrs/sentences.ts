import { read, written } from "./raw-json.ts";
import { durationMsOf } from "./statement/durations.ts";
import { isObject, type Members } from "./statement/shape.ts";
import { microsecondsOf, timestampOf } from "./statement/timestamps.ts";

/** A statement as people read it: "Ada answered Which port?", and what came of it. */
export interface Sentence {
  id: string;
  /** When it happened, RFC 3339 in UTC. */
  at: string;
  tone: "good" | "bad" | "active" | "plain";
  actor: string;
  verb: string;
  object: string;
  /** Scaled; told from raw, min and max where they are all there is. */
  score: number | null;
  success: boolean | null;
  durationMs: number | null;
  /** What was answered, said or chosen. */
  response: string | null;
  /** The statement's JSON, indented, its numbers as they were sent. */
  raw: string;
}

/** What statements leave unsaid: how verbs read, and what activities are called, both by their IRI. */
export interface Vocabulary {
  verbs: ReadonlyMap<string, string>;
  definitions?: ReadonlyMap<string, Members>;
}

/** Stored statements for people to read, in the order given. Pure. */
export function sentencesOf(statements: readonly { raw: string }[], vocabulary: Vocabulary): Sentence[] {
  return statements.map(({ raw }) => sentenceOf(raw, vocabulary));
}

/** The one line of it: "Ada answered Which port?". */
export const lineOf = ({ actor, verb, object }: Sentence): string => `${actor} ${verb} ${object}`;

/** The newest day first, each day in order of time; days as the reader's clock has them. Pure. */
export function daysOf<S extends { at: string }>(sentences: readonly S[], timeZone = "UTC"): { date: string; statements: S[] }[] {
  const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  const days = new Map<string, S[]>();
  for (const sentence of sentences.toReversed().toSorted((a, b) => a.at.localeCompare(b.at))) {
    const day = dayOf.format(new Date(sentence.at));
    days.set(day, [...(days.get(day) ?? []), sentence]);
  }
  return [...days.values()].toReversed().map((statements) => ({ date: statements[0]!.at, statements }));
}

function sentenceOf(raw: string, { verbs, definitions }: Vocabulary): Sentence {
  const statement = JSON.parse(raw) as Members & { id: string; timestamp: string; actor: Members; verb: Members & { id: string }; object: Members; result?: Members };
  const { id, timestamp, actor, verb, object, result = {} } = statement;
  const success = typeof result.success === "boolean" ? result.success : null;
  return {
    id,
    at: new Date(microsecondsOf(timestampOf(timestamp)!) / 1000).toISOString(),
    tone: toneOf(verb.id, success),
    actor: agentWords(actor),
    verb: wordsIn(verb.display) ?? verbs.get(verb.id) ?? lastPart(verb.id),
    object: objectWords(object, definitions),
    score: scoreOf(result.score),
    success,
    durationMs: typeof result.duration === "string" ? durationMsOf(result.duration) : null,
    response: typeof result.response === "string" && result.response !== "" ? result.response.replaceAll("[,]", ", ").replaceAll("[.]", " → ") : null,
    raw: written(read(raw), 2),
  };
}

const good = ["passed", "completed", "mastered", "satisfied"];
const bad = ["failed", "abandoned"];
const quiet = ["registered", "launched", "initialized", "terminated", "suspended", "resumed", "exited", "logged-in", "logged-out", "waived"];

function toneOf(verbId: string, success: boolean | null): Sentence["tone"] {
  const name = lastPart(verbId);
  if (success === false || bad.includes(name)) return "bad";
  if (success === true || good.includes(name)) return "good";
  return quiet.includes(name) ? "plain" : "active";
}

/** What an agent or group is called: by its name, else by what identifies it. */
export function agentWords({ name, mbox, account, openid, member }: Members): string {
  if (typeof name === "string" && name.trim() !== "") return name;
  if (typeof mbox === "string") return mbox.replace(/^mailto:/, "");
  if (isObject(account)) return String(account.name);
  if (typeof openid === "string") return openid;
  return Array.isArray(member) && member.length > 0 ? (member as Members[]).map(agentWords).join(", ") : "Somebody";
}

/** What an object is called: by its own words, by those known of it, by the end of its IRI. */
export function objectWords(object: Members, definitions: Vocabulary["definitions"]): string {
  const { objectType = "Activity", id, definition } = object;
  if (objectType === "Agent" || objectType === "Group") return agentWords(object);
  if (objectType === "StatementRef") return `the statement ${String(id)}`;
  if (objectType === "SubStatement") {
    const verb = object.verb as Members;
    return `“${agentWords(object.actor as Members)} ${wordsIn(verb.display) ?? lastPart(String(verb.id))} ${objectWords(object.object as Members, definitions)}”`;
  }
  const [own, known] = [definition, definitions?.get(String(id))].map((one) => (isObject(one) ? one : {}));
  return wordsIn(own?.name) ?? wordsIn(known?.name) ?? wordsIn(own?.description) ?? wordsIn(known?.description) ?? lastPart(String(id));
}

function scoreOf(score: unknown): number | null {
  if (!isObject(score)) return null;
  const { scaled, raw, min = 0, max } = score;
  if (typeof scaled === "number") return scaled;
  return typeof raw === "number" && typeof max === "number" && typeof min === "number" && max > min ? (raw - min) / (max - min) : null;
}

/** The words of a language map in English, else in the first language it has. */
export function wordsIn(map: unknown): string | undefined {
  if (!isObject(map)) return undefined;
  const words = map["en-US"] ?? map.en ?? Object.values(map)[0];
  return typeof words === "string" && words.trim() !== "" ? words : undefined;
}

/** The last part of an IRI, as words. */
export function lastPart(iri: string): string {
  const part = iri.split(/[/#?]/).filter(Boolean).at(-1) ?? iri;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
