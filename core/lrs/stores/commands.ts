import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { isUniqueViolation } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { changedMeanwhile } from "../../http/etag.ts";
import { readPage, type PageOf, type PageRequest } from "../../http/paging.ts";
import * as audit from "../../people/audit.ts";
import { ownStore } from "./own.ts";
import { makeRoom } from "./room.ts";
import { checkAuthority, forgetStores, noSuchStore, storeColumns, type Store } from "./store.ts";

/** What may be said of a store; what is left out is as it was, or as it is by default. */
export type StoreWish = Partial<Pick<Store, "defaultVersion" | "retentionDays" | "limits" | "authority" | "stateWithoutMatch">>;

/** The stores in use, in the order they were made. */
export async function list(ctx: Context, page: PageRequest): Promise<PageOf<Store>> {
  return readPage<Store>(page, { columns: [{ column: "id", type: "bigint" }], keyOf: ({ id }) => [String(id)] }, (condition, order) =>
    ctx.db.rows(sql`select ${storeColumns} from lrs_store where archived_at is null and ${condition} ${order}`),
  );
}

/** One store, closed or not. @throws no_such_store (404) */
export async function get(ctx: Context, id: number): Promise<Store> {
  const store = await ctx.db.maybe<Store>(sql`select ${storeColumns} from lrs_store where id = ${id}`);
  if (!store) throw noSuchStore();
  return store;
}

/** Opens a store, with room for its statements. @throws store_name_taken (409), invalid_authority (422) */
export async function create(ctx: Context, { name, ...wish }: { name: string } & StoreWish): Promise<Store> {
  const { defaultVersion = "2.0.0", retentionDays = null, limits = {}, authority = null, stateWithoutMatch = "by version" } = wish;
  if (authority !== null) checkAuthority(authority);
  return named(() =>
    ctx.transact(async (tx) => {
      const store = await tx.db.one<Store>(sql`
        insert into lrs_store (name, default_version, retention_days, limits, authority, state_without_match, created_at)
        values (${name.trim()}, ${defaultVersion}, ${retentionDays}, ${JSON.stringify(limits)}, ${authority}, ${stateWithoutMatch}, ${ctx.now()}) returning ${storeColumns}`);
      await makeRoom(tx.db, store.id);
      await audit.record(tx, { action: "record-store.created", subject: subjectOf(store), detail: { defaultVersion, retentionDays, limits, authority, stateWithoutMatch } });
      return store;
    }),
  );
}

/** Changes what is said. @throws no_such_store (404), changed_meanwhile (412), store_name_taken (409), invalid_authority (422) */
export async function update(ctx: Context, id: number, wish: { name?: string } & StoreWish, version?: number): Promise<Store> {
  if (typeof wish.authority === "string") checkAuthority(wish.authority);
  return named(() =>
    ctx.transact(async (tx) => {
      const before = await tx.db.maybe<Store>(sql`select ${storeColumns} from lrs_store where id = ${id} for update`);
      if (!before) throw noSuchStore();
      if (version !== undefined && before.version !== version) throw changedMeanwhile();
      const { name, defaultVersion, retentionDays, limits, authority, stateWithoutMatch } = { ...before, ...wish };
      const store = await tx.db.one<Store>(sql`
        update lrs_store set name = ${name.trim()}, default_version = ${defaultVersion}, retention_days = ${retentionDays}, limits = ${JSON.stringify(limits)},
          authority = ${authority}, state_without_match = ${stateWithoutMatch}, version = version + 1
        where id = ${id} returning ${storeColumns}`);
      await audit.record(tx, { action: "record-store.changed", subject: subjectOf(store), detail: { ...wish } });
      tx.afterCommit(() => forgetStores(tx));
      return store;
    }),
  );
}

/**
 * Closes a store: its keys are revoked, and it takes nothing more. Its statements stay for as long as it keeps them.
 * @throws no_such_store (404), store_in_use (409) for the site's own
 */
export async function archive(ctx: Context, id: number): Promise<void> {
  if (id === ownStore) throw refuse("store_in_use", "The site writes to this store itself.", { status: 409 });
  await ctx.transact(async (tx) => {
    const store = await tx.db.maybe<Store>(sql`
      update lrs_store set archived_at = ${tx.now()}, name = name || ' (closed ' || id || ')', version = version + 1 where id = ${id} and archived_at is null returning ${storeColumns}`);
    if (!store) throw noSuchStore();
    const keys = await tx.db.run(sql`update lrs_credential set revoked_at = ${tx.now()} where store = ${id} and revoked_at is null`);
    await audit.record(tx, { action: "record-store.closed", subject: subjectOf(store), detail: { keysRevoked: keys } });
    tx.afterCommit(() => forgetStores(tx));
  });
}

const subjectOf = ({ id, name }: Store) => ({ kind: "record-store", name: `${id} ${name}` });

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error, "lrs_store_name_key")) throw refuse("store_name_taken", "Another store has this name.", { status: 409 });
    throw error;
  }
}
