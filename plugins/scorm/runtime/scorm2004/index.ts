export { errorStrings } from "./errors.ts";
export { launch2004 } from "./launch.ts";
export { parseNavRequest } from "./navigation.ts";
export { outcome2004, type ObjectiveOutcome2004, type Outcome2004 } from "./outcome.ts";
export { replay2004, type Look2004 } from "./replay.ts";
export { createSession2004, type Session2004 } from "./session.ts";
export {
  presetObjective,
  setup2004,
  switchesOf,
  type PresetObjective2004,
  type Setup2004,
  type Switches2004,
  type Valid2004,
  type Validity,
} from "./setup.ts";
export { timeSpentMs, type State2004 } from "./state.ts";
export { type CompletionStatus, type SuccessStatus } from "./status.ts";
export { summary2004, type Summary2004 } from "./summary.ts";
