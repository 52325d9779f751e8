import type { CadreError } from "./errors.ts";
import type { Context } from "./context.ts";
import type { Static, TSchema } from "./schema.ts";

/**
 * Every hook there is, by name. The core's parts and the plugins add theirs by declaration merging
 * (`declare module "cadre" { interface HookCatalogue extends DeclaredIn<typeof hooks> {} }`).
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merged into by others
export interface HookCatalogue {}

/** Every durable event there is, by name; merged into as `HookCatalogue` is. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merged into by others
export interface EventCatalogue {}

export type HookKind = "guard" | "filter" | "step" | "survey";

/** One line of the catalogue; `summary` is the sentence `/docs/hooks` shows. `Subject` and `Answer` live in the type alone. */
export interface HookDeclaration<Kind extends HookKind = HookKind, Subject = unknown, Answer = unknown> {
  kind: Kind;
  summary: string;
  readonly types?: { subject: Subject; answer: Answer };
}

/** May this happen? A handler returns `refuse(…)` or nothing; one that throws stops the action. */
export const guard = <Subject>(summary: string): HookDeclaration<"guard", Subject, CadreError> => ({ kind: "guard", summary });
/** Change what happens: a handler returns the new value or nothing. */
export const filter = <Subject>(summary: string): HookDeclaration<"filter", Subject, Subject> => ({ kind: "filter", summary });
/** Must also happen, in the same transaction: a handler that throws undoes it. */
export const step = <Subject>(summary: string): HookDeclaration<"step", Subject, never> => ({ kind: "step", summary });
/** Ask everybody: a handler that throws is reported and left out. */
export const survey = <Subject, Answer>(summary: string): HookDeclaration<"survey", Subject, Answer> => ({ kind: "survey", summary });

/** A durable event's line: `payload` is its published contract. */
export interface EventDeclaration<S extends TSchema = TSchema> {
  summary: string;
  payload: S;
}

export const event = <S extends TSchema>(summary: string, payload: S): EventDeclaration<S> => ({ summary, payload });

/** The members to merge into a catalogue for declarations written as one object. */
export type DeclaredIn<Declarations> = { [Name in keyof Declarations]: Declarations[Name] };

export type HookName = Extract<keyof HookCatalogue, string>;
export type EventName = Extract<keyof EventCatalogue, string>;
export type HookOf<Kind extends HookKind> = { [N in HookName]: HookCatalogue[N] extends { kind: Kind } ? N : never }[HookName];
export type SubjectOf<N extends HookName> = HookCatalogue[N] extends HookDeclaration<HookKind, infer Subject> ? Subject : never;
export type AnswerOf<N extends HookName> = HookCatalogue[N] extends HookDeclaration<HookKind, unknown, infer Answer> ? Answer : never;
export type PayloadOf<N extends EventName> = EventCatalogue[N] extends EventDeclaration<infer S> ? Static<S> : never;

type Awaitable<T> = T | Promise<T>;

/** What a handler of this hook is given and may answer. */
export type HookHandler<N extends HookName, Config = unknown> = (
  ctx: Context<Config>,
  subject: SubjectOf<N>,
) => Awaitable<HookCatalogue[N] extends { kind: "step" } ? void : AnswerOf<N> | undefined | void>;

/** Where a handler stands among those of the same plugin order. */
export type HookOrder = "first" | "normal" | "last";

/** A plugin's `hooks`: a handler, or a handler with its order. */
export type HookHandlers<Config = unknown> = {
  [N in HookName]?: HookHandler<N, Config> | { order: HookOrder; run: HookHandler<N, Config> };
};
