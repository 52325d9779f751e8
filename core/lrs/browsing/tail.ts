import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../../kernel/context.ts";
import type { Socket } from "../../http/socket.ts";
import { browsed, type BrowsedStatement } from "./statements.ts";
import { consistentThrough, findStatements, type StatementFilter } from "../query/query.ts";

/** What a live page is told: once that it is connected, then what is new, the oldest first. */
export interface TailMessage {
  statements: BrowsedStatement[];
  /** There were more than could be shown at once; these are the latest. */
  skipped: boolean;
  /** Everything up to here was told, in microseconds since 1970: where to go on after a lost connection. */
  through: number;
}

const atOnce = 50;
/** No reader is told more often than this, however fast statements come. */
const everyMs = 300;
/** An announcement that was lost is made up for. */
const pollMs = 5_000;

/**
 * Sends what is stored after `after` (microseconds since 1970; now unless told) and fits the filter, as it comes, until the socket is
 * closed. It is read from the database up to Consistent-Through, so that it does not matter which process stored it, and none is missed
 * or told twice.
 */
export async function tail(ctx: Context, filter: StatementFilter, after: number | undefined, socket: Socket): Promise<void> {
  const { closed } = socket;
  const bell = announced(ctx, closed);
  let reached = after ?? (await consistentThrough(ctx.db));
  let connected = false;
  while (!closed.aborted) {
    const through = await consistentThrough(ctx.db);
    const window = { since: Math.max(filter.since ?? 0, reached), until: Math.min(filter.until ?? through, through) };
    const { statements, next } = through > reached ? await findStatements(ctx.db, { ...filter, ...window }, atOnce) : { statements: [], next: undefined };
    reached = Math.max(reached, through);
    if (statements.length > 0 || !connected) {
      const message: TailMessage = { statements: await browsed(ctx, filter.store, statements.reverse()), skipped: next !== undefined, through: reached };
      socket.send(message);
    }
    connected = true;
    await pause(everyMs, undefined, { signal: closed }).catch(() => undefined);
    await bell();
  }
}

/** Waits for the next announcement of statements, or the one that came since it was last waited for; not for ever. */
function announced(ctx: Context, closed: AbortSignal): () => Promise<void> {
  let rang = false;
  let ring = (): void => undefined;
  const stop = ctx.site.announcements.listen("statements", () => {
    rang = true;
    ring();
  });
  closed.addEventListener("abort", () => {
    stop();
    ring();
  });
  return async () => {
    if (!rang && !closed.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    rang = false;
  };
}
