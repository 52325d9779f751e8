import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import type { Content } from "./documents.ts";
import type { DocumentKind } from "./place.ts";

/** A document as it is kept, and everything that names it. */
export interface KeptDocument extends Content {
  key: Buffer;
  kind: DocumentKind;
  registration: string | null;
  /** In UTF-8. */
  id: Buffer;
  /** The key by which statements know the agent; null where it has none. */
  agent: string | null;
  /** Activity and agent, in JSON. */
  about: string;
  etag: string;
  updated: Date;
}

const rowsAtOnce = 100;
const bytesAtOnce = 8 * 1024 ** 2;

/** The documents of a store for which `condition` holds, by their keys: a batch of some megabytes in memory at a time, or of a single larger one. */
export async function* keptDocuments(db: Db, store: number, condition: Sql): AsyncGenerator<KeptDocument[]> {
  for (let after: Uint8Array = Buffer.alloc(0); ; ) {
    const rows = await db.rows<KeptDocument>(sql`
      select key, kind, registration, id, agent, about, content, content_type, etag, updated from (
        select *, row_number() over by_key as place, sum(octet_length(content)) over by_key as bytes from (
          select * from lrs_document where store = ${store} and key > ${after} and (${condition}) order by key limit ${rowsAtOnce}
        ) as next window by_key as (order by key)
      ) as measured where place = 1 or bytes <= ${bytesAtOnce} order by key`);
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)!.key;
  }
}
