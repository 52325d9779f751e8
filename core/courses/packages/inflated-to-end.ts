import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import type { Content } from "./local-headers.ts";

/** Unpacks a deflated content up to where it ends by itself, whatever comes behind it, and returns what it was. Fails once it `isTooMuch`. */
export async function* inflatedToEnd(packed: AsyncIterable<Buffer>, isTooMuch: (soFar: Content) => boolean): AsyncGenerator<Buffer, Content> {
  const inflate = createInflateRaw({ chunkSize: 64 * 1024 });
  // What fails in it comes out of `inflate` as well.
  pipeline(packed, inflate).catch(() => undefined);
  const content: Content = { packedBytes: 0, sizeBytes: 0, crc32: 0 };
  for await (const chunk of inflate as AsyncIterable<Buffer>) {
    content.packedBytes = inflate.bytesWritten;
    content.sizeBytes += chunk.length;
    content.crc32 = crc32(chunk, content.crc32);
    if (isTooMuch(content)) throw new Error("It is larger than a package may be.");
    yield chunk;
  }
  return { ...content, packedBytes: inflate.bytesWritten };
}
