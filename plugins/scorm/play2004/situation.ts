import { told, type ActivityStatus, type Engine } from "../runtime/engine/index.ts";
import type { ContentsRow, Situation } from "../runtime/playing.ts";
import type { Session } from "./policy.ts";

/** What the learner sees around the content; `open` is the content that runs, as it stands. */
export function situationOf(engine: Engine, open?: Session): Situation {
  const valid = engine.valid(open);
  const hidden = engine.hiddenControls();
  return {
    contents: rowsOf(engine, valid),
    controls: {
      continue: valid.continue && !hidden.includes("continue"),
      previous: valid.previous && !hidden.includes("previous"),
      exitAll: valid.exitAll && !hidden.includes("exitAll"),
      leave: !hidden.includes("suspendAll"),
    },
    valid: told(valid),
  };
}

/** The table of contents without the course itself. */
export function rowsOf(engine: Engine, valid = engine.valid()): ContentsRow[] {
  return engine
    .contents(valid)
    .filter(({ visible, level }) => visible && level > 0)
    .map(({ identifier, title, level, enabled, current, opens, status }) => ({ identifier, title, level: level - 1, enabled, current, opens, status: wordOf(status, current) }));
}

function wordOf({ completion, success, attempts }: ActivityStatus, current: boolean): ContentsRow["status"] {
  if (success === "passed" && completion !== "incomplete") return "passed";
  if (success === "failed" && completion !== "incomplete") return "failed";
  if (completion === "completed") return "completed";
  return current || attempts > 0 || completion === "incomplete" ? "in-progress" : "not-started";
}
