import type { FileHandle } from "node:fs/promises";
import { RandomAccessReader } from "yauzl";

const windowBytes = 256 * 1024;

/** Lets yauzl read a directory of 20,000 entries in a few reads of the file instead of 40,000. It never closes the file. */
export function bufferedReader(handle: FileHandle, sizeBytes: number): RandomAccessReader {
  return new BufferedReader(handle, sizeBytes);
}

class BufferedReader extends RandomAccessReader {
  #handle: FileHandle;
  #sizeBytes: number;
  #window = Buffer.alloc(0);
  #start = 0;

  constructor(handle: FileHandle, sizeBytes: number) {
    super();
    this.#handle = handle;
    this.#sizeBytes = sizeBytes;
  }

  override read(target: Buffer, offset: number, length: number, position: number, done: (error: Error | null, bytesRead?: number) => void): void {
    this.#filled(position, length).then(
      () => done(null, this.#window.copy(target, offset, position - this.#start, position - this.#start + length)),
      (error: unknown) => done(error as Error),
    );
  }

  async #filled(position: number, length: number): Promise<void> {
    if (position >= this.#start && position + length <= this.#start + this.#window.length) return;
    const wanted = Math.max(0, Math.min(Math.max(length, windowBytes), this.#sizeBytes - position));
    const window = Buffer.allocUnsafe(wanted);
    const { bytesRead } = await this.#handle.read(window, 0, wanted, position);
    this.#window = window.subarray(0, bytesRead);
    this.#start = position;
  }
}
