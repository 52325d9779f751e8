import { createHmac } from "node:crypto";
import type { Context, Site } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import type { Transactions } from "../db/database.ts";
import { createCounter, type Counter } from "../http/limits.ts";
import { bearerCheck, type BearerCheck } from "./credentials/bearer.ts";
import { credentialCheck, type CredentialCheck } from "./credentials/check.ts";
import type { CredentialSettings } from "./credentials/settings.ts";
import { credentialUses, type CredentialUses } from "./credentials/uses.ts";
import type { Credential } from "./credentials/credential.ts";
import { announcer } from "./feed.ts";
import { forgotten, type Forgotten } from "./privacy/forgotten.ts";
import { createRoom, type Room } from "./stores/room.ts";
import { openWall, type Wall } from "./stores/wall.ts";
import { statementResource, type StatementResource } from "./resources/statements.ts";

/** What the record store of one engine holds while it runs. */
export interface Records {
  resource: StatementResource;
  /** Keys and their secrets. */
  keys: CredentialCheck;
  uses: CredentialUses;
  /** Tokens of the site's issuer; undefined where there is none. */
  bearer?: BearerCheck;
  /** Counts a request with a credential. @throws too_many_requests (429) */
  limit(credential: Credential): Promise<void>;
  room: Room;
  /** To be asked by whatever stores statements. */
  forgotten: Forgotten;
  /** Where requests of clients ask. */
  wall: Wall;
  /** What transactions of the store's own begin in. */
  transactions: Transactions;
  /** To be called when statements were stored, after the commit. */
  announce(): void;
  close(): Promise<void>;
}

const running = new WeakMap<Site, Records>();

/** Opens the record store; at the start of its part. @throws bad_settings (500) */
export async function openRecords(ctx: Context<{ pageSize: number } & CredentialSettings>): Promise<void> {
  const transactions: Transactions = { ...ctx.db, transaction: (work) => ctx.transact((tx) => work(tx.db)) };
  const { soon, stop } = announcer(ctx);
  const room = createRoom();
  const wall = await openWall(ctx);
  const orders = forgotten(ctx.site);
  const now = (): Date => ctx.now();
  const keys = credentialCheck({ secretKey: credentialSecret(ctx), now });
  const uses = credentialUses({ db: ctx.db, log: ctx.log, now });
  ctx.site.live.subscribe(keysChannel, (key) => keys.forget(key));
  running.set(ctx.site, {
    resource: statementResource({ db: transactions, within: wall.within, room, forgotten: orders, pageSize: ctx.config.pageSize, onStored: soon }),
    keys,
    uses,
    bearer: bearerCheck({ settings: ctx.config, fetch: (url, init) => ctx.fetchPublic(url, init), now }),
    limit: limits(ctx),
    room,
    forgotten: orders,
    wall,
    transactions,
    announce: soon,
    async close() {
      stop();
      await uses.stop();
      await wall.close();
    },
  });
}

/** The record store of the engine that `ctx` belongs to. @throws records_closed (503) before the start of its part */
export function recordsOf({ site }: Context): Records {
  const records = running.get(site);
  if (!records) throw refuse("records_closed", "The record store is not open yet.", { status: 503 });
  return records;
}

/** After a key has changed: every process looks it up again with its next request. */
export function forgetKey(ctx: Context, key: string): void {
  ctx.afterCommit(() => void ctx.site.live.publish(keysChannel, key));
}

/** What secrets of credentials are digested with: the site's secret for this purpose only. */
export function credentialSecret({ site }: Context): string {
  return createHmac("sha256", site.secret).update("records credentials").digest("base64url");
}

const keysChannel = "record keys";

function limits({ site, config }: Context<CredentialSettings>): Records["limit"] {
  const counters = new Map<number, Counter>();
  return async ({ id, requestsPerMinute: points = config.keyRequestsPerMinute }) => {
    let counter = counters.get(points);
    if (!counter) counters.set(points, (counter = createCounter({ name: `limit:record key:${points}`, points, durationS: 60 }, site.live.redis)));
    await counter.take(id);
  };
}
