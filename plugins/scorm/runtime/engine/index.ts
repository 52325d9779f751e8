export { type ActivityStatus, type ContentsEntry } from "./contents.ts";
export { type Bucket, type Control, type Course2004, type CourseItem } from "./course.ts";
export { openEngine, told, type Engine, type EngineAnswer } from "./engine.ts";
export { emptyStore, type EngineState, type LearnerStore } from "./state.ts";
