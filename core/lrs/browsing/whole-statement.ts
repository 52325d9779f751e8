import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { sql } from "../../db/sql.ts";
import { browsed, type BrowsedStatement } from "./statements.ts";
import { findStatement } from "../query/query.ts";
import { read, written } from "../raw-json.ts";
import { agentWords, wordsIn } from "../sentences.ts";
import { isObject, type Members } from "../statement/shape.ts";

/** Everything there is to see of one statement. */
export interface WholeStatement {
  line: BrowsedStatement;
  /** Its JSON, indented, its numbers as they were sent. */
  json: string;
  statement: Members;
  /** True when another statement voids it. */
  voided: boolean;
  /** The statements that point at it, those that void it among them, the first stored first; twenty at most. */
  pointing: (BrowsedStatement & { voiding: boolean })[];
  /** What it points at: there, not there yet, or nothing. */
  target?: { id: string; there: boolean };
  attachments: { name: string; contentType: string; sizeBytes: number; sha2: string; fileUrl: string | null; usage: string }[];
}

/** One statement, voided or not. @throws no_such_statement (404) */
export async function wholeStatement(ctx: Context, store: number, id: string): Promise<WholeStatement> {
  const found = await findStatement(ctx.db, { store, id, voided: false });
  const voided = found ? undefined : await findStatement(ctx.db, { store, id, voided: true });
  const one = found ?? voided;
  if (!one) throw refuse("no_such_statement", "There is no such statement.", { status: 404 });
  const statement = read(one.raw) as Members;
  const pointing = await ctx.db.rows<{ seq: string; raw: string; voiding: boolean }>(sql`
    select s.seq, s.raw, r.voiding from statement_reference r join statement s using (store, seq)
    where r.store = ${store} and r.target = ${id} order by r.voiding desc, r.seq limit 20`);
  const lines = await browsed(ctx, store, pointing.map(({ seq, raw }) => ({ seq: Number(seq), raw })));
  const [line] = await browsed(ctx, store, [one]);
  const { object } = statement;
  const target = isObject(object) && object.objectType === "StatementRef" ? String(object.id).toLowerCase() : undefined;
  return {
    line: line!,
    json: written(statement, 2),
    statement,
    voided: voided !== undefined,
    pointing: lines.map((each, index) => ({ ...each, voiding: pointing[index]!.voiding })),
    ...(target !== undefined && { target: { id: target, there: (await ctx.db.maybe(sql`select 1 from statement_id where store = ${store} and id = ${target}`)) !== undefined } }),
    attachments: attachmentsOf(statement),
  };
}

function attachmentsOf({ attachments = [], object }: Members): WholeStatement["attachments"] {
  const inner = isObject(object) && object.objectType === "SubStatement" ? ((object.attachments ?? []) as Members[]) : [];
  return [...(attachments as Members[]), ...inner].map(({ display, contentType, length, sha2, fileUrl, usageType }) => ({
    name: wordsIn(display) ?? "Attachment",
    contentType: String(contentType),
    sizeBytes: Number(length),
    sha2: String(sha2),
    fileUrl: typeof fileUrl === "string" ? fileUrl : null,
    usage: String(usageType),
  }));
}

/** Who vouches for a statement, in words. */
export const authorityWords = ({ authority }: Members): string => (isObject(authority) ? agentWords(authority) : "Nobody");
