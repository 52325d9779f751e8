import type { CourseStructure, Json, StructureItem } from "cadre";
import type { ScormFiles } from "./format12.ts";
import type { DiagnosticSink } from "./manifest/diagnostics.ts";
import { detectEdition } from "./manifest/edition.ts";
import { nameOutsideHosts } from "./manifest/outside-hosts.ts";
import { readManifest2004, scorm2004Diagnostics, type Item2004, type Organization2004 } from "./manifest2004.ts";
import type { Course2004, CourseItem } from "./runtime/engine/index.ts";
import { packageSettings2004 } from "./settings.ts";
import { structureItem, type ItemData } from "./structure-item.ts";

/** What the run-time needs of an item besides what the neutral model has; kept as the item's `data`. */
export type ItemData2004 = ItemData<Item2004>;

/** What the run-time needs of the organization; kept as the structure's `data`. */
export type CourseData2004 = Pick<Course2004, "edition" | "identifier" | "sequencing" | "objectivesGlobalToSystem" | "sharedDataGlobalToSystem">;

/** SCORM 2004, 2nd to 4th edition, as a package format of the core (contribution `formats.scorm2004`). */
export const scorm2004Format = {
  label: "SCORM 2004",
  manifests: ["imsmanifest.xml"],
  diagnostics: scorm2004Diagnostics,
  settings: packageSettings2004,
  async detect(files: ScormFiles): Promise<number> {
    const path = files.find("imsmanifest.xml");
    return path !== undefined && detectEdition(await files.xml(path)).standard === "scorm2004" ? 1 : 0;
  },
  async read(files: ScormFiles, report: DiagnosticSink): Promise<CourseStructure> {
    const path = files.find("imsmanifest.xml") ?? "imsmanifest.xml";
    const manifest = readManifest2004(await files.xml(path), files, report, path);
    const played = manifest?.organizations.find(({ isDefault }) => isDefault);
    if (!manifest || !played) return { standard: "SCORM", edition: "2004", identifier: "", title: "", items: [] };
    await nameOutsideHosts(files, played.items, report);
    const { edition, identifier, title } = manifest;
    return { standard: "SCORM", edition: `2004 ${edition} Edition`, identifier, title, data: courseData(edition, played) as unknown as Json, items: played.items.map(structureItem) };
  },
};

/** The course for the engine, of a structure that `scorm2004Format` read. */
export function courseOf({ title, data, items }: CourseStructure): Course2004 {
  return { ...(data as unknown as CourseData2004), title, items: items.map(courseItem) };
}

function courseData(edition: Course2004["edition"], played: Organization2004): CourseData2004 {
  const { identifier, sequencing, objectivesGlobalToSystem, sharedDataGlobalToSystem } = played;
  return { edition, identifier, sequencing, objectivesGlobalToSystem, sharedDataGlobalToSystem };
}

function courseItem({ identifier, title, visible, launch, kind, data, children }: StructureItem): CourseItem {
  const scormType = launch ? (kind === "sco" ? "sco" : "asset") : null;
  return { identifier, title, visible, scormType, ...(data as unknown as ItemData2004), children: children.map(courseItem) };
}
