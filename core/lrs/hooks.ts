import { filter, guard } from "../kernel/catalogue.ts";
import type { Context } from "../kernel/context.ts";
import { CadreError, isCadreError } from "../kernel/errors.ts";
import type { Credential } from "./credentials/credential.ts";
import { prepareText, type PreparedStatement, type Reception } from "./ingest/prepare.ts";
import type { Members } from "./statement/shape.ts";

/** A valid statement on its way in. */
export interface ReceivedStatement {
  /** The store's number. */
  store: number;
  /** As it is to be stored, but for `stored`; with its id and its authority. */
  statement: Members;
  /** Whose key it came by; null for the site's own statements. */
  credential: Pick<Credential, "id" | "label"> | null;
}

export const recordHooks = {
  "statement.receiving": guard<ReceivedStatement>("May this xAPI statement be stored? One that is refused takes those sent with it along; where it is one of the site's own (no credential), also the act that it tells of, such as a commit of content or an enrollment."),
  "statement.storing": filter<ReceivedStatement>("Change an xAPI statement before it is stored. Answer the subject with another `statement`; it is checked again, and keeps its id."),
};

declare module "../kernel/catalogue.ts" {
  interface HookCatalogue {
    "statement.receiving": (typeof recordHooks)["statement.receiving"];
    "statement.storing": (typeof recordHooks)["statement.storing"];
  }
}

/**
 * Asks the hooks about statements before they are stored; the same ones where nobody listens, and nothing is read or written
 * for them then. @throws the refusal of a guard, invalid_statements (400) when a plugin has made one so
 */
export async function admitted(ctx: Context, statements: PreparedStatement[], reception: Reception, credential: ReceivedStatement["credential"]): Promise<PreparedStatement[]> {
  const { hooks } = ctx.site.host;
  const filtered = hooks.listeners("statement.storing").length > 0;
  if (!filtered && hooks.listeners("statement.receiving").length === 0) return statements;
  const result: PreparedStatement[] = [];
  for (const prepared of statements) {
    const admitting = admittedOne(ctx, prepared, { reception, credential, filtered });
    result.push(await admitting.catch((error: unknown) => Promise.reject(refusalOf(error, prepared.pointer) as Error)));
  }
  return result;
}

interface Admission {
  reception: Reception;
  credential: ReceivedStatement["credential"];
  /** Whether anybody may change it. */
  filtered: boolean;
}

async function admittedOne(ctx: Context, prepared: PreparedStatement, { reception, credential, filtered }: Admission): Promise<PreparedStatement> {
  const subject: ReceivedStatement = { store: reception.store, statement: frozen(`${prepared.text}}`), credential };
  await ctx.guard("statement.receiving", subject);
  const { statement } = filtered ? await ctx.filter("statement.storing", subject) : subject;
  if (statement === subject.statement) return prepared;
  const [changed] = prepareText(JSON.stringify({ ...statement, id: prepared.id }), reception);
  return { ...changed!, pointer: prepared.pointer };
}

/** A refusal says which statement of those sent it is about. */
function refusalOf(error: unknown, pointer: string): unknown {
  if (!isCadreError(error) || error.status >= 500) return error;
  const { code, message, status, data, cause } = error;
  const problems = error.problems.length > 0 ? error.problems : [{ pointer: "", code, message }];
  return new CadreError(code, message, { status, data, cause, problems: problems.map((problem) => ({ ...problem, pointer: pointer + problem.pointer })) });
}

/** Frozen to its leaves, so that a plugin which changes it in place is told and not ignored. */
function frozen(text: string): Members {
  return JSON.parse(text, (_, value: unknown) => Object.freeze(value)) as Members;
}
