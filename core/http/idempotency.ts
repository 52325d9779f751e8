import { createHash } from "node:crypto";
import { decrypted, encrypted } from "../kernel/encryption.ts";
import { refuse } from "../kernel/errors.ts";
import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { Reply, type ReplyBody } from "./reply.ts";
import type { RawRequest } from "./request.ts";

/** Answers a repeated POST with the first one's answer. */
export interface Idempotency {
  once(ctx: Context, request: RawRequest, route: string, body: unknown, work: () => Promise<Reply>): Promise<Reply>;
}

interface Row {
  digest: string;
  status: number | null;
  headers: Record<string, string>;
  /** Encrypted: an answer may hold a secret that is shown once. */
  body: string;
}

/**
 * `Idempotency-Key` as the IETF draft has it: kept 24 hours for one person and route. The same key with another body is
 * refused (422), one that is still running too (409); a request that failed may be tried again.
 */
export const idempotency: Idempotency = {
  async once(ctx, request, route, body, work) {
    const key = request.headers["idempotency-key"];
    if (key === undefined || ctx.actor.id === null) return work();
    if (typeof key !== "string" || key.length > 255) throw refuse("bad_idempotency_key", "The Idempotency-Key must be one text of at most 255 characters.", { status: 400 });
    const digest = createHash("sha256").update(JSON.stringify(body ?? null)).digest("hex");
    const id = createHash("sha256").update(`${ctx.actor.kind}:${ctx.actor.id}:${request.method}:${route}:${request.url.pathname}:${key}`).digest("hex");
    const taken = await ctx.db.run(sql`insert into idempotency (id, digest, expires_at) values (${id}, ${digest}, ${ctx.now()}::timestamptz + interval '24 hours')
      on conflict (id) do update set digest = excluded.digest, status = null, expires_at = excluded.expires_at where idempotency.expires_at < ${ctx.now()}`);
    if (taken === 0) return repeated(ctx, id, digest);
    try {
      const reply = await work();
      await ctx.db.run(sql`update idempotency set status = ${reply.status}, headers = ${JSON.stringify(reply.headers)}, body = ${JSON.stringify(encrypted(ctx.site, purpose, JSON.stringify(reply.body)))} where id = ${id}`);
      return reply;
    } catch (error) {
      await ctx.db.run(sql`delete from idempotency where id = ${id}`);
      throw error;
    }
  },
};

const purpose = "idempotent answers";

async function repeated(ctx: Context, id: string, digest: string): Promise<Reply> {
  const row = await ctx.db.maybe<Row>(sql`select digest, status, headers, body from idempotency where id = ${id}`);
  if (row && row.digest !== digest) throw refuse("idempotency_key_reused", "This Idempotency-Key was used for another request.", { status: 422 });
  if (!row || row.status === null) throw refuse("request_running", "The first request with this Idempotency-Key is still running.", { status: 409 });
  return new Reply(row.status, JSON.parse(decrypted(ctx.site, purpose, row.body)) as ReplyBody, { ...row.headers, "Idempotent-Replayed": "true" });
}
