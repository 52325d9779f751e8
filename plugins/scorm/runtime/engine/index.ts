export { type ActivityStatus, type ContentsEntry } from "./contents.ts";
export { type Bucket, type Control, type Course2004, type CourseItem } from "./course.ts";
export { openEngine, told, type Engine, type EngineAnswer, type EngineOpening, type OpenContent } from "./engine.ts";
export { type LearnerSetup } from "./setup.ts";
export { emptyStore, type EngineState, type KeptState, type LearnerStore } from "./state.ts";
export { type ValidRequests } from "./valid.ts";
