import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { CadreError } from "../../kernel/errors.ts";
import { beginStage } from "./blob-stage.ts";
import type { BlobStore } from "./blobs.ts";
import { packageError } from "./errors.ts";

export interface DiskBlobOptions {
  /** Waits until content is on the disk before it is kept; true unless told. Without it a power cut can lose what was just uploaded. */
  durable?: boolean;
}

/** Blobs in the folder `root`, as `ab/<sha256>` (256 folders: more of them cost an import more than its writing); all processes of a site may share it. */
export function diskBlobs(root: string, { durable = true }: DiskBlobOptions = {}): BlobStore {
  const place = (sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw missing(sha256);
    return join(root, sha256.slice(0, 2), sha256);
  };
  const stages = join(root, "staging");
  const stage = () => beginStage(join(stages, randomUUID()), place, durable);

  return {
    stage,
    async put(source) {
      const one = await stage();
      try {
        const blob = await one.put(source);
        await one.keep([blob.sha256]);
        return blob;
      } finally {
        await one.discard();
      }
    },
    open(sha256, range = {}) {
      return Readable.from(content(sha256, range), { objectMode: false });
    },
    async stat(sha256) {
      const found = await present(place(sha256));
      return found && { sizeBytes: found.size };
    },
    async remove(sha256) {
      await rm(place(sha256), { force: true });
    },
    async sweep(referenced, olderThan) {
      let removed = 0;
      for (const name of await readdirIfThere(root)) {
        if (/^[0-9a-f]{2}$/.test(name)) removed += await sweepFolder(join(root, name));
      }
      for (const name of await readdirIfThere(stages)) {
        const found = await present(join(stages, name));
        if (found && found.mtime < olderThan) await rm(join(stages, name), { recursive: true, force: true });
      }
      return { removed };

      async function sweepFolder(folder: string): Promise<number> {
        const old: string[] = [];
        for (const name of await readdirIfThere(folder)) {
          const found = await present(join(folder, name));
          if (found && found.mtime < olderThan) old.push(name);
        }
        let count = 0;
        for (let start = 0; start < old.length; start += 1000) {
          const names = old.slice(start, start + 1000);
          const used = await referenced(names);
          for (const name of names) if (!used.has(name) && (await removeOld(join(folder, name), olderThan))) count += 1;
        }
        return count;
      }
    },
  };

  async function* content(sha256: string, { start = 0, end = Infinity }: { start?: number; end?: number }): AsyncGenerator<Buffer> {
    const handle = await open(place(sha256), "r").catch((error: unknown) => {
      throw missing(sha256, error);
    });
    try {
      yield* handle.createReadStream({ start, end, autoClose: false, highWaterMark: 128 * 1024 }) as AsyncIterable<Buffer>;
    } finally {
      await handle.close();
    }
  }

  /** Out of the way first: an import that stores the same content meanwhile either refreshed it, which shows, or puts its own in place. */
  async function removeOld(file: string, olderThan: Date): Promise<boolean> {
    const aside = join(stages, randomUUID());
    await mkdir(stages, { recursive: true });
    await rename(file, aside);
    const found = await stat(aside);
    if (found.mtime >= olderThan) await rename(aside, file);
    else await rm(aside);
    return found.mtime < olderThan;
  }
}

function missing(sha256: string, cause?: unknown): CadreError {
  return packageError("blob_missing", "This content is no longer stored. Upload the package again.", { sha256 }, cause);
}

async function present(path: string) {
  return stat(path).catch(ignoreAbsence);
}

async function readdirIfThere(path: string): Promise<string[]> {
  return (await readdir(path).catch(ignoreAbsence)) ?? [];
}

function ignoreAbsence(error: unknown): undefined {
  if ((error as { code?: string }).code !== "ENOENT") throw error;
}
