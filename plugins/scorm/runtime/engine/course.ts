import { treeOf, type ActivityDefinition, type ActivityTree, type Sequencing, type SequencingEdition } from "../sequencing/index.ts";

/** A control of the LMS that a course may hide. */
export type Control = "continue" | "previous" | "exit" | "exitAll" | "abandon" | "abandonAll" | "suspendAll";

/** A bucket of shared data and what content may do with it (adlcp:map). */
export interface Bucket {
  id: string;
  read: boolean;
  write: boolean;
}

/** An activity as the engine needs it; what a manifest's reader gives is one. Texts that were not given are "". */
export interface CourseItem {
  identifier: string;
  title: string;
  visible: boolean;
  /** Null for what opens nothing. */
  scormType: "sco" | "asset" | null;
  sequencing: Sequencing;
  /** Controls of the LMS that it hides (adlnav:hideLMSUI). */
  hiddenControls: Control[];
  dataFromLms: string;
  timeLimitAction: string;
  /** ISO 8601. */
  maxTimeAllowed: string;
  /** 0 to 1; what cmi.completion_threshold answers, null for nothing. */
  completionThreshold: number | null;
  sharedData: Bucket[];
  children: CourseItem[];
}

/** A course as the engine needs it, as plain JSON: the root of the activity tree with its items. */
export interface Course2004 {
  edition: SequencingEdition;
  identifier: string;
  title: string;
  sequencing: Sequencing;
  /** Whether shared objectives are the learner's in all courses, or those of this attempt on the course. */
  objectivesGlobalToSystem: boolean;
  sharedDataGlobalToSystem: boolean;
  items: CourseItem[];
}

/** A course made ready: its tree, and its items by identifier. */
export interface PreparedCourse {
  course: Course2004;
  tree: ActivityTree;
  items: ReadonlyMap<string, CourseItem>;
}

const prepared = new WeakMap<Course2004, PreparedCourse>();

/** Makes a course ready, once for each object. */
export function prepare(course: Course2004): PreparedCourse {
  const known = prepared.get(course);
  if (known) return known;
  const items = new Map(flat(course.items).map((item) => [item.identifier, item]));
  const root: ActivityDefinition = { id: course.identifier, sequencing: course.sequencing, children: course.items.map(definitionOf) };
  const fresh = { course, tree: treeOf(root), items };
  prepared.set(course, fresh);
  return fresh;
}

function definitionOf({ identifier, sequencing, children }: CourseItem): ActivityDefinition {
  return { id: identifier, sequencing, children: children.map(definitionOf) };
}

function flat(items: readonly CourseItem[]): CourseItem[] {
  return items.flatMap((item) => [item, ...flat(item.children)]);
}
