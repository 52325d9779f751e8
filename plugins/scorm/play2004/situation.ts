import type { ContentsRow } from "cadre";
import { told, type ActivityStatus, type Engine } from "../runtime/engine/index.ts";
import type { Situation } from "../playing.ts";
import { outcome2004 } from "../runtime/scorm2004/index.ts";
import type { Session } from "./policy.ts";

/** What the learner sees around the content; `open` is the content that runs, as it stands. */
export function situationOf(engine: Engine, open?: Session): Situation {
  const valid = engine.valid(open);
  const hidden = engine.hiddenControls();
  const shown = (["continue", "previous", "exitAll"] as const).filter((control) => !hidden.includes(control));
  const rows = rowsOf(engine, valid);
  return {
    contents: open ? rows.map((row) => (row.current ? withOutcome(row, open) : row)) : rows,
    controls: Object.fromEntries(shown.map((control) => [control, valid[control]])),
    valid: told(valid),
  };
}

/** The table of contents without the course itself; what is hidden leaves no step between what is above and below it. */
export function rowsOf(engine: Engine, valid = engine.valid()): ContentsRow[] {
  const above: number[] = [];
  return engine.contents(valid).flatMap(({ identifier, title, level, visible, enabled, current, opens, status }) => {
    while ((above.at(-1) ?? -1) >= level) above.pop();
    if (!visible || level === 0) return [];
    above.push(level);
    return [{ identifier, title, level: above.length - 1, enabled, current, opens, status: wordOf(status, current) }];
  });
}

/** The row of content that runs, with what it has come to by its own account, once it has. */
function withOutcome(row: ContentsRow, { setup, state }: Session): ContentsRow {
  const { completionStatus, successStatus } = outcome2004(setup, state);
  if (completionStatus.value !== "completed" && successStatus.value === "unknown") return row;
  return { ...row, status: wordOf({ completion: completionStatus.value === "completed" ? "completed" : "unknown", success: successStatus.value, attempts: 1 }, true) };
}

function wordOf({ completion, success, attempts }: Pick<ActivityStatus, "completion" | "success" | "attempts">, current: boolean): ContentsRow["status"] {
  if (success === "passed" && completion !== "incomplete") return "passed";
  if (success === "failed" && completion !== "incomplete") return "failed";
  if (completion === "completed") return "completed";
  return current || attempts > 0 || completion === "incomplete" ? "in-progress" : "not-started";
}
