import { refuse, type CourseStructure, type PlayableUnit, type StructureItem } from "cadre";
import type { ItemData12 } from "./format12.ts";
import { openItems } from "./openings.ts";
import { untouched, type UnitOutcomes } from "./outcome.ts";

/** An item of the manifest that opens something. */
export type Unit = Omit<StructureItem, "launch" | "data"> & { launch: NonNullable<StructureItem["launch"]>; data: ItemData12 };

/** Everything that can be played, in the order of the table of contents. */
export function unitsOf({ items }: CourseStructure): Unit[] {
  return flat(items).flatMap(({ item }) => (item.launch ? [{ ...item, launch: item.launch, data: item.data as unknown as ItemData12, children: [] }] : []));
}

/** The unit of this identifier. @throws scorm_unit_unknown (404) */
export function unitOf(structure: CourseStructure, identifier: string): Unit {
  const found = unitsOf(structure).find((unit) => unit.identifier === identifier);
  if (!found) throw refuse("scorm_unit_unknown", "The package has no such part.", { status: 404 });
  return found;
}

/** What to play where nothing is asked for: of those that are open the first that is not done, else the first. */
export function nextUnit(structure: CourseStructure, outcomes: UnitOutcomes): Unit | undefined {
  const units = unitsOf(structure);
  const open = openItems(structure, outcomes);
  const playable = units.filter(({ identifier }) => open.has(identifier));
  return playable.find(({ identifier }) => !isDone(outcomes[identifier]?.status)) ?? playable[0] ?? units[0];
}

/** The table of contents, headings included; what the manifest hides is left out, with what lies below it. */
export function contentsOf(structure: CourseStructure, outcomes: UnitOutcomes): PlayableUnit[] {
  const open = openItems(structure, outcomes);
  return flat(structure.items, ({ visible }) => visible).map(({ item: { identifier, title, launch }, level }) => ({
    identifier,
    title,
    level,
    playable: launch !== undefined,
    status: outcomes[identifier]?.status ?? "not-started",
    ...(launch !== undefined && !open.has(identifier) && { locked: true }),
  }));
}

/** Where everything stands before anything was opened. */
export function untouchedUnits(structure: CourseStructure): UnitOutcomes {
  return Object.fromEntries(unitsOf(structure).map(({ identifier }) => [identifier, untouched]));
}

/** The address of a unit's file for who has the launch. */
export function contentHref(contentUrl: string, token: string, { launch: { path, query } }: Pick<Unit, "launch">): string {
  return `${contentUrl}/content/${token}/${path.split("/").map(encodeURIComponent).join("/")}${query}`;
}

function isDone(status: string | undefined): boolean {
  return status === "completed" || status === "passed";
}

function flat(items: readonly StructureItem[], kept: (item: StructureItem) => boolean = () => true, level = 0): { item: StructureItem; level: number }[] {
  return items.filter(kept).flatMap((item) => [{ item, level }, ...flat(item.children, kept, level + 1)]);
}
