import { audit, encrypted, newId, readPage, refuse, sql, type Context, type PageOf, type PageRequest, type Table } from "cadre";
import { wake } from "./delivery.ts";
import type { StatementFilter } from "./filter.ts";
import type { Buried, Target } from "./model.ts";
import { unknownTarget } from "./queue.ts";
import { ask, secretPurpose, type Outcome } from "./sending.ts";
import type { ForwardSettings } from "./settings.ts";
import { newSigningSecret } from "./signature.ts";

/** What a target is made of. */
export interface TargetWish {
  kind: "store" | "webhook";
  label: string;
  url: string;
  /** Of xAPI; for stores. */
  version: "1.0.3" | "2.0.0";
  /** A store's key and secret; for webhooks the secret is ours to make. */
  username: string;
  secret: string;
  filter: StatementFilter;
}

/** A target as administrators see it; its secret is never shown again. */
export interface TargetView extends Omit<Target, "secret" | "leasedUntil" | "sent" | keyof Table> {
  sent: number;
  waiting: number;
  buried: number;
}

export async function list(ctx: Context): Promise<TargetView[]> {
  return ctx.db.rows<TargetView>(sql`${views} order by target.id`);
}

/** @throws not_found */
export async function get(ctx: Context, id: string): Promise<TargetView> {
  const found = await ctx.db.maybe<TargetView>(sql`${views} where target.id = ${id}`);
  if (!found) throw unknownTarget();
  return found;
}

/** Begins to send statements somewhere, from now on. `secret` is the only showing of what a webhook is signed with. @throws invalid_target (422) */
export async function create(ctx: Context, wish: TargetWish): Promise<{ target: TargetView; secret: string | null }> {
  const url = addressOf(wish.url);
  if (wish.kind === "store" && (wish.username === "" || wish.secret === "")) throw invalid("/username", "A record store is called with a key and its secret.");
  const signing = wish.kind === "webhook" ? newSigningSecret() : null;
  const id = newId(ctx.now());
  const secret = encrypted(ctx.site, secretPurpose, signing ?? wish.secret);
  await ctx.transact(async (tx) => {
    await tx.db.run(sql`
      insert into xapi_forward.target (id, kind, label, url, version, username, secret, filter, created_at)
      values (${id}, ${wish.kind}, ${wish.label.trim()}, ${url}, ${wish.version}, ${signing === null ? wish.username : ""}, ${secret}, ${JSON.stringify(wish.filter)}, ${tx.now()})`);
    await audit.record(tx, { action: "forward-target.created", subject: { kind: "forward-target", id, name: wish.label.trim() }, detail: { kind: wish.kind, url, filter: wish.filter } });
  });
  return { target: await get(ctx, id), secret: signing };
}

/** Stops sending; what is stored meanwhile waits. @throws not_found */
export const pause = (ctx: Context, id: string): Promise<void> => change(ctx, id, "paused", sql`paused = true`);

/** Goes on sending at once, also to a target that waits for its next try. @throws not_found */
export const resume = (ctx: Context, id: string): Promise<void> => change(ctx, id, "resumed", sql`paused = false, retry_at = null`);

/** Forgets a target, what waits for it and what was buried. @throws not_found */
export async function remove(ctx: Context, id: string): Promise<void> {
  await ctx.transact(async (tx) => {
    const [removed] = await tx.db.rows<{ label: string }>(sql`delete from xapi_forward.target where id = ${id} returning label`);
    if (!removed) throw unknownTarget();
    await audit.record(tx, { action: "forward-target.removed", subject: { kind: "forward-target", id, name: removed.label } });
  });
}

/** Asks whether a target could be sent to. @throws not_found */
export async function tryOut(ctx: Context<ForwardSettings>, id: string): Promise<Outcome> {
  const target = await ctx.db.maybe<Target>(sql`select * from xapi_forward.target where id = ${id}`);
  if (!target) throw unknownTarget();
  return ask(ctx, target);
}

/** What a target would not take, the latest first. */
export function buried(ctx: Context, id: string, page: PageRequest): Promise<PageOf<Buried>> {
  return readPage<Buried>(page, { columns: [{ column: "position", type: "bigint" }], descending: true, keyOf: ({ position }) => [position] }, (condition, order) =>
    ctx.db.rows(sql`select * from xapi_forward.buried where target_id = ${id} and ${condition} ${order}`),
  );
}

const views = sql`
  select target.id, kind, label, url, version, username, filter, paused, failures, error, retry_at, sent::float8 as sent, sent_at, created_at,
    (select count(*)::int from xapi_forward.waiting where target_id = target.id) as waiting,
    (select count(*)::int from xapi_forward.buried where target_id = target.id) as buried
  from xapi_forward.target`;

async function change(ctx: Context, id: string, done: string, setting: typeof views): Promise<void> {
  await ctx.transact(async (tx) => {
    const [changed] = await tx.db.rows<{ label: string }>(sql`update xapi_forward.target set ${setting} where id = ${id} returning label`);
    if (!changed) throw unknownTarget();
    await audit.record(tx, { action: `forward-target.${done}`, subject: { kind: "forward-target", id, name: changed.label } });
    if (done === "resumed") await wake(tx, id);
  });
}

/** An address without credentials, and without the slash or the `/statements` that people copy along with an endpoint. */
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) throw invalid("/url", "This is no address that begins with https:// or http://.");
  if (url.username !== "" || url.password !== "") throw invalid("/url", "Leave the key and secret out of the address.");
  url.hash = "";
  return url.href.replace(/\/(statements\/?)?$/, "");
}

function invalid(pointer: string, message: string): Error {
  return refuse("invalid_target", message, { status: 422, problems: [{ pointer, code: "invalid_target", message }] });
}
