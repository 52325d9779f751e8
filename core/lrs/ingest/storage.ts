import type { Db, Transactions } from "../../db/database.ts";
import { attachmentsOf } from "../attachments/attachment.ts";
import { storeAttached, type Attached } from "../attachments/contents.ts";
import type { Contents } from "../attachments/matching.ts";
import { coalescer } from "./coalesce.ts";
import { storeAtOnce, storePrepared, type StoredStatement } from "./ingest.ts";
import type { PreparedStatement } from "./prepare.ts";
import type { Forgotten } from "../privacy/forgotten.ts";
import type { Room } from "../stores/room.ts";

/** What one request brought: its statements, and the bytes of their attachments. */
export interface Sent {
  statements: PreparedStatement[];
  contents: Contents;
}

/** Stores what requests send, each whole or not at all; small ones that come together share a transaction. */
export function statementStorage(within: (stores: readonly number[]) => Transactions, room: Room, forgotten?: Forgotten): { store(sent: Sent): Promise<StoredStatement[]> } {
  const inOne = (requests: Sent[]): Promise<StoredStatement[][]> => {
    const stores = [...new Set(requests.flatMap(({ statements }) => statements.map(({ store }) => store)))].sort((one, other) => one - other);
    const own = within(stores);
    return room.with(own, stores, async () => (await atOnce(own, stores, requests, forgotten)) ?? (await own.transaction((tx) => storeSent(tx, requests, forgotten))));
  };
  const together = coalescer(inOne, { maximum: 64, flushers: 2 });
  return {
    async store(sent) {
      const small = sent.statements.length <= smallEnough && sent.contents.size === 0;
      return small ? together(sent) : (await inOne([sent]))[0]!;
    },
  };
}

const smallEnough = 16;

/** Undefined where more is to be done than to insert what is new. */
async function atOnce(db: Db, stores: readonly number[], requests: readonly Sent[], forgotten?: Forgotten): Promise<StoredStatement[][] | undefined> {
  if (requests.some(({ contents }) => contents.size > 0)) return undefined;
  const stamp = forgotten ? forgotten.nobodyAsOf(stores) : null;
  if (stamp === undefined) return undefined;
  const all = await storeAtOnce(db, requests.flatMap(({ statements }) => statements), stamp);
  return all && shared(all, requests);
}

async function storeSent(tx: Db, requests: readonly Sent[], forgotten?: Forgotten): Promise<StoredStatement[][]> {
  const statements = requests.flatMap((sent) => sent.statements);
  const all = await storePrepared(tx, statements);
  const stored = shared(all, requests);
  await storeAttached(tx, requests.flatMap((sent, index) => (sent.contents.size === 0 ? [] : attachedIn(sent, stored[index]!))));
  await forgotten?.hold(tx, statements, all);
  return stored;
}

/** To each request what is its own. */
function shared(all: StoredStatement[], requests: readonly Sent[]): StoredStatement[][] {
  let from = 0;
  return requests.map(({ statements: { length } }) => all.slice(from, (from += length)));
}

/** A statement that was there already stays as it is, without what came with it now (Communication 2.1.1). */
function attachedIn({ statements, contents }: Sent, stored: readonly StoredStatement[]): Attached[] {
  return statements.flatMap(({ store, statement }, index) => {
    const { seq, fresh } = stored[index]!;
    const wanted = fresh ? [...new Set(attachmentsOf(statement).map(({ sha2 }) => sha2))] : [];
    return wanted.flatMap((sha2) => {
      const content = contents.get(sha2);
      return content ? [{ store, seq, sha2, content }] : [];
    });
  });
}
