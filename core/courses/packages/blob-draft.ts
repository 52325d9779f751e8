import { createHash } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import type { ByteSource, StoredBlob } from "./blobs.ts";

/** Content that has arrived, and has its name by that. End it with `discard`, after `keep` or without. */
export interface BlobDraft extends StoredBlob {
  /** Sees to it that all of it is in the file; on the disk itself where it is to be `durable`. */
  keep(options: { durable: boolean }): Promise<void>;
  /** Leaves no file; harmless after `keep`. */
  discard(): Promise<void>;
}

/** Receives content for `file`, which must not be there. What comes in one chunk stays in memory, so that content known already costs no file. */
export async function receiveBlob(file: string, source: ByteSource): Promise<BlobDraft> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let held: Uint8Array | undefined;
  let handle: FileHandle | undefined;
  const write = async (chunk: Uint8Array) => {
    handle ??= await open(file, "wx");
    for (let offset = 0; offset < chunk.length; ) offset += (await handle.write(chunk, offset)).bytesWritten;
  };
  try {
    for await (const chunk of source) {
      if (held) await write(held);
      hash.update(chunk);
      sizeBytes += chunk.length;
      held = chunk;
    }
  } catch (error) {
    await handle?.close();
    throw error;
  }

  return {
    sha256: hash.digest("hex"),
    sizeBytes,
    async keep({ durable }) {
      await write(held ?? new Uint8Array());
      if (durable) await handle?.datasync();
      await handle?.close();
      handle = undefined;
    },
    async discard() {
      if (!handle) return;
      await handle.close();
      await unlink(file);
    },
  };
}
