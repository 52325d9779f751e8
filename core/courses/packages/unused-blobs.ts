import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { BlobStore } from "./blobs.ts";

/**
 * Removes content that no package has and none has stored since `olderThan`; a day ago is ample, since an import commits
 * within minutes. Safe while packages are imported, and safe to repeat.
 */
export async function removeUnusedBlobs(db: Db, blobs: BlobStore, olderThan: Date): Promise<{ removed: number }> {
  // An import that stores the same content meanwhile holds the row; the deletion then waits, sees it refreshed, and lets it be.
  await db.run(sql`
    delete from blob where kept_at < ${olderThan}
    and not exists (select from package_file where package_file.sha256 = blob.sha256)`);
  return blobs.sweep((sha256s) => known(db, sha256s), olderThan);
}

async function known(db: Db, sha256s: string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ sha256: string }>(sql`select sha256 from blob where sha256 = any(${sha256s}::text[])`);
  return new Set(rows.map(({ sha256 }) => sha256));
}
