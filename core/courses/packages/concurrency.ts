/** Runs `run` for every item, at most `width` at once; after a failure starts no more, waits for those under way, and throws it. */
export async function eachAtOnce<T>(items: Iterable<T>, width: number, run: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    for (let next = queue.next(); !next.done && !failure; next = queue.next()) {
      try {
        await run(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failure) throw failure.error;
}
