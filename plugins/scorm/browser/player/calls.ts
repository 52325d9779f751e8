import type { ApiCall } from "../../runtime/playing.ts";

/** Calls of the API that the journal does not show, on their way to the launch's diagnosis; of content that fails without end only the first ones. */
export interface KeptCalls {
  keep(call: ApiCall): void;
  /** What goes with the next piece of journal, as a member of its body. */
  forPiece(): { calls?: ApiCall[] };
}

const perPiece = 100;
const inAll = 1000;

export function keepCalls(): KeptCalls {
  const waiting: ApiCall[] = [];
  let kept = 0;
  return {
    keep: (call) => void (kept++ < inAll && waiting.push(call)),
    forPiece: () => (waiting.length > 0 ? { calls: waiting.splice(0, perPiece) } : {}),
  };
}
