import { activitiesIn, agentsIn, sameAgent, type Who, type Words } from "./model-words.ts";

/** What is asked of the model, in the words of the specification (Communication 2.1.3); agents as they are sent. */
export interface ModelQuestion {
  agent?: Who;
  verb?: string;
  activity?: string;
  registration?: string;
  related_agents?: boolean;
  related_activities?: boolean;
  since?: number;
  until?: number;
  ascending?: boolean;
}

/**
 * A record store that keeps statements in an array and looks at all of them for every question, sentence by sentence as the
 * specification has it. What the real one answers is held against it.
 */
export class ModelStore {
  readonly statements: { seq: number; statement: Words }[] = [];

  private readonly byId = new Map<string, Words>();
  private readonly voidedIds = new Set<string>();

  add(seq: number, statement: Words): void {
    this.statements.push({ seq, statement });
    this.byId.set(statement.id!.toLowerCase(), statement);
    if (isVoiding(statement)) this.voidedIds.add(statement.object.id!.toLowerCase());
  }

  /** "if and only if the Statement is not itself a voiding Statement and the LRS also contains a voiding Statement referring to the first" */
  isVoided(statement: Words): boolean {
    return !isVoiding(statement) && this.voidedIds.has(statement.id!.toLowerCase());
  }

  /** The ids of the statements that match, in order. */
  ask(question: ModelQuestion): string[] {
    return this.statements
      .filter(({ seq }) => question.since === undefined || seq > question.since)
      .filter(({ seq }) => question.until === undefined || seq <= question.until)
      .filter(({ statement }) => !this.isVoided(statement))
      .filter(({ statement }) => this.meets(statement, question, new Set()))
      .sort((one, other) => (question.ascending ? one.seq - other.seq : other.seq - one.seq))
      .map(({ statement }) => statement.id!);
  }

  /** "Statements which target another Statement will meet the filter condition if the targeted Statement meets the condition", recursively. */
  private meets(statement: Words, question: ModelQuestion, visited: Set<unknown>): boolean {
    if (meetsItself(statement, question)) return true;
    if (statement.object.objectType !== "StatementRef" || visited.has(statement.id)) return false;
    visited.add(statement.id);
    const target = this.byId.get(statement.object.id!.toLowerCase());
    return target !== undefined && this.meets(target, question, visited);
  }
}

function meetsItself(statement: Words, question: ModelQuestion): boolean {
  const { agent, verb, activity, registration } = question;
  if (verb !== undefined && statement.verb.id !== verb) return false;
  if (registration !== undefined && !sameId(statement.context?.registration, registration)) return false;
  if (activity !== undefined && !activitiesIn(statement, question.related_activities === true).includes(activity)) return false;
  return agent === undefined || agentsIn(statement, question.related_agents === true).some((one) => sameAgent(one, agent));
}

function isVoiding(statement: Words): boolean {
  return statement.verb.id === "http://adlnet.gov/expapi/verbs/voided";
}

function sameId(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}
