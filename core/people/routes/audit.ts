import { t } from "../../kernel/schema.ts";
import { listReply, pageQuery, pagerOf } from "../../http/paging.ts";
import { page } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import * as audit from "../audit.ts";
import { searchField } from "../fields.ts";

const day = t.Union([t.Literal(""), t.String({ format: "date" })], { default: "" });
const action = t.String({ maxLength: 100, pattern: "^[a-z0-9.-]*$", default: "" });
const dayMs = 86_400_000;

/** The audit, as a page and by the API. */
export const auditRoutes = ({ get, page: pageRoute }: RouteBuilder): readonly Route[] => [
  pageRoute("/admin/audit", { can: "audit.read", summary: "Who did what.", query: t.Object({ actor: searchField, action, from: day, until: day, ...pageQuery }) }, async (ctx, { query, request }) => {
    const { actor, action, from, until, ...place } = query;
    const times = { from: from ? new Date(from) : undefined, until: until ? new Date(Date.parse(until) + dayMs) : undefined };
    const lines = await audit.list(ctx, { actor, action, ...times }, place);
    return page("admin/audit", {
      page: { title: "Audit" },
      filter: { actor, action, from, until },
      actions: (await audit.actions(ctx)).map((value) => ({ value, label: value })),
      entries: lines.items.map((line) => ({
        id: line.id,
        at: line.at,
        actor: line.actor,
        actorHref: line.actorKind === "user" ? personHref(line.actorId) : null,
        action: line.action,
        subject: line.subject,
        subjectHref: line.subjectKind === "user" ? personHref(line.subjectId) : null,
        address: line.ip,
        detail: line.detail,
      })),
      pager: pagerOf(request, lines),
    });
  }),
  get(
    "/audit",
    {
      can: "audit.read",
      summary: "Who did what, the latest first.",
      query: t.Object({ actor: searchField, action, subjectId: t.Optional(searchField), from: t.Optional(t.Time()), until: t.Optional(t.Time()), ...pageQuery }),
      answer: t.Array(t.Object({}, { additionalProperties: true })),
    },
    async (ctx, { query, request }) => {
      const { actor, action, subjectId, from, until, ...place } = query;
      const times = { from: from ? new Date(from) : undefined, until: until ? new Date(until) : undefined };
      return listReply(request, await audit.list(ctx, { actor, action, subjectId, ...times }, place), shown);
    },
  ),
];

function shown({ id, at, actorKind, actorId, actor, via, action, subjectKind, subjectId, subject, detail, ip, requestId }: audit.AuditLine): object {
  return { id, at, actor: { kind: actorKind, id: actorId, name: actor, via }, action, subject: { kind: subjectKind, id: subjectId, name: subject }, detail, ip, requestId };
}

const personHref = (id: string | null): string | null => id && `/admin/people/${id}`;
