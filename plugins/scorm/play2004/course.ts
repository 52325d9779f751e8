import { memoryOf, packageVersionOf, refuse, type Context, type CourseStructure, type StructureItem } from "cadre";
import { courseOf } from "../format2004.ts";
import type { Course2004, CourseItem } from "../runtime/engine/index.ts";
import type { Sequencing } from "../runtime/sequencing/index.ts";

/** A version of a package as it is played. */
export interface PlayedCourse {
  versionId: string;
  course: Course2004;
  /** What opens something, by its identifier, in the manifest's order. */
  leaves: ReadonlyMap<string, StructureItem>;
  /** Ids of the objectives and buckets that the learner's courses share. */
  objectives: string[];
  buckets: string[];
}

const played = memoryOf<Promise<PlayedCourse>>(50);

/** A version of a package made ready to play; versions never change, so the last ones used are remembered. @throws scorm_unit_unknown */
export function playedCourse(ctx: Context, versionId: string): Promise<PlayedCourse> {
  let course = played.get(ctx.site, versionId);
  if (!course) {
    played.set(ctx.site, versionId, (course = read(ctx, versionId)));
    course.catch(() => played.forget(ctx.site, versionId));
  }
  return course;
}

async function read(ctx: Context, versionId: string): Promise<PlayedCourse> {
  const version = await packageVersionOf(ctx.db, versionId);
  if (!version) throw refuse("scorm_unit_unknown", "The package is not there any more.", { status: 404 });
  return playedFrom(versionId, version.structure);
}

/** A course out of the core's neutral model. Pure. */
export function playedFrom(versionId: string, structure: CourseStructure): PlayedCourse {
  const course = courseOf(structure);
  const parts = flat(course.items);
  const targets = [course, ...parts].flatMap(({ sequencing }) => targetsOf(sequencing));
  return {
    versionId,
    course,
    leaves: new Map(flat(structure.items).flatMap((item) => (item.children.length === 0 ? [[item.identifier, item] as const] : []))),
    objectives: course.objectivesGlobalToSystem ? [...new Set(targets)].sort() : [],
    buckets: course.sharedDataGlobalToSystem ? [...new Set(parts.flatMap(({ sharedData }) => sharedData.map(({ id }) => id)))].sort() : [],
  };
}

function targetsOf({ objectives }: Sequencing): string[] {
  return objectives.flatMap(({ maps }) => maps.map(({ target }) => target));
}

function flat<Item extends StructureItem | CourseItem>(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...flat(item.children as Item[])]);
}
