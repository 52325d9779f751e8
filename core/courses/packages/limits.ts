/** How much a package may demand; every limit is checked before or while reading, never after. */
export interface PackageLimits {
  entries: number;
  /** All files together, unpacked. */
  totalBytes: number;
  /** Unpacked size over packed size of one entry, looked at above 1 MB. */
  ratio: number;
  /** Folders above a file. */
  pathDepth: number;
  /** A path in UTF-8. Kept under PostgreSQL's limit for an index row. */
  pathBytes: number;
  /** One XML file. */
  xmlBytes: number;
  /** Characters of one attribute, name or comment. */
  xmlValue: number;
  xmlElements: number;
  xmlDepth: number;
  /** Attributes of one element. */
  xmlAttributes: number;
}

const megabyte = 1024 ** 2;

/** Whether an entry expands as only a bomb does. */
export function isBomb({ ratio }: PackageLimits, { sizeBytes, packedBytes }: { sizeBytes: number; packedBytes: number }): boolean {
  return sizeBytes > megabyte && sizeBytes > ratio * packedBytes;
}

/** The limits unless the site says otherwise. */
export const packageLimits: PackageLimits = {
  entries: 20_000,
  totalBytes: 2048 * megabyte,
  ratio: 200,
  pathDepth: 40,
  pathBytes: 1_000,
  xmlBytes: 10 * megabyte,
  xmlValue: 500_000,
  xmlElements: 250_000,
  xmlDepth: 100,
  xmlAttributes: 200,
};
