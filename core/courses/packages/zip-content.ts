import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { crc32, createInflateRaw, inflateRaw } from "node:zlib";
import { isCadreError, messageOf } from "../../kernel/errors.ts";
import { packageError, quoted } from "./errors.ts";
import type { ZipEntry } from "./zip.ts";

/** How much of a file is read, and of a large content unpacked, at once. */
export const chunkBytes = 512 * 1024;
const inflated = promisify(inflateRaw) as (packed: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Promise<Buffer>;

/** The bytes of a file from `start` to before `end`; fewer where it ends. */
export type ReadBytes = (start: number, end: number) => Promise<Buffer>;

export function bytesOf(handle: FileHandle): ReadBytes {
  return async (start, end) => {
    const bytes = Buffer.allocUnsafe(end - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    return bytes.subarray(0, bytesRead);
  };
}

/**
 * An entry's content, never more than a few chunks of it in memory; small entries come as one chunk.
 * Inflating runs on zlib's threads.
 * @throws zip_damaged, zip_size_mismatch, zip_entries_overlap
 */
export async function* entryChunks(read: ReadBytes, entry: ZipEntry): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  let sum = 0;
  try {
    for await (const chunk of unpacked(read, entry)) {
      sizeBytes += chunk.length;
      if (sizeBytes > entry.sizeBytes) throw wrongSize(entry);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    if (isCadreError(error)) throw error;
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw wrongSize(entry);
    throw damaged(entry, messageOf(error), error);
  }
  if (sizeBytes !== entry.sizeBytes) throw wrongSize(entry);
  if (sum !== entry.crc32) throw damaged(entry, "its checksum is wrong");
}

async function* unpacked(read: ReadBytes, entry: ZipEntry): AsyncGenerator<Buffer> {
  const packed = slices(read, entry);
  const isOneSlice = entry.end - entry.headerStart <= chunkBytes;
  if (!entry.isDeflated) yield* packed;
  else if (!isOneSlice || entry.sizeBytes > 2 * chunkBytes) yield* inflatedInParts(packed);
  else for await (const slice of packed) yield await inflated(slice, { maxOutputLength: entry.sizeBytes + 1, chunkSize: Math.max(64, entry.sizeBytes + 1) });
}

async function* inflatedInParts(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  const feeding = pipeline(packed, inflate);
  feeding.catch(() => undefined);
  for await (const chunk of inflate) yield chunk as Buffer;
  await feeding;
}

/** The packed content; the header is read along with its beginning, so that a small entry takes one read of the file. */
async function* slices(read: ReadBytes, entry: ZipEntry): AsyncGenerator<Buffer> {
  const head = await read(entry.headerStart, Math.min(entry.headerStart + chunkBytes, entry.end));
  const start = contentStart(head, entry);
  const end = start + entry.packedBytes;
  const first = head.subarray(start - entry.headerStart, end - entry.headerStart);
  if (first.length > 0) yield first;
  for (let position = start + first.length; position < end; ) {
    const next = await read(position, Math.min(position + chunkBytes, end));
    if (next.length === 0) throw new Error("the file ends in it");
    yield next;
    position += next.length;
  }
}

/** The local header's name and extra field may have other lengths than the directory says. */
function contentStart(head: Buffer, entry: ZipEntry): number {
  if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) throw damaged(entry, "it does not begin where the directory says");
  const start = entry.headerStart + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  if (start + entry.packedBytes <= entry.end) return start;
  throw packageError("zip_entries_overlap", `The entry ${quoted(entry.path)} shares bytes with the next. Make the zip again.`, { path: entry.path });
}

function wrongSize({ path, sizeBytes }: ZipEntry) {
  return packageError("zip_size_mismatch", `The entry ${quoted(path)} is not of the ${sizeBytes} bytes that the zip declares. Make the zip again.`, { path });
}

function damaged({ path }: ZipEntry, reason: string, cause?: unknown) {
  return packageError("zip_damaged", `The entry ${quoted(path)} cannot be read: ${reason}. Make the zip again.`, { path }, cause);
}
