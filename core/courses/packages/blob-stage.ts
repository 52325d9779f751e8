import { mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { receiveBlob, type BlobDraft } from "./blob-draft.ts";
import type { BlobStage } from "./blobs.ts";
import { eachAtOnce } from "./concurrency.ts";

/** A stage in a folder of its own on the store's disk, so that keeping is renaming. `place` says where a blob belongs. */
export async function beginStage(folder: string, place: (sha256: string) => string, durable: boolean): Promise<BlobStage> {
  const staged = new Map<string, Promise<string | undefined>>();
  let count = 0;
  await mkdir(folder, { recursive: true });

  return {
    async put(source) {
      const file = join(folder, String((count += 1)));
      const draft = await receiveBlob(file, source);
      const { sha256, sizeBytes } = draft;
      try {
        const keeping = staged.get(sha256) ?? keepNew(draft, file);
        staged.set(sha256, keeping);
        await keeping;
      } finally {
        await draft.discard();
      }
      return { sha256, sizeBytes };
    },
    async keep(sha256s) {
      await eachAtOnce(new Set(sha256s), 8, async (sha256) => {
        const file = await staged.get(sha256);
        if (file !== undefined) await moved(file, place(sha256));
      });
    },
    async discard() {
      await rm(folder, { recursive: true, force: true });
    },
  };

  /** The file that it is in; none when it is stored already. What comes with the same content meanwhile waits for this. */
  async function keepNew(draft: BlobDraft, file: string): Promise<string | undefined> {
    try {
      if (await refreshed(place(draft.sha256), draft.sizeBytes)) return undefined;
      await draft.keep({ durable });
      return file;
    } catch (error) {
      staged.delete(draft.sha256);
      throw error;
    }
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
