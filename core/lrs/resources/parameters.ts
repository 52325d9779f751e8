import { identity, invalidParameters, iri, time, uuid, valuesOf, wrongParameter, yesOrNo, type ParameterReader } from "./parameter-readers.ts";
import { formats, type Format } from "./present.ts";
import type { StatementFilter } from "../query/query.ts";
import type { StatementProblem } from "../statement/shape.ts";
import type { XapiVersion } from "../statement/versions.ts";

/** What a GET of the Statement Resource asks for: one statement by its id, or a page of many. */
export type StatementQuestion = { format: Format; attachments: boolean } & (
  | { kind: "one"; id: string; voided: boolean }
  | { kind: "page"; filter: Omit<StatementFilter, "store">; limit: number; after?: number; asked: string }
);

/**
 * Reads the parameters of a GET (Communication 2.1.3). `limit` is `maximum` where none or 0 is asked for.
 * @throws invalid_parameters (400) naming each wrong parameter
 */
export function questionOf(parameters: URLSearchParams, version: XapiVersion, maximum: number): StatementQuestion {
  const continued = parameters.get("more");
  if (continued !== null) return continuedQuestion(parameters, continued, version, maximum);
  const { values, problems } = valuesOf(parameters, readers, version);
  problems.push(...togetherWrong(new Set(parameters.keys())));
  if (problems.length > 0) throw invalidParameters(problems);
  const { statementId, voidedStatementId, format = "exact", attachments = false, limit, related_agents, related_activities, ...filter } = values;
  const common = { format: format as Format, attachments: attachments as boolean };
  const id = (statementId ?? voidedStatementId) as string | undefined;
  if (id !== undefined) return { ...common, kind: "one", id, voided: voidedStatementId !== undefined };
  return {
    ...common,
    kind: "page",
    filter: { ...filter, relatedAgents: related_agents as boolean, relatedActivities: related_activities as boolean },
    limit: Math.min((limit as number | undefined) || maximum, maximum),
    asked: parameters.toString(),
  };
}

/** The parameter by which a page goes on after `next`: opaque, and all that is needed to ask again. */
export function moreOf(asked: string, next: number): string {
  return Buffer.from(`${next} ${asked}`).toString("base64url");
}

const readers: Record<string, ParameterReader> = {
  statementId: uuid,
  voidedStatementId: uuid,
  agent: identity,
  verb: iri,
  activity: iri,
  registration: uuid,
  related_activities: yesOrNo,
  related_agents: yesOrNo,
  since: time,
  until: time,
  limit: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : { wrong: "must be a whole number, 0 or more" }),
  format: (text) => (formats.includes(text as Format) ? text : { wrong: `must be ${formats.join(", ")}` }),
  attachments: yesOrNo,
  ascending: yesOrNo,
};

/** Of one statement only its format and attachments may be asked (Communication 2.1.3). */
function togetherWrong(names: Set<string>): StatementProblem[] {
  const one = ["statementId", "voidedStatementId"].find((name) => names.has(name));
  if (one === undefined) return [];
  return [...names]
    .filter((name) => name !== one && name !== "format" && name !== "attachments" && name in readers)
    .map((name) => wrongParameter(name, `must not come with ${one}`, "Communication 2.1.3"));
}

function continuedQuestion(parameters: URLSearchParams, continued: string, version: XapiVersion, maximum: number): StatementQuestion {
  const [, after, asked] = /^(\d{1,16}) (.*)$/s.exec(Buffer.from(continued, "base64url").toString()) ?? [];
  if (after === undefined || parameters.size > 1) throw invalidParameters([wrongParameter("more", "is none of ours, or not alone")]);
  const inner = new URLSearchParams(asked);
  inner.delete("more");
  return { ...questionOf(inner, version, maximum), after: Number(after) } as StatementQuestion;
}
