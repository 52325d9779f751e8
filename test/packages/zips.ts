import { appendFile, readdir, writeFile } from "node:fs/promises";
import { crc32, deflateRawSync } from "node:zlib";

/** An entry to write, with room for every lie a zip can tell. */
export interface Written {
  name: string | Buffer;
  content?: string | Buffer;
  /** 8 deflates `content`; 0 stores it; others only say so. 8 unless told. */
  method?: number;
  /** Bytes as they are to stand in the file, instead of packing `content`. */
  packed?: Buffer;
  flags?: number;
  /** Unix mode, such as 0o120777 for a symbolic link. */
  mode?: number;
  /** What the directory declares instead of the truth. */
  sizeBytes?: number;
  crc?: number;
  /** Extra length that the local header claims. */
  localExtra?: number;
  /** The entry's header begins where that of the entry with this index does. */
  sameAs?: number;
  isZip64?: boolean;
  /** What the local header says instead of what the directory does. */
  local?: { signature?: number; flags?: number; method?: number; crc?: number; packedBytes?: number; sizeBytes?: number };
  /** Tells checksum and sizes behind the content instead of before it. */
  descriptor?: "signed" | "bare" | "zip64";
  /** Bytes between it and the next. */
  gap?: Buffer;
}

/** A zip in parts, made by hand so that it can be wrong in every way. */
export function zipParts(entries: Written[]): Buffer[] {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let position = 0;
  const put = (part: Buffer) => {
    parts.push(part);
    position += part.length;
  };
  for (const { name, content = "", method = 8, flags = 0x800, mode = 0o100644, isZip64 = false, localExtra = 0, sameAs, descriptor, local = {}, gap = Buffer.alloc(0), ...lies } of entries) {
    const bytes = Buffer.from(content as string);
    const packed = lies.packed ?? (method === 8 ? deflateRawSync(bytes) : (content instanceof Buffer ? content : bytes));
    const rawName = Buffer.from(name as string);
    const sum = lies.crc ?? crc32(bytes);
    const size = lies.sizeBytes ?? bytes.length;
    const offset = sameAs === undefined ? position : (offsets[sameAs] as number);
    offsets.push(offset);
    if (sameAs === undefined) {
      const told = { signature: 0x04034b50, flags, method, crc: sum, packedBytes: packed.length, sizeBytes: size, ...(descriptor && { flags: flags | 8, crc: 0, packedBytes: 0, sizeBytes: 0 }), ...local };
      put(record("4-2-2-2-4-4-4-4-2-2", [told.signature, 20, told.flags, told.method, 0, told.crc, told.packedBytes, told.sizeBytes, rawName.length, localExtra]));
      put(rawName);
      put(packed);
      if (descriptor === "signed") put(record("4-4-4-4", [0x08074b50, sum, packed.length, size]));
      if (descriptor === "bare") put(record("4-4-4", [sum, packed.length, size]));
      if (descriptor === "zip64") put(record("4-4-8-8", [0x08074b50, sum, packed.length, size]));
      put(gap);
    }
    const extra = isZip64 ? record("2-2-8-8-8", [1, 24, size, packed.length, offset]) : Buffer.alloc(0);
    const [shownPacked, shownSize, shownOffset] = isZip64 ? [0xffffffff, 0xffffffff, 0xffffffff] : [packed.length, size, offset];
    const head = [0x02014b50, (3 << 8) | 45, 20, flags, method, 0, sum, shownPacked, shownSize, rawName.length, extra.length, 0, 0, 0, (mode << 16) >>> 0, shownOffset];
    directory.push(record("4-2-2-2-2-4-4-4-4-2-2-2-2-2-4-4", head), rawName, extra);
  }
  const start = position;
  directory.forEach(put);
  const sizeBytes = position - start;
  if (entries.some(({ isZip64 }) => isZip64)) {
    const end = position;
    put(record("4-8-2-2-4-4-8-8-8-8", [0x06064b50, 44, 45, 45, 0, 0, entries.length, entries.length, sizeBytes, start]));
    put(record("4-4-8-4", [0x07064b50, 0, end, 1]));
    put(record("4-2-2-2-2-4-4-2", [0x06054b50, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0]));
  } else {
    put(record("4-2-2-2-2-4-4-2", [0x06054b50, 0, 0, entries.length, entries.length, sizeBytes, start, 0]));
  }
  return parts;
}

/** The same as one buffer. */
export function zipped(entries: Written[]): Buffer {
  return Buffer.concat(zipParts(entries));
}

/** Writes parts without ever holding them together. */
export async function writeParts(file: string, parts: Buffer[]): Promise<void> {
  await writeFile(file, "");
  for (const part of parts) await appendFile(file, part);
}

/** Every file under `folder`, folders left out. */
export async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Little-endian numbers of the given widths. The date fields of zip headers are one of four bytes here. */
function record(widths: string, values: number[]): Buffer {
  return Buffer.concat(
    widths.split("-").map((width, index) => {
      const field = Buffer.alloc(Number(width));
      const value = values[index] as number;
      if (field.length === 8) field.writeBigUInt64LE(BigInt(value));
      else field.writeUIntLE(value, 0, field.length);
      return field;
    }),
  );
}
