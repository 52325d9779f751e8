import type { Context, Site } from "../kernel/context.ts";
import type { Actor } from "../kernel/permissions.ts";

/** How long a process may go on believing a session that was ended elsewhere, when nobody tells it. */
const believedMs = 2000;
const channel = "sessions";
const sessionsAtMost = 10_000;

type Cache = Map<string, { actor: Actor; until: number }>;
const caches = new WeakMap<Site, Cache>();

/** Who this session was seconds ago, if it was asked for. */
export function recall(ctx: Context, sessionId: string): Actor | undefined {
  const known = caches.get(ctx.site)?.get(sessionId);
  return known && known.until > ctx.now().getTime() ? known.actor : undefined;
}

export function remember(ctx: Context, sessionId: string, actor: Actor): void {
  const known = caches.get(ctx.site);
  const cache: Cache = known && known.size < sessionsAtMost ? known : new Map<string, { actor: Actor; until: number }>();
  caches.set(ctx.site, cache);
  cache.set(sessionId, { actor, until: ctx.now().getTime() + believedMs });
}

/** After anything about a person's sessions or roles has changed: in this process, and in every other that hears of it. */
export function forget(ctx: Context, userId: string): void {
  ctx.afterCommit(() => void ctx.site.live.publish(channel, userId));
}

/** Hears what this process and others are to forget; all of it when some may have been missed. */
export function listen(site: Site): void {
  site.live.subscribe(channel, (userId) => forgetHere(site, userId));
}

function forgetHere(site: Site, userId: string | undefined): void {
  if (userId === undefined) caches.delete(site);
  const cache = caches.get(site);
  for (const [sessionId, { actor }] of cache ?? []) if (actor.id === userId) cache?.delete(sessionId);
}
