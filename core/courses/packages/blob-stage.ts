import { mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { receiveBlob, type BlobDraft } from "./blob-draft.ts";
import type { BlobStage } from "./blobs.ts";
import { eachAtOnce } from "./concurrency.ts";

/** A stage in a folder of its own on the store's disk, so that keeping is renaming. `place` says where a blob belongs. */
export async function beginStage(folder: string, place: (sha256: string) => string, durable: boolean): Promise<BlobStage> {
  const staged = new Map<string, string>();
  let count = 0;
  await mkdir(folder, { recursive: true });

  return {
    async put(source) {
      const file = join(folder, String((count += 1)));
      const draft = await receiveBlob(file, source);
      const { sha256, sizeBytes } = draft;
      try {
        if (!staged.has(sha256)) await keepNew(draft, file);
      } finally {
        await draft.discard();
      }
      return { sha256, sizeBytes };
    },
    async keep() {
      await eachAtOnce(staged, 8, ([sha256, file]) => moved(file, place(sha256)));
      await rm(folder, { recursive: true, force: true });
    },
    async discard() {
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function keepNew(draft: BlobDraft, file: string): Promise<void> {
    staged.set(draft.sha256, file);
    if (await refreshed(place(draft.sha256), draft.sizeBytes)) staged.delete(draft.sha256);
    else await draft.keep({ durable });
  }
}

/** Whether it is stored already; then its age begins anew, which keeps a sweep away. A file of another size was cut short by a power cut and is replaced. */
async function refreshed(file: string, sizeBytes: number): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(file, now, now);
    return (await stat(file)).size === sizeBytes;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return false;
    throw error;
  }
}

async function moved(file: string, target: string): Promise<void> {
  try {
    await rename(file, target);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
    await mkdir(dirname(target), { recursive: true });
    await rename(file, target);
  }
}
