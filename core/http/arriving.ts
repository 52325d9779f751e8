import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

/** A file that is being uploaded, for who reads it while it grows. */
export interface ArrivingFile {
  readonly path: string;
  /** Whether all of it is there. */
  readonly isWhole: boolean;
  /** How many bytes are there, as soon as `bytes` are or no more will come. Fails when the upload breaks off. */
  arrived(bytes: number): Promise<number>;
}

/** What a route began with a file while it arrived. */
export interface Followed {
  /** Nobody needs it any more, whether the upload was answered, refused or broke off; called before the file is removed, and harmless when repeated. */
  discard(): Promise<void>;
}

/** Bytes: while the threads that write are busy, more than one chunk of the network may wait for them. */
const waitingBytes = 1024 ** 2;

/** A new file at `path`, and who writes it: call `write` once. */
export function arrivingFile(path: string): ArrivingFile & { write(source: AsyncIterable<Buffer>): Promise<void> } {
  const out = createWriteStream(path, { flags: "wx", mode: 0o600, highWaterMark: waitingBytes });
  const readers: (() => void)[] = [];
  const moved = () => readers.splice(0).forEach((goOn) => goOn());
  const ended = finished(out);
  let outcome: "whole" | { error: unknown } | undefined;
  ended.then(() => (outcome = "whole"), (error: unknown) => (outcome = { error })).finally(moved);

  return {
    path,
    get isWhole() {
      return outcome === "whole";
    },
    async arrived(bytes) {
      while (out.bytesWritten < bytes && outcome === undefined) await new Promise<void>((resolve) => readers.push(resolve));
      if (outcome && outcome !== "whole") throw outcome.error;
      return out.bytesWritten;
    },
    async write(source) {
      try {
        for await (const chunk of source) if (!out.write(chunk, moved)) await Promise.race([once(out, "drain"), ended]);
        out.end();
        await ended;
      } finally {
        out.destroy();
        await ended.catch(() => undefined); // closed, so that it can be removed
      }
    },
  };
}
