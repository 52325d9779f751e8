/** What a zip's local header tells of the entry behind it, before any directory is there. */
export interface LocalEntry {
  headerStart: number;
  contentStart: number;
  isDeflated: boolean;
  /** Absent where it stands behind the content, in a descriptor. */
  told?: Content;
}

/** A content, packed and unpacked. */
export interface Content {
  packedBytes: number;
  sizeBytes: number;
  crc32: number;
}

/** The part of a local header that is the same length in all. */
export const localHeaderBytes = 30;

/**
 * Reads the local header (APPNOTE 4.3.7) that is to stand at `headerStart`. Nothing where none stands, nor where only the
 * directory can tell the content: encrypted, of other methods, with sizes in zip64, or stored with its size behind it.
 */
export function localEntry(header: Buffer, headerStart: number): LocalEntry | undefined {
  if (header.length < localHeaderBytes || header.readUInt32LE(0) !== 0x04034b50) return undefined;
  const [flags, method] = [header.readUInt16LE(6), header.readUInt16LE(8)];
  const isDeflated = method === 8;
  const [isEncrypted, isToldBehind] = [(flags & 1) !== 0, (flags & 8) !== 0];
  const told = { crc32: header.readUInt32LE(14), packedBytes: header.readUInt32LE(18), sizeBytes: header.readUInt32LE(22) };
  const contentStart = headerStart + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (isEncrypted || (!isDeflated && method !== 0)) return undefined;
  if (isToldBehind) return isDeflated ? { headerStart, contentStart, isDeflated } : undefined;
  if (told.packedBytes === 0xffffffff || told.sizeBytes === 0xffffffff) return undefined;
  return { headerStart, contentStart, isDeflated, told };
}

/** The longest descriptor. */
export const descriptorBytes = 24;

/** The length of the descriptor (APPNOTE 4.3.9) that `bytes` begin with, with or without its signature and zip64; nothing unless it tells this content. */
export function descriptorLength(bytes: Buffer, { crc32, packedBytes, sizeBytes }: Content): number | undefined {
  const start = bytes.length > 4 && bytes.readUInt32LE(0) === 0x08074b50 ? 4 : 0;
  if (bytes.length < start + 12 || bytes.readUInt32LE(start) !== crc32) return undefined;
  if (bytes.readUInt32LE(start + 4) === packedBytes && bytes.readUInt32LE(start + 8) === sizeBytes) return start + 12;
  if (bytes.length < start + 20) return undefined;
  const isLarge = bytes.readBigUInt64LE(start + 4) === BigInt(packedBytes) && bytes.readBigUInt64LE(start + 12) === BigInt(sizeBytes);
  return isLarge ? start + 20 : undefined;
}
