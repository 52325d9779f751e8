import { canonicalForm, exactForm, idsForm } from "./model-forms.ts";
import { activitiesIn, agentsIn, sameAgent, type Activity, type Who, type Words } from "./model-words.ts";

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

/** A statement of the model: `seq` is when it was stored, in microseconds since 1970. */
export interface ModelStatement {
  seq: number;
  /** As it was sent, with what the LRS is to set. */
  statement: Words;
  /** The hashes of the bytes that came with it. */
  attached: string[];
}

/**
 * A record store that keeps statements in an array and looks at all of them for every question, sentence by sentence as the
 * specification has it; each sentence is asked once of each statement and its answer kept. What the real one answers is held
 * against it.
 */
export class ModelStore {
  readonly statements: readonly ModelStatement[];

  private readonly places: ReadonlyMap<string, number>;
  private readonly voided: readonly boolean[];
  private readonly ways: readonly number[][];
  private readonly answers = new Map<string, boolean[]>();
  private readonly definitions = new Map<string, NonNullable<Activity["definition"]>>();

  /** `statements` in the order they were stored in. */
  constructor(statements: readonly ModelStatement[]) {
    this.statements = statements;
    this.places = new Map(statements.map(({ statement }, place) => [statement.id!.toLowerCase(), place]));
    const voidedIds = new Set(statements.filter(({ statement }) => isVoiding(statement)).map(({ statement }) => statement.object.id!.toLowerCase()));
    // "if and only if the Statement is not itself a voiding Statement and the LRS also contains a voiding Statement referring to the first"
    this.voided = statements.map(({ statement }) => !isVoiding(statement) && voidedIds.has(statement.id!.toLowerCase()));
    this.ways = statements.map((_, place) => this.wayFrom(place));
    for (const { statement } of statements) for (const activity of activitiesIn(statement, true)) this.learn(activity);
  }

  isVoided(id: string): boolean {
    return this.voided[this.places.get(id.toLowerCase())!]!;
  }

  /** The statements that match, in order. */
  ask(question: ModelQuestion): ModelStatement[] {
    const meets = this.meeting(question);
    const found = this.statements.filter(({ seq }, place) => {
      const inTime = (question.since === undefined || seq > question.since) && (question.until === undefined || seq <= question.until);
      return inTime && !this.voided[place] && meets(place);
    });
    return question.ascending ? found : found.reverse();
  }

  /** How a statement is given back in a format. */
  formOf({ statement }: ModelStatement, format: "exact" | "ids" | "canonical"): Words {
    const exact = exactForm(statement);
    return format === "exact" ? exact : format === "ids" ? idsForm(exact) : canonicalForm(exact, this.definitions);
  }

  /** "Statements which target another Statement will meet the filter condition if the targeted Statement meets the condition", recursively. */
  private meeting(question: ModelQuestion): (place: number) => boolean {
    const { agent, verb, activity, registration, related_agents: broadAgents = false, related_activities: broadActivities = false } = question;
    const terms: boolean[][] = [];
    if (verb !== undefined) terms.push(this.answersTo(`verb ${verb}`, (one) => one.verb.id === verb));
    if (registration !== undefined) terms.push(this.answersTo(`registration ${registration}`, (one) => sameId(one.context?.registration, registration)));
    if (activity !== undefined) terms.push(this.answersTo(`activity ${broadActivities} ${activity}`, (one) => activitiesIn(one, broadActivities).some(({ id }) => id === activity)));
    if (agent !== undefined) terms.push(this.answersTo(`agent ${broadAgents} ${JSON.stringify(agent)}`, (one) => agentsIn(one, broadAgents).some((who) => sameAgent(who, agent))));
    return (place) => this.ways[place]!.some((at) => terms.every((term) => term[at]));
  }

  private answersTo(sentence: string, holds: (statement: Words) => boolean): boolean[] {
    let known = this.answers.get(sentence);
    if (!known) this.answers.set(sentence, (known = this.statements.map(({ statement }) => holds(statement))));
    return known;
  }

  /** A statement and all it points at, one by one, to where the way ends or comes back to itself. */
  private wayFrom(place: number): number[] {
    const way: number[] = [];
    for (let at: number | undefined = place; at !== undefined && !way.includes(at); ) {
      way.push(at);
      const { object }: Words = this.statements[at]!.statement;
      at = object.objectType === "StatementRef" ? this.places.get(object.id!.toLowerCase()) : undefined;
    }
    return way;
  }

  /** Later definitions win, member by member and language by language. */
  private learn({ id, definition }: Activity): void {
    if (!definition) return;
    const { name, description } = this.definitions.get(id) ?? {};
    const learnt = { ...this.definitions.get(id), ...definition };
    if (name && definition.name) learnt.name = { ...name, ...definition.name };
    if (description && definition.description) learnt.description = { ...description, ...definition.description };
    this.definitions.set(id, learnt);
  }
}

function isVoiding(statement: Words): boolean {
  return statement.verb.id === "http://adlnet.gov/expapi/verbs/voided";
}

function sameId(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}
