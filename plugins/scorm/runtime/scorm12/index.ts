export { errorStrings, type ErrorCode } from "./errors.ts";
export { launch12 } from "./launch.ts";
export { replay12, type Look12, type Replay12 } from "./replay.ts";
export { scoreOf, type Score } from "./score.ts";
export { createSession12, type Session12 } from "./session.ts";
export { setup12, type Setup12, type Switches12 } from "./setup.ts";
export { lessonStatus, timeSpentMs, type Ending, type State12 } from "./state.ts";
export { summary12, type Interaction12, type Objective12, type Summary12 } from "./summary.ts";
export { formatTimespan, parseTimespan } from "./timespan.ts";
