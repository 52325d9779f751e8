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

/** The same items, but none after one of them where `enough` says so. */
export async function* until<T>(source: AsyncGenerator<T>, enough: () => boolean): AsyncGenerator<T> {
  for await (const item of source) {
    yield item;
    if (enough()) return;
  }
}

/** How many items are worked on at once, and which two are not. */
export interface Lanes<T> {
  count: number;
  apart(one: T, other: T): boolean;
}

/** What became of items, in their order, though several are worked on at once; those that are to be apart wait for one another. */
export async function* inOrder<T, Result>(items: AsyncIterable<T>, work: (item: T) => Promise<Result>, { count, apart }: Lanes<T>): AsyncGenerator<[T, Result]> {
  const underWay: { item: T; result: Promise<Result> }[] = [];
  const first = async (): Promise<[T, Result]> => {
    const { item, result } = underWay.shift()!;
    return [item, await result];
  };
  try {
    for await (const item of items) {
      while (underWay.some((other) => apart(other.item, item))) yield await first();
      const result = work(item);
      result.catch(() => undefined); // told in its turn
      underWay.push({ item, result });
      while (underWay.length >= count) yield await first();
    }
    while (underWay.length > 0) yield await first();
  } finally {
    await Promise.allSettled(underWay.map(({ result }) => result));
  }
}
