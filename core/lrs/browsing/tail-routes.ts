import { t } from "../../kernel/schema.ts";
import { page } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { filterOf, filterQuery, queryOf, readFilter } from "./filter.ts";
import { filterForm } from "./routes.ts";
import { browse } from "./statements.ts";
import { recordPlaces } from "../places.ts";
import { consistentThrough } from "../query/query.ts";
import { tail } from "./tail.ts";

const can = "records.read";
const path = "/admin/records/live";
const shownAtFirst = 15;

/** Statements as they come: a page, and the socket that it and others may read. */
export const tailRoutes = ({ page: pageRoute, socket: socketRoute }: RouteBuilder): readonly Route[] => [
  pageRoute(path, { can, summary: "Statements as they come, by filters.", query: t.Object(filterQuery) }, async (ctx, { query }) => {
    const asked = await readFilter(ctx, query);
    const through = await consistentThrough(ctx.db);
    const found = asked.problems.length > 0 ? { items: [] } : await browse(ctx, { ...asked.filter, until: Math.min(asked.filter.until ?? through, through) }, { limit: shownAtFirst });
    return page("admin/records/live", {
      page: { title: "Live", scripts: ["tail.js"] },
      places: recordPlaces(ctx, path),
      filter: await filterForm(ctx, query, asked),
      action: path,
      understood: asked.problems.length === 0,
      socketHref: `/api/v1/records/tail${queryOf(query)}`,
      after: String(through),
      statements: found.items,
      allHref: `/admin/records/statements${queryOf(query)}`,
    });
  }),
  socketRoute(
    "/records/tail",
    {
      can,
      summary: "New statements that fit the filters, as they are stored: `{ statements, skipped, through }`.",
      query: t.Object({ ...filterQuery, after: t.Optional(t.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Only what is stored later, in microseconds since 1970: the `through` of the last message." })) }),
    },
    async (ctx, { query: { after, ...fields }, socket }) => tail(ctx, await filterOf(ctx, fields), after, socket),
  ),
];
