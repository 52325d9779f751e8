import { EventEmitter, once } from "node:events";
import pg from "pg";

/** Waits until something holds of what the engine keeps; looked at again whenever it has kept something more. The test's own time limit ends it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const more = once(kept, "commit");
    if (await isSo()) return;
    await more;
  }
}

const kept = new EventEmitter().setMaxListeners(0);
const { query } = pg.Client.prototype as unknown as { query: (this: pg.Client, ...given: unknown[]) => unknown };
pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
  const [asked] = given as [string | { text?: string }];
  if (!/^commit/i.test(typeof asked === "string" ? asked : (asked.text ?? ""))) return query.apply(this, given);
  const told = given.at(-1);
  if (typeof told !== "function") return (query.apply(this, given) as Promise<unknown>).finally(() => kept.emit("commit"));
  return query.apply(this, [...given.slice(0, -1), (...answer: unknown[]) => ((told as (...answer: unknown[]) => void)(...answer), kept.emit("commit"))]);
} as typeof pg.Client.prototype.query;
