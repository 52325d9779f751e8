import type { Readable } from "node:stream";

/** Content and nothing else: its SHA-256 in lower-case hex is its name. */
export interface StoredBlob {
  sha256: string;
  sizeBytes: number;
}

/** Bytes in parts: a stream, or an array of buffers. */
export type ByteSource = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Where content is kept. `diskBlobs` is one; an object store could be another. */
export interface BlobStore {
  /** Stores one content; the same content twice is stored once. */
  put(source: ByteSource): Promise<StoredBlob>;
  /** Begins to store several that belong together: nobody sees any until all are kept. */
  stage(): Promise<BlobStage>;
  /** The content, or its bytes from `start` to `end`, both included. The stream fails with blob_missing (404). */
  open(sha256: string, range?: { start?: number; end?: number }): Readable;
  stat(sha256: string): Promise<{ sizeBytes: number } | undefined>;
  /** Removes it whether or not it is referenced; nothing happens when it is not there. */
  remove(sha256: string): Promise<void>;
  /**
   * Removes what is not referenced and has not been stored again since `olderThan`, and unfinished stages from before it.
   * An import must reach its commit within that time. `referenced` answers which of up to 1,000 names are in use.
   */
  sweep(referenced: (sha256s: string[]) => Promise<ReadonlySet<string>>, olderThan: Date): Promise<{ removed: number }>;
}

/** Contents on their way in. End it with `discard`, after `keep` or without. */
export interface BlobStage {
  /** May run several times at once. */
  put(source: ByteSource): Promise<StoredBlob>;
  /** Makes these, which were put, part of the store. */
  keep(sha256s: Iterable<string>): Promise<void>;
  /** Leaves nothing behind of what was not kept; harmless when repeated. */
  discard(): Promise<void>;
}

declare module "../../kernel/context.ts" {
  interface Site {
    /** Where the files of packages are kept. */
    readonly blobs: BlobStore;
  }
}
