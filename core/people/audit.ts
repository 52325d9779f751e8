import type { Context } from "../kernel/context.ts";
import { newId } from "../kernel/ids.ts";
import { sql } from "../db/sql.ts";
import { literally, readPage, type PageOf, type PageRequest } from "../http/paging.ts";

/** An act worth keeping. Names of people are read when the audit is shown, never kept in it. */
export interface AuditRecord {
  /** `noun.verb-ed`, such as `role.given`. */
  action: string;
  /** What it was done to; `name` for anything but a user. */
  subject: { kind: string; id?: string | null; name?: string };
  /** What else to know, as JSON; never secrets. */
  detail?: Record<string, unknown>;
}

/** Notes who did what, from where, in the transaction of the act: call it inside `ctx.transact`. Rows can't be changed afterwards. */
export async function record(ctx: Context, { action, subject, detail }: AuditRecord): Promise<void> {
  const { actor, request } = ctx;
  const now = ctx.now();
  await ctx.db.run(sql`insert into audit_entry (id, at, actor_kind, actor_id, actor_name, via, action, subject_kind, subject_id, subject_name, detail, ip, request_id)
    values (${newId(now)}, ${now}, ${actor.kind}, ${actor.id}, ${actor.kind === "user" ? null : actor.name}, ${actor.via ?? null}, ${action},
      ${subject.kind}, ${subject.id ?? null}, ${subject.name ?? null}, ${detail === undefined ? null : JSON.stringify(detail)}, ${request?.ip ?? null}, ${request?.id ?? null})`);
}

/** A line of the audit as it is shown. */
export interface AuditLine {
  id: string;
  at: Date;
  actorKind: string;
  actorId: string | null;
  actor: string;
  via: string | null;
  action: string;
  subjectKind: string;
  subjectId: string | null;
  subject: string;
  detail: Record<string, unknown> | null;
  ip: string | null;
  requestId: string | null;
}

export interface AuditFilter {
  /** A part of a name or email, or an id. */
  actor?: string;
  action?: string;
  subjectId?: string;
  from?: Date;
  /** Up to, but without, this time. */
  until?: Date;
}

/** The newest lines first. */
export function list(ctx: Context, { actor, action, subjectId, from, until }: AuditFilter, page: PageRequest): Promise<PageOf<AuditLine>> {
  const like = `%${literally(actor ?? "")}%`;
  return readPage<AuditLine>(page, { columns: [{ column: "e.id", type: "uuid" }], descending: true, keyOf: ({ id }) => [id] }, (condition, order) =>
    ctx.db.rows(sql`
      select e.id, e.at, e.actor_kind, e.actor_id, coalesce(a.name, e.actor_name, e.actor_kind) as actor, e.via, e.action, e.subject_kind, e.subject_id,
        coalesce(s.name, e.subject_name, e.subject_id, e.subject_kind) as subject, e.detail, e.ip, e.request_id
      from audit_entry e
      left join user_account a on e.actor_kind = 'user' and a.id::text = e.actor_id
      left join user_account s on e.subject_kind = 'user' and s.id::text = e.subject_id
      where ${condition}
        and ${actor ? sql`(e.actor_id = ${actor} or a.name ilike ${like} or a.email ilike ${like} or e.actor_name ilike ${like})` : sql.raw("true")}
        and ${action ? sql`e.action = ${action}` : sql.raw("true")}
        and ${subjectId ? sql`e.subject_id = ${subjectId}` : sql.raw("true")}
        and ${from ? sql`e.at >= ${from}` : sql.raw("true")}
        and ${until ? sql`e.at < ${until}` : sql.raw("true")}
      ${order}`),
  );
}

/** Every action that has been noted, found by stepping along the index. */
export async function actions(ctx: Context): Promise<string[]> {
  const rows = await ctx.db.rows<{ action: string }>(sql`
    with recursive step as (
      (select action from audit_entry order by action limit 1)
      union all
      select (select e.action from audit_entry e where e.action > step.action order by e.action limit 1) from step where step.action is not null
    )
    select action from step where action is not null`);
  return rows.map(({ action }) => action);
}
