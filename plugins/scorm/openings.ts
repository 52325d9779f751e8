import { refuse, type CourseStructure, type StructureItem } from "cadre";
import type { ItemData12 } from "./format12.ts";
import type { UnitOutcome, UnitOutcomes } from "./outcome.ts";
import { isMet, parsePrerequisites, type PrerequisiteStatus } from "./runtime/scorm12/index.ts";

/**
 * Which items of a package may be opened as things stand, by identifier: an item where its own prerequisites and those of all headings above
 * it are met. Prerequisites that can't be read, or name what is not there, hold nobody back (the import report names them), and where they
 * would leave nothing open, as those that go in circles do, everything is. Pure.
 */
export function openItems({ items }: CourseStructure, outcomes: UnitOutcomes): Set<string> {
  const byIdentifier = new Map<string, StructureItem>();
  const note = (item: StructureItem): void => {
    byIdentifier.set(item.identifier, item);
    item.children.forEach(note);
  };
  items.forEach(note);
  const statusOf = (identifier: string): PrerequisiteStatus => standing(byIdentifier.get(identifier) as StructureItem, outcomes);
  const isOpen = ({ data }: StructureItem): boolean => {
    const parsed = parsePrerequisites((data as Partial<ItemData12> | undefined)?.prerequisites ?? "");
    return !parsed?.ok || parsed.items.some((item) => !byIdentifier.has(item)) || isMet(parsed.prerequisite, statusOf);
  };
  const open = new Set<string>();
  const walk = (item: StructureItem): void => {
    if (!isOpen(item)) return;
    open.add(item.identifier);
    item.children.forEach(walk);
  };
  items.forEach(walk);
  const all = [...byIdentifier.values()];
  return all.some(({ launch, identifier }) => launch && open.has(identifier)) ? open : new Set(byIdentifier.keys());
}

/** @throws scorm_unit_locked (409) while the unit's prerequisites are not met */
export function requireOpen(structure: CourseStructure, outcomes: UnitOutcomes, { identifier, title }: { identifier: string; title: string }): void {
  if (openItems(structure, outcomes).has(identifier)) return;
  throw refuse("scorm_unit_locked", `“${title}” is not open yet: other parts of this course come first.`, { status: 409, data: { unit: identifier } });
}

/** Where an item stands; a heading by what is below it: not attempted until something is, then incomplete until everything has come to an end. */
function standing({ identifier, launch, children }: StructureItem, outcomes: UnitOutcomes): PrerequisiteStatus {
  const own = launch ? [wordOf(outcomes[identifier])] : [];
  const all = [...own, ...children.map((child) => standing(child, outcomes))];
  const [first, ...others] = new Set(all);
  if (first !== undefined && others.length === 0) return first;
  if (all.some((status) => status === "not attempted" || status === "incomplete" || status === "browsed")) return "incomplete";
  return all.includes("failed") ? "failed" : "completed";
}

function wordOf(outcome: UnitOutcome | undefined): PrerequisiteStatus {
  if (!outcome || outcome.status === "not-started") return "not attempted";
  if (outcome.status === "in-progress") return outcome.browsed ? "browsed" : "incomplete";
  return outcome.status;
}
