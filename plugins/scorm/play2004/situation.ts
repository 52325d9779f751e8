import type { ContentsRow } from "cadre";
import { told, type ActivityStatus, type Engine } from "../runtime/engine/index.ts";
import type { Situation } from "../runtime/playing.ts";
import type { Session } from "./policy.ts";

/** What the learner sees around the content; `open` is the content that runs, as it stands. */
export function situationOf(engine: Engine, open?: Session): Situation {
  const valid = engine.valid(open);
  const hidden = engine.hiddenControls();
  const shown = (["continue", "previous", "exitAll"] as const).filter((control) => !hidden.includes(control));
  return {
    contents: rowsOf(engine, valid),
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

function wordOf({ completion, success, attempts }: ActivityStatus, current: boolean): ContentsRow["status"] {
  if (success === "passed" && completion !== "incomplete") return "passed";
  if (success === "failed" && completion !== "incomplete") return "failed";
  if (completion === "completed") return "completed";
  return current || attempts > 0 || completion === "incomplete" ? "in-progress" : "not-started";
}
