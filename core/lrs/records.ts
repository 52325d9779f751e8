import { createHmac } from "node:crypto";
import type { Context, Site } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import type { Transactions } from "../db/database.ts";
import { credentialCheck } from "./credentials.ts";
import { announcer } from "./feed.ts";
import { createRoom, type Room } from "./room.ts";
import { openWall, type Wall } from "./wall.ts";
import { statementResource, type StatementResource } from "./statement-resource.ts";

/** What the record store of one engine holds while it runs. */
export interface Records {
  resource: StatementResource;
  check: ReturnType<typeof credentialCheck>;
  room: Room;
  /** Where requests of clients ask. */
  wall: Wall;
  /** What transactions of the store's own begin in. */
  transactions: Transactions;
  /** To be called when statements were stored, after the commit. */
  announce(): void;
  close(): Promise<void>;
}

const running = new WeakMap<Site, Records>();

/** Opens the record store; at the start of its part. */
export async function openRecords(ctx: Context<{ pageSize: number }>): Promise<void> {
  const transactions: Transactions = { ...ctx.db, transaction: (work) => ctx.transact((tx) => work(tx.db)) };
  const { soon, stop } = announcer(ctx);
  const room = createRoom();
  const wall = await openWall(ctx);
  running.set(ctx.site, {
    resource: statementResource({ db: transactions, within: wall.within, room, pageSize: ctx.config.pageSize, onStored: soon }),
    check: credentialCheck({ secretKey: credentialSecret(ctx), now: () => ctx.now() }),
    room,
    wall,
    transactions,
    announce: soon,
    async close() {
      stop();
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

/** What secrets of credentials are digested with: the site's secret for this purpose only. */
export function credentialSecret({ site }: Context): string {
  return createHmac("sha256", site.secret).update("records credentials").digest("base64url");
}
