import { open } from "node:fs/promises";
import type { ArrivingFile, Followed } from "../../http/arriving.ts";
import type { BlobStage, BlobStore, StoredBlob } from "./blobs.ts";
import { inflatedToEnd } from "./inflated-to-end.ts";
import { isBomb, type PackageLimits } from "./limits.ts";
import { descriptorBytes, descriptorLength, localEntry, localHeaderBytes, type Content, type LocalEntry } from "./local-headers.ts";
import { bytesOf, chunkBytes, entryChunks, type ReadBytes } from "./zip-content.ts";
import type { ZipEntry } from "./zip.ts";

/**
 * What was stored of a zip while it arrived. It decides nothing: an import asks it for the contents of entries that its
 * directory names, and reads itself what is not known here.
 */
export interface ReadAhead extends Followed {
  /** Where the contents wait; the import puts what is missing beside them. */
  readonly stage: Promise<BlobStage>;
  /** Whether all of it is so young that no sweep has looked at it. */
  isFresh(): boolean;
  /** The content, if what the directory says of the entry is what was read: where it lies, how it is packed, its size and its checksum. */
  find(entry: ZipEntry): Promise<StoredBlob | undefined>;
}

export interface ReadAheadOptions {
  blobs: BlobStore;
  limits: PackageLimits;
  now(): Date;
}

interface Known extends Content, StoredBlob {
  isDeflated: boolean;
  end: number;
}

/** As many as an import reads at once. */
const lanes = 8;
const freshMs = 3_600_000;

/**
 * Reads a zip while it is uploaded, from one local header to the next, and stores what it finds. It reads behind the writer and
 * holds nobody up; it ends where the upload ends, at what it does not understand, and at the import's own limits. Whatever
 * fails is not known, and nothing more: the import finds out why.
 */
export function readAhead(file: ArrivingFile, { blobs, limits, now }: ReadAheadOptions): ReadAhead {
  const begunMs = now().getTime();
  const stage = blobs.stage();
  const handle = file.arrived(1).then(() => open(file.path, "r"));
  const known = new Map<number, Promise<Known | undefined>>();
  const running = new Set<Promise<unknown>>();
  let isDiscarded = false;
  for (const each of [stage, handle]) each.catch(() => undefined);
  const walking = walk().catch(() => undefined);

  return {
    stage,
    isFresh: () => now().getTime() - begunMs < freshMs,
    async find(entry) {
      const found = await known.get(entry.headerStart);
      if (!found || found.end > entry.end || found.isDeflated !== entry.isDeflated) return undefined;
      if (found.packedBytes !== entry.packedBytes || found.sizeBytes !== entry.sizeBytes || found.crc32 !== entry.crc32) return undefined;
      return { sha256: found.sha256, sizeBytes: found.sizeBytes };
    },
    async discard() {
      isDiscarded = true;
      await walking;
      await Promise.all(running);
      await handle.then((one) => one.close(), () => undefined);
      await stage.then((one) => one.discard(), () => undefined);
    },
  };

  async function walk(): Promise<void> {
    let [start, room] = [0, limits.totalBytes];
    for (let count = 0; count < limits.entries; count++) {
      const entry = localEntry(await read(start, start + localHeaderBytes), start);
      if (running.size >= lanes) await Promise.race(running);
      if (!entry || file.isWhole) return;
      const content = entry.told ?? (await untold(entry, room));
      if (!content || content.sizeBytes > room || isBomb(limits, content)) return;
      if (entry.told && content.sizeBytes > 0) void begin(entry, entryChunks(read, asZipEntry(entry, content)), () => content);
      room -= content.sizeBytes;
      start = entry.contentStart + content.packedBytes;
      const behind = entry.told ? 0 : descriptorLength(await read(start, start + descriptorBytes), content);
      if (behind === undefined) return;
      start += behind;
    }
  }

  /** Stores an entry whose header does not tell its end; answers what it turned out to be as soon as it is unpacked. */
  function untold(entry: LocalEntry, room: number): Promise<Content | undefined> {
    return new Promise((ended) => {
      let content: Content | undefined;
      const isTooMuch = (soFar: Content) => soFar.sizeBytes > room || isBomb(limits, soFar);
      const chunks = async function* () {
        content = yield* inflatedToEnd(arriving(entry.contentStart), isTooMuch);
        ended(content);
      };
      void begin(entry, chunks(), () => content as Content).then(() => ended(content));
    });
  }

  function begin(entry: LocalEntry, chunks: AsyncIterable<Buffer>, content: () => Content): Promise<unknown> {
    const storing = stage
      .then((one) => one.put(chunks))
      .then((blob): Known => ({ ...content(), ...blob, isDeflated: entry.isDeflated, end: entry.contentStart + content().packedBytes }))
      .catch(() => undefined)
      .finally(() => running.delete(storing));
    running.add(storing);
    known.set(entry.headerStart, storing);
    return storing;
  }

  async function read(...[start, end]: Parameters<ReadBytes>): Promise<Buffer> {
    await file.arrived(end);
    if (isDiscarded) throw new Error("Nobody needs it any more.");
    return bytesOf(await handle)(start, end);
  }

  /** What is there from `start` on, and what comes; little at first, for most entries are small. */
  async function* arriving(start: number): AsyncGenerator<Buffer> {
    let length = chunkBytes / 32;
    for (let position = start; ; ) {
      const there = await file.arrived(position + 1);
      if (there <= position) return;
      const bytes = await read(position, Math.min(there, position + length));
      yield bytes;
      position += bytes.length;
      length = Math.min(2 * length, chunkBytes);
    }
  }
}

function asZipEntry({ headerStart, contentStart, isDeflated }: LocalEntry, content: Content): ZipEntry {
  return { ...content, path: "", isDeflated, headerStart, end: contentStart + content.packedBytes };
}
