import { createHash } from "node:crypto";
import { mkdir, open, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BlobStage, ByteSource, StoredBlob } from "./blobs.ts";
import { eachAtOnce } from "./concurrency.ts";

/** A stage in a folder of its own on the store's disk, so that keeping is renaming. `place` says where a blob belongs. */
export async function beginStage(folder: string, place: (sha256: string) => string, durable: boolean): Promise<BlobStage> {
  const staged = new Map<string, { file: string; sizeBytes: number }>();
  let count = 0;
  await mkdir(folder, { recursive: true });

  return {
    async put(source) {
      const file = join(folder, String((count += 1)));
      const blob = await written(file, source, durable);
      if (staged.has(blob.sha256)) await rm(file);
      else staged.set(blob.sha256, { file, sizeBytes: blob.sizeBytes });
      return blob;
    },
    async keep() {
      await eachAtOnce(staged, 8, async ([sha256, { file, sizeBytes }]) => {
        if (!(await refreshed(place(sha256), sizeBytes))) await moved(file, place(sha256));
      });
      await rm(folder, { recursive: true, force: true });
    },
    async discard() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function written(file: string, source: ByteSource, durable: boolean): Promise<StoredBlob> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const handle = await open(file, "wx");
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      for (let offset = 0; offset < chunk.length; ) offset += (await handle.write(chunk, offset)).bytesWritten;
      sizeBytes += chunk.length;
    }
    if (durable) await handle.datasync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest("hex"), sizeBytes };
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
