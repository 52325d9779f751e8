import { detectEdition, unboundPrefix } from "./manifest/edition.ts";
import { attributeOf, childOf, childrenOf, identifierOf, textOf } from "./manifest/elements.ts";
import type { PackageFiles } from "./manifest/href.ts";
import { launchOf, readItems, type Item, type ItemContext } from "./manifest/items.ts";
import { createReport, type Diagnostic, type Report } from "./manifest/report.ts";
import { readResources, type Resource } from "./manifest/resources.ts";
import type { XmlElement } from "./xml-types.ts";

export { detectEdition, type Edition } from "./manifest/edition.ts";
export { packageFiles, type PackageFiles } from "./manifest/href.ts";
export type { Item, Launch } from "./manifest/items.ts";
export type { Diagnostic } from "./manifest/report.ts";

/** One way through the course. */
export interface Organization {
  identifier: string;
  title: string;
  /** The one to play. */
  isDefault: boolean;
  items: Item[];
}

/** What a SCORM 1.2 manifest says, tidied. Paths are relative to the manifest's folder. */
export interface Manifest12 {
  standard: "scorm12";
  identifier: string;
  title: string;
  /** In the manifest's order; one is the default. */
  organizations: Organization[];
  /** Files that the manifest declares and the package has. */
  files: string[];
}

/** `manifest` is null when there is an error among the diagnostics. */
export interface Reading12 {
  manifest: Manifest12 | null;
  diagnostics: Diagnostic[];
}

/**
 * Reads imsmanifest.xml of a SCORM 1.2 package, given as a parsed tree with the package's files. Pure. Takes what real packages get wrong,
 * naming each leniency; other editions are recognised by name and refused.
 */
export function readManifest12(root: XmlElement, files: PackageFiles): Reading12 {
  const report = createReport();
  const manifest = isScorm12(root, report) ? read(root, files, report) : null;
  const failed = report.diagnostics.some(({ severity }) => severity === "error");
  return { manifest: failed ? null : manifest, diagnostics: report.diagnostics };
}

function isScorm12(root: XmlElement, report: Report): boolean {
  if (!root.name.endsWith("manifest")) {
    report.say("error", "not_a_manifest", `The root element is <${root.name}>, not <manifest>.`, { element: root });
    return false;
  }
  const { standard, name, by } = detectEdition(root);
  if (standard === "scorm2004") report.say("error", "scorm2004_not_playable", `${name}: recognised, not yet playable.`, { element: root });
  if (standard === null) report.say("error", "not_scorm", `This is ${name}, not a SCORM package.`, { element: root });
  if (standard !== "scorm12") return false;
  if (by === "namespace") report.say("leniency", "schemaversion_missing", "The manifest has no schemaversion; its namespaces say SCORM 1.2.", { element: root });
  if (by === "assumption") report.say("leniency", "edition_assumed", "The manifest does not say which standard it follows; it is read as SCORM 1.2.", { element: root });
  if (root.uri === "") report.say("leniency", "namespace_missing", "The manifest declares no namespace; its elements are read by name alone.", { element: root });
  const unbound = unboundPrefix(root);
  if (unbound) report.say("leniency", "prefix_unbound", "The manifest uses a prefix that it does not declare; names are read without it.", { element: unbound });
  return true;
}

function read(root: XmlElement, files: PackageFiles, report: Report): Manifest12 {
  for (const element of childrenOf(root, "manifest")) report.say("warning", "submanifest_ignored", "A manifest within the manifest is left out.", { element });
  const identifier = identifierOf(root, "identifier", report);
  if (identifier === "") report.say("warning", "identifier_missing", "The manifest has no identifier.", { element: root });
  const resources = readResources(root, files, report);
  const organizations = readOrganizations(root, resources, report);
  const played = organizations.find(({ isDefault }) => isDefault);
  const items = played ? flat(played.items) : [];
  const launchable = items.filter(({ launch }) => launch !== null);
  if (launchable.length === 0) report.say("error", "nothing_to_open", "No item of the course can be opened.", { element: root });
  else if (launchable.every(({ scormType }) => scormType === "asset")) report.say("note", "assets_only", "No item reports to the LMS; each is complete once it was opened.");
  const declared = [...resources.values()].flatMap(({ path, files: own }) => [...own, ...(path === null ? [] : [path])]);
  return { standard: "scorm12", identifier, title: played?.title ?? identifier, organizations, files: [...new Set(declared)] };
}

function readOrganizations(root: XmlElement, resources: Map<string, Resource>, report: Report): Organization[] {
  const section = childOf(root, "organizations");
  const context: ItemContext = { resources, taken: new Set(), report };
  const elements = section ? childrenOf(section, "organization") : [];
  if (elements.length === 0) return resourceAlone(root, resources, report);
  const organizations = elements.map((element) => ({ ...readOrganization(element, context), isDefault: false }));
  const wanted = section && attributeOf(section, "default") !== undefined ? identifierOf(section, "default", report) : undefined;
  const named = organizations.find(({ identifier }) => identifier === wanted);
  const played = named ?? organizations[0]!;
  if (!named && organizations.length > 1) report.say("leniency", "default_organization_missing", `No organization is named as the default; the first, “${played.title}”, is played.`, { element: section });
  else if (!named && wanted !== undefined) report.say("leniency", "default_organization_missing", `The default organization “${wanted}” is not there; the only one is played.`, { element: section });
  if (organizations.length > 1) report.say("note", "several_organizations", `Of ${organizations.length} organizations “${played.title}” is played.`, { element: section });
  played.isDefault = true;
  return organizations;
}

function readOrganization(element: XmlElement, context: ItemContext): Omit<Organization, "isDefault"> {
  const items = readItems(element, context);
  const title = textOf(element, "title");
  if (title === "") context.report.say("warning", "title_missing", "The organization has no title; its first item's is shown.", { element });
  return { identifier: identifierOf(element, "identifier", context.report), title: title || items[0]?.title || "Untitled", items };
}

/** A package without a table of contents: its first SCO, or first resource that opens, becomes the only item. */
function resourceAlone(root: XmlElement, resources: Map<string, Resource>, report: Report): Organization[] {
  const opening = [...resources.values()].filter(({ path }) => path !== null);
  const resource = opening.find(({ scormType }) => scormType === "sco") ?? opening[0];
  const launch = resource && launchOf(resource, "");
  if (!resource || !launch) return [];
  report.say("leniency", "organizations_empty", `The manifest has no table of contents; “${launch.path}” is offered as the only item.`, { element: root, path: launch.path });
  const title = attributeOf(root, "identifier")?.trim() || launch.path;
  const blank = { prerequisites: "", masteryScore: "", maxTimeAllowed: "", timeLimitAction: "", dataFromLms: "" };
  const item = { identifier: resource.identifier, title, visible: true, launch, scormType: resource.scormType, ...blank, children: [] };
  return [{ identifier: "", title, isDefault: true, items: [item] }];
}

function flat(items: Item[]): Item[] {
  return items.flatMap((item) => [item, ...flat(item.children)]);
}
