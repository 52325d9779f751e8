import type { Context } from "../../kernel/context.ts";
import { isCadreError } from "../../kernel/errors.ts";
import type { Delivery } from "../../db/queue.ts";
import { carryOn } from "./import.ts";

const whileMs = 60_000;

/** Carries an import on for a minute and queues the rest, so that however long it takes no try takes long, and a stop is heard soon. */
export async function carryOnForAWhile(ctx: Context, { id }: { id: string }, { signal }: Pick<Delivery, "signal">): Promise<void> {
  const until = performance.now() + whileMs;
  try {
    const carried = await carryOn(ctx, id, () => signal.aborted || performance.now() > until);
    if (carried === "enough") await ctx.transact((tx) => tx.enqueue("records.importStatements", { id }));
  } catch (error) {
    // another try finds no other file; whoever runs the import sees why it failed
    if (!isCadreError(error) || error.code !== "import_file_missing") throw error;
  }
}
