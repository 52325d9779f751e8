import { open, type FileHandle } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";
import { fromRandomAccessReaderPromise, type Entry, type ZipFile } from "yauzl";
import { isCadreError, messageOf } from "../../kernel/errors.ts";
import { entryPath, isJunk } from "./entry-path.ts";
import { packageError, quoted, type PackageErrorCode } from "./errors.ts";
import { isBomb, type PackageLimits } from "./limits.ts";
import { bufferedReader } from "./random-access.ts";
import type { Report } from "./report.ts";
import { bytesOf, entryChunks } from "./zip-content.ts";

/** A file in a zip; `end` is the first byte that may not belong to it. */
export interface ZipEntry {
  path: string;
  sizeBytes: number;
  packedBytes: number;
  crc32: number;
  isDeflated: boolean;
  headerStart: number;
  end: number;
}

/** A zip on disk whose directory has been read and found harmless. */
export interface Zip {
  /** The files; folders and junk are left out. */
  readonly entries: readonly ZipEntry[];
  /** The content, unpacked while being read; checked for size and checksum. @throws zip_damaged, zip_size_mismatch, zip_entries_overlap */
  chunks(entry: ZipEntry): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a stranger's zip and reads its directory; no content is touched.
 * @throws zip_* (422) for whatever is not safe or above `limits`
 */
export async function openZip(file: string, limits: PackageLimits, report: Report): Promise<Zip> {
  const handle = await open(file, "r");
  try {
    const entries = await readDirectory(handle, limits, report);
    return { entries, chunks: (entry) => entryChunks(bytesOf(handle), entry), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readDirectory(handle: FileHandle, limits: PackageLimits, report: Report): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const zip = await opened(handle, size);
  const directoryStart = zip.readEntryCursor as unknown as number;
  if (zip.entryCount > limits.entries) {
    throw packageError("zip_too_many_entries", `The zip holds ${zip.entryCount} entries; ${limits.entries} are allowed.`, { entries: zip.entryCount });
  }
  const found: ZipEntry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      found.push(readEntry(entry, limits, report));
      // Most entries come out of memory, without a turn of the event loop.
      if (found.length % 100 === 0) await turn();
    }
  } catch (error) {
    throw isCadreError(error) ? error : damaged(error);
  }
  refuseOverlaps(found, directoryStart);
  const files = found.filter(({ path }) => !path.endsWith("/") && path !== "");
  for (const { path } of files.filter(({ path }) => isJunk(path))) report.add("junk_skipped", { path });
  const wanted = files.filter(({ path }) => !isJunk(path));
  refuseSizes(wanted, limits);
  return unique(wanted, report);
}

async function opened(handle: FileHandle, size: number): Promise<ZipFile> {
  try {
    return await fromRandomAccessReaderPromise(bufferedReader(handle, size), size, { decodeStrings: false, autoClose: false, validateEntrySizes: false });
  } catch (error) {
    const start = Buffer.alloc(4);
    await handle.read(start, 0, 4, 0);
    if (!messageOf(error).startsWith("End of central directory record signature not found")) throw damaged(error);
    if (start.readUInt32LE() === 0x04034b50) throw packageError("zip_truncated", "The zip ends too early: its directory is missing. Send it again.", {}, error);
    throw packageError("zip_not_a_zip", "The file is not a zip. Course packages are zips with a manifest in them.", {}, error);
  }
}

function readEntry(entry: Entry, limits: PackageLimits, report: Report): ZipEntry {
  const path = entryPath(entry, limits, report);
  const refuse = (code: PackageErrorCode, reason: string): never => {
    throw packageError(code, `The entry ${quoted(path)} ${reason}.`, { path });
  };
  if (entry.isEncrypted()) refuse("zip_encrypted", "is protected by a password. Save the zip without one");
  const kind = (entry.externalFileAttributes >>> 16) & 0xf000;
  if (kind === 0xa000) refuse("zip_symlink", "is a symbolic link. Put the file itself in its place");
  if (kind !== 0 && kind !== 0x8000 && kind !== 0x4000) refuse("zip_special_file", "is a device, pipe or socket. Remove it");
  if (!entry.canDecodeFileData()) refuse("zip_method_unsupported", `is packed by method ${entry.compressionMethod}. Save the zip with standard compression`);
  const { uncompressedSize: sizeBytes, compressedSize: packedBytes, crc32, relativeOffsetOfLocalHeader: headerStart } = entry;
  const isDeflated = entry.compressionMethod === 8;
  if (!isDeflated && sizeBytes !== packedBytes) refuse("zip_size_mismatch", "is stored as it is, but with two different sizes. Make the zip again");
  return { path, sizeBytes, packedBytes, crc32, isDeflated, headerStart, end: headerStart + 30 + entry.fileNameLength + packedBytes };
}

/** Sets each entry's `end` to where the next begins. */
function refuseOverlaps(entries: ZipEntry[], directoryStart: number): void {
  const inOrder = entries.toSorted((one, other) => one.headerStart - other.headerStart);
  inOrder.forEach((entry, index) => {
    const next = inOrder[index + 1]?.headerStart ?? directoryStart;
    if (entry.end > next) throw packageError("zip_entries_overlap", `The entry ${quoted(entry.path)} shares bytes with the next. Make the zip again.`, { path: entry.path });
    entry.end = next;
  });
}

function refuseSizes(entries: ZipEntry[], limits: PackageLimits): void {
  let totalBytes = 0;
  for (const entry of entries) {
    const { path, sizeBytes, packedBytes } = entry;
    totalBytes += sizeBytes;
    if (totalBytes > limits.totalBytes) throw packageError("zip_too_large", `The package has more than ${limits.totalBytes} bytes once unpacked, which is the limit.`, { path });
    if (isBomb(limits, entry)) {
      throw packageError("zip_ratio", `The entry ${quoted(path)} expands from ${packedBytes} to ${sizeBytes} bytes, more than ${limits.ratio} times. Remove it.`, { path });
    }
  }
}

/** Paths once each. The same content twice is a tool's mistake; two contents are a choice nobody can make. */
function unique(entries: ZipEntry[], report: Report): ZipEntry[] {
  const byPath = new Map<string, ZipEntry>();
  const byFolded = new Map<string, string>();
  for (const entry of entries) {
    const { path } = entry;
    const known = byPath.get(path);
    if (known && (known.crc32 !== entry.crc32 || known.sizeBytes !== entry.sizeBytes)) {
      throw packageError("zip_duplicate_path", `Two different files in the zip are named ${quoted(path)}. Remove one.`, { path });
    }
    if (known) report.add("duplicate_entry", { path });
    const other = byFolded.get(path.toLowerCase()) ?? path;
    if (other !== path) report.add("paths_differ_in_case", { path, other });
    byPath.set(path, known ?? entry);
    byFolded.set(path.toLowerCase(), other);
  }
  return [...byPath.values()];
}

function damaged(error: unknown) {
  const reason = messageOf(error);
  if (reason.startsWith("strong encryption")) return packageError("zip_encrypted", "The zip is protected by a password. Save it without one.", {}, error);
  return packageError("zip_damaged", `The zip cannot be read: ${reason}. Make it again.`, {}, error);
}
