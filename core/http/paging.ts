import { CadreError } from "../kernel/errors.ts";
import { t } from "../kernel/schema.ts";
import { sql, type Sql } from "../db/sql.ts";
import { json, type Reply } from "./reply.ts";
import type { RawRequest } from "./request.ts";

/** Query parameters of every list: put them into the route's `query`. */
export const pageQuery = {
  limit: t.Integer({ minimum: 1, maximum: 200, default: 50, description: "Rows at most." }),
  cursor: t.Optional(t.String({ maxLength: 1000, description: "Where to go on, from the Link header." })),
};

/** Which rows of an ordered list are wanted: those after a row's key, those before it, or the first ones. */
export interface PageRequest {
  limit: number;
  cursor?: string;
}

/** Rows in order, and the cursors of the pages beside them. */
export interface PageOf<Row> {
  items: Row[];
  previous: string | null;
  next: string | null;
}

interface Cursor {
  towards: "next" | "previous";
  key: string[];
}

/**
 * Reads one page by keyset: `select` is given the condition and the order (with its limit) to put into its statement.
 * `columns` are the SQL expressions of the key, unique together; `keyOf` gives a row's key as text. @throws bad_cursor (400)
 */
export async function readPage<Row>(
  { limit, cursor }: PageRequest,
  { columns, descending, keyOf }: { columns: readonly KeyColumn[]; descending?: true; keyOf(row: Row): string[] },
  select: (condition: Sql, order: Sql) => Promise<Row[]>,
): Promise<PageOf<Row>> {
  const from = cursor === undefined ? undefined : cursorOf(cursor, columns);
  const backwards = from?.towards === "previous";
  const down = backwards ? !descending : descending === true;
  const names = sql.join(columns.map(({ column }) => sql.raw(column)));
  const values = (from?.key ?? []).map((value, index) => sql`${value}::${sql.raw(columns[index]?.type ?? "text")}`);
  const condition = from ? sql`(${names}) ${sql.raw(down ? "<" : ">")} (${sql.join(values)})` : sql.raw("true");
  const order = sql`order by ${sql.join(columns.map(({ column }) => sql.raw(`${column} ${down ? "desc" : "asc"}`)))} limit ${limit + 1}`;
  const rows = await select(condition, order);
  const more = rows.length > limit;
  const items = rows.slice(0, limit);
  if (backwards) items.reverse();
  const first = items[0];
  const last = items.at(-1);
  return {
    items,
    previous: first !== undefined && (backwards ? more : from !== undefined) ? encoded({ towards: "previous", key: keyOf(first) }) : null,
    next: last !== undefined && (backwards || more) ? encoded({ towards: "next", key: keyOf(last) }) : null,
  };
}

/** One part of a list's key: an SQL expression and its type, text unless told. */
export interface KeyColumn {
  column: string;
  type?: "text" | "uuid" | "timestamptz" | "bigint";
}

/** A list as the API answers it: the rows, and the pages beside them in `Link` (RFC 8288). */
export function listReply<Row, Shown>(request: RawRequest, { items, previous, next }: PageOf<Row>, show: (row: Row) => Shown): Reply {
  const links = Object.entries({ prev: previous, next }).flatMap(([rel, cursor]) => (cursor === null ? [] : [`<${hrefOf(request, cursor)}>; rel="${rel}"`]));
  return json(items.map(show), 200, links.length > 0 ? { Link: links.join(", ") } : {});
}

/** A list's neighbours as links for the partial `pager`. */
export function pagerOf(request: RawRequest, { previous, next }: Pick<PageOf<unknown>, "previous" | "next">): { previous: string | null; next: string | null } {
  return { previous: previous && hrefOf(request, previous), next: next && hrefOf(request, next) };
}

/** Text of a stranger as a part of a LIKE pattern that means only itself. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

function hrefOf({ url }: RawRequest, cursor: string): string {
  const query = new URLSearchParams(url.search);
  query.set("cursor", cursor);
  return `${url.pathname}?${query.toString()}`;
}

const encoded = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString("base64url");

function cursorOf(text: string, columns: readonly KeyColumn[]): Cursor {
  try {
    const { towards, key } = JSON.parse(Buffer.from(text, "base64url").toString()) as Partial<Cursor>;
    const right = (towards === "next" || towards === "previous") && Array.isArray(key) && key.length === columns.length;
    if (right && key.every((value, index) => typeof value === "string" && fits[columns[index]?.type ?? "text"](value))) return { towards, key };
  } catch {
    // told below, as for any other cursor that is none
  }
  throw new CadreError("bad_cursor", "This cursor is none of ours; begin with the first page.", { status: 400 });
}

const fits: Record<NonNullable<KeyColumn["type"]>, (text: string) => boolean> = {
  text: (text) => !/[\0\p{Surrogate}]/u.test(text), // what PostgreSQL can't hold
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  timestamptz: (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && new Date(text).toISOString().startsWith(text.slice(0, 19)),
  bigint: (text) => /^-?\d{1,18}$/.test(text),
};
