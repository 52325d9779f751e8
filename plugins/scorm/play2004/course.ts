import { packageVersionOf, refuse, type Context, type CourseStructure, type Site, type StructureItem } from "cadre";
import type { CourseData2004, ItemData2004 } from "../format2004.ts";
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

const rememberedAtMost = 50;
const playedOf = new WeakMap<Site, Map<string, Promise<PlayedCourse>>>();

/** A version of a package made ready to play; versions never change, so the last ones used are remembered. @throws scorm_unit_unknown */
export function playedCourse(ctx: Context, versionId: string): Promise<PlayedCourse> {
  const known = playedOf.get(ctx.site) ?? new Map<string, Promise<PlayedCourse>>();
  playedOf.set(ctx.site, known);
  let played = known.get(versionId);
  if (!played) {
    if (known.size >= rememberedAtMost) known.clear();
    played = read(ctx, versionId);
    known.set(versionId, played);
    played.catch(() => known.delete(versionId));
  }
  return played;
}

async function read(ctx: Context, versionId: string): Promise<PlayedCourse> {
  const version = await packageVersionOf(ctx.db, versionId);
  if (!version) throw refuse("scorm_unit_unknown", "The package is not there any more.", { status: 404 });
  return playedFrom(versionId, version.structure);
}

/** A course out of the core's neutral model. Pure. */
export function playedFrom(versionId: string, { title, items, data }: CourseStructure): PlayedCourse {
  const { edition, identifier, sequencing, objectivesGlobalToSystem, sharedDataGlobalToSystem } = data as unknown as CourseData2004;
  const course: Course2004 = { edition, identifier, title, sequencing, objectivesGlobalToSystem, sharedDataGlobalToSystem, items: items.map(courseItem) };
  const all = flat(items);
  const parts = all.map((item) => item.data as unknown as ItemData2004);
  const targets = [sequencing, ...parts.map((part) => part.sequencing)].flatMap(targetsOf);
  return {
    versionId,
    course,
    leaves: new Map(all.flatMap((item) => (item.children.length === 0 ? [[item.identifier, item] as const] : []))),
    objectives: objectivesGlobalToSystem ? [...new Set(targets)].sort() : [],
    buckets: sharedDataGlobalToSystem ? [...new Set(parts.flatMap(({ sharedData }) => sharedData.map(({ id }) => id)))].sort() : [],
  };
}

function courseItem({ identifier, title, visible, data, children }: StructureItem): CourseItem {
  return { identifier, title, visible, ...(data as unknown as ItemData2004), children: children.map(courseItem) };
}

function targetsOf({ objectives }: Sequencing): string[] {
  return objectives.flatMap(({ maps }) => maps.map(({ target }) => target));
}

function flat(items: readonly StructureItem[]): StructureItem[] {
  return items.flatMap((item) => [item, ...flat(item.children)]);
}
