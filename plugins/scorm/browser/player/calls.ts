import type { ApiCall } from "../../runtime/journal.ts";

/** Calls of the API that the journal does not show, on their way to the launch's diagnosis; of content that fails without end only the first ones. */
export interface KeptCalls {
  keep(call: ApiCall): void;
  /** What goes with a piece of journal, as a member of its body; calls are kept with entries, so an empty piece takes none. */
  forPiece(entries: readonly unknown[]): { calls?: ApiCall[] };
}

const perPiece = 100;
const inAll = 1000;

export function keepCalls(): KeptCalls {
  const waiting: ApiCall[] = [];
  let kept = 0;
  return {
    keep: (call) => void (kept++ < inAll && waiting.push(call)),
    forPiece: (entries) => (entries.length > 0 && waiting.length > 0 ? { calls: waiting.splice(0, perPiece) } : {}),
  };
}
