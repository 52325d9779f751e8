import { Readable } from "node:stream";
import type { Context } from "../../kernel/context.ts";
import { t } from "../../kernel/schema.ts";
import { stream, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { audit } from "../../people/index.ts";
import { filterOf, filterQuery, type FilterFields } from "../browsing/filter.ts";
import { csvOf, ndjsonOf } from "./export.ts";
import { consistentThrough, type StatementFilter } from "../query/query.ts";
import { timeOf } from "../statement/timestamps.ts";

const can = "records.read";
const flag = (description: string) => t.Boolean({ default: false, description });
const query = t.Object({ ...filterQuery, voided: flag("Statements that are voided as well.") });
const whole = t.Object({
  ...filterQuery,
  voided: flag("Statements that are voided as well."),
  attachments: flag('Contents of attachments as well, on lines {"attachment":{"sha2":…,"contentType":…,"content":…}} in base64, each before its statements.'),
  documents: flag('States and profiles as well, on lines {"document":{"kind":…,"activityId":…,"agent":…,"registration":…,"id":…,"contentType":…,"content":…}} in base64, after all statements; those that agent, activity, registration and times fit, none of a verb.'),
});

/** Statements to download, as many as there are. */
export const exportRoutes = ({ get }: RouteBuilder): readonly Route[] => [
  get(
    "/records/statements.ndjson",
    { can, summary: "Statements that fit the filters, one on each line, the first stored first.", query: whole },
    (ctx, { query: { voided, attachments, documents, ...fields } }) =>
      exported(ctx, fields, voided, { ending: "ndjson", type: "application/x-ndjson; charset=utf-8", documents, lines: (filter, asked) => ndjsonOf(ctx.db, filter, { attachments, documents: documents ? asked : undefined }) }),
  ),
  get("/records/statements.csv", { can, summary: "Statements that fit the filters as a table, the first stored first.", query }, (ctx, { query: { voided, ...fields } }) =>
    exported(ctx, fields, voided, { ending: "csv", type: "text/csv; charset=utf-8", lines: (filter) => csvOf(ctx, filter) }),
  ),
];

interface ExportForm {
  ending: string;
  type: string;
  /** Whether states and profiles are among the lines. */
  documents?: boolean;
  /** `asked` is the filter without what was added to it. */
  lines(filter: StatementFilter & { until: number }, asked: StatementFilter): AsyncIterable<string>;
}

/** Everything up to Consistent-Through, which the answer tells; noted in the audit. */
async function exported(ctx: Context, fields: FilterFields, withVoided: boolean, { ending, type, documents = false, lines }: ExportForm): Promise<Reply> {
  const filter = await filterOf(ctx, fields);
  const through = await consistentThrough(ctx.db);
  // Of whom is not noted: the audit can't be changed, and an agent may be erased one day.
  const { agent, ...asked } = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
  await ctx.transact((tx) => audit.record(tx, { action: "records.exported", subject: { kind: "store", id: String(filter.store) }, detail: { ...asked, ofOneAgent: agent !== undefined, form: ending, ...(documents && { documents }) } }));
  const name = `statements-${timeOf(through).slice(0, 10)}.${ending}`;
  return stream(Readable.from(lines({ ...filter, withVoided, until: Math.min(filter.until ?? through, through) }, filter), { objectMode: false }), type).with({
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cache-Control": "private, no-store",
    "X-Experience-API-Consistent-Through": timeOf(through),
  });
}
