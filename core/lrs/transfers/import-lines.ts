import { createReadStream } from "node:fs";

/** A line of a file, and where the next one begins. */
export interface FileLine {
  /** The first is 1. */
  number: number;
  /** Without its end; `tooLong` and nothing else when it has more bytes than are allowed. */
  bytes: Buffer | "tooLong";
  /** In bytes from the beginning of the file. */
  end: number;
}

const newline = 10;

/** The lines of a file after the place that was reached. Lines end with LF or CRLF, the last one also with the file. */
export async function* linesOf(path: string, reached: { offset: number; lines: number }, maxBytes: number): AsyncGenerator<FileLine> {
  let number = reached.lines;
  let end = reached.offset;
  let parts: Buffer[] = [];
  let length = 0;
  const line = (): FileLine => {
    const whole = length > maxBytes ? "tooLong" : parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    [parts, length] = [[], 0];
    return { number: ++number, bytes: whole, end };
  };
  const take = (part: Buffer): void => {
    length += part.length;
    if (length <= maxBytes) parts.push(part);
    else parts = [];
  };
  for await (const chunk of createReadStream(path, { start: reached.offset, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      take(chunk.subarray(from, at));
      end += at + 1 - from;
      from = at + 1;
      yield line();
    }
    take(chunk.subarray(from));
    end += chunk.length - from;
  }
  if (length > 0) yield line();
}

/** The same items, each made while the one before is being used: one of them ahead, and no more. */
export async function* ahead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  const ask = (): Promise<IteratorResult<T>> => {
    const next = source.next();
    next.catch(() => undefined); // it is awaited below, unless nobody wants it any more
    return next;
  };
  try {
    for (let next = ask(); ; ) {
      const made = await next;
      if (made.done) return;
      next = ask();
      yield made.value;
    }
  } finally {
    await source.return(undefined);
  }
}
