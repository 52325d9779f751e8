/** A statement as a sentence; see templates/partials/statement.hbs. */
export interface ShownStatement {
  id: string;
  /** RFC 3339, in UTC. */
  at: string;
  tone: "good" | "bad" | "active" | "plain";
  actor: string;
  verb: string;
  object: string;
  /** Scaled. */
  score: number | null;
  success: boolean | null;
  durationMs: number | null;
  raw: unknown;
}

type LanguageMap = Record<string, string>;
interface Told {
  id: string;
  timestamp: string;
  actor: { name?: string; mbox?: string; account?: { name: string } };
  verb: { id: string; display?: LanguageMap };
  object: { id?: string; definition?: { name?: LanguageMap } };
  result?: { success?: boolean; completion?: boolean; duration?: string; score?: { scaled?: number } };
}

/** A stored statement for people. Pure. */
export function shownStatement(text: string): ShownStatement {
  const raw = JSON.parse(text) as Told;
  const { id, timestamp, actor, verb, object, result = {} } = raw;
  const word = inWords(verb.display) ?? lastPart(verb.id);
  return {
    id,
    at: new Date(timestamp).toISOString(),
    tone: toneOf(word, result.success),
    actor: actor.name ?? actor.mbox?.replace(/^mailto:/, "") ?? actor.account?.name ?? "Somebody",
    verb: word,
    object: inWords(object.definition?.name) ?? lastPart(object.id ?? ""),
    score: result.score?.scaled ?? null,
    success: result.success ?? null,
    durationMs: result.duration === undefined ? null : durationMsOf(result.duration),
    raw,
  };
}

function toneOf(verb: string, success: boolean | undefined): ShownStatement["tone"] {
  if (success === false || verb === "failed") return "bad";
  if (success === true || verb === "passed" || verb === "completed") return "good";
  return verb === "registered" ? "plain" : "active";
}

const inWords = (map: LanguageMap | undefined): string | undefined => map && (map["en-US"] ?? map.en ?? Object.values(map)[0]);

const lastPart = (iri: string): string => iri.split(/[/#]/).filter(Boolean).at(-1) ?? iri;

/** An ISO 8601 duration in milliseconds, years and months left out; null for what is none. */
function durationMsOf(duration: string): number | null {
  const [found, weeks, days, hours, minutes, seconds] = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration) ?? [];
  if (found === undefined) return null;
  const total = Number(weeks ?? 0) * 604_800 + Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return Math.round(total * 1000);
}
