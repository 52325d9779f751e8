import { findingsIn, type DiagnosticSink, type Findings } from "./manifest/diagnostics.ts";
import { detectEdition } from "./manifest/edition.ts";
import { childOf, childrenOf, identifierOf, textOf } from "./manifest/elements.ts";
import type { ManifestFiles } from "./manifest/href.ts";
import { checkPrerequisites, launchOf, readItems, type Item, type ItemContext } from "./manifest/items.ts";
import { readResources, type Resource } from "./manifest/resources.ts";
import type { XmlElement } from "cadre";

export { scorm12Diagnostics, type DiagnosticSink } from "./manifest/diagnostics.ts";
export { detectEdition, type Edition } from "./manifest/edition.ts";
export type { ManifestFiles } from "./manifest/href.ts";
export type { Item, Launch } from "./manifest/items.ts";

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

/**
 * Reads imsmanifest.xml of a SCORM 1.2 package, given as a parsed tree with the package's files. Takes what real packages get wrong, each
 * leniency named in `report` by a code of `scorm12Diagnostics`. Null when it cannot be played: then an error was reported. Other editions
 * are recognised by name.
 */
export function readManifest12(root: XmlElement, files: ManifestFiles, report: DiagnosticSink, manifestPath = "imsmanifest.xml"): Manifest12 | null {
  const findings = findingsIn(manifestPath, report);
  if (!isScorm12(root, findings)) return null;
  for (const element of childrenOf(root, "manifest")) findings.say("scorm_submanifest_ignored", element);
  const identifier = identifierOf(root, "identifier", findings);
  if (identifier === "") findings.say("scorm_identifier_missing", root, { what: "manifest", called: "" });
  const resources = readResources(root, files, findings);
  const organizations = readOrganizations(root, resources, findings);
  const played = organizations.find(({ isDefault }) => isDefault);
  const launchable = flat(played?.items ?? []).filter(({ launch }) => launch !== null);
  if (!played || launchable.length === 0) {
    findings.say("scorm_nothing_to_open", root);
    return null;
  }
  if (launchable.every(({ scormType }) => scormType === "asset")) findings.say("scorm_assets_only");
  const declared = [...resources.values()].flatMap(({ path, files: own }) => [...own, ...(path === null ? [] : [path])]);
  return { standard: "scorm12", identifier, title: played.title, organizations, files: [...new Set(declared)] };
}

function isScorm12(root: XmlElement, findings: Findings): boolean {
  if (root.name !== "manifest") {
    findings.say("scorm_not_a_manifest", root, { name: root.name });
    return false;
  }
  const { standard, name: edition, by } = detectEdition(root);
  if (standard === "scorm2004") findings.say("scorm2004_not_playable", root, { edition });
  if (standard === null) findings.say("scorm_not_scorm", root, { edition });
  if (standard !== "scorm12") return false;
  if (by === "namespace") findings.say("scorm_schemaversion_missing", root);
  if (by === "assumption") findings.say("scorm_edition_assumed", root);
  if (root.uri === "") findings.say("scorm_namespace_missing", root);
  return true;
}

function readOrganizations(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization[] {
  const section = childOf(root, "organizations");
  const context: ItemContext = { resources, taken: new Set(), prerequisites: [], findings };
  const organizations = (section ? childrenOf(section, "organization") : []).map((element) => readOrganization(element, context));
  checkPrerequisites(context);
  const wanted = section ? identifierOf(section, "default", findings) : "";
  const named = organizations.find(({ identifier }) => identifier === wanted);
  const played = named ?? organizations[0];
  if (!played) return resourceAlone(root, resources, findings);
  const count = organizations.length;
  if (!named && (count > 1 || wanted !== "")) findings.say("scorm_default_organization_missing", section, { played: played.title });
  if (count > 1) findings.say("scorm_several_organizations", section, { count, played: played.title });
  played.isDefault = true;
  return organizations;
}

function readOrganization(element: XmlElement, context: ItemContext): Organization {
  const items = readItems(element, context);
  const identifier = identifierOf(element, "identifier", context.findings);
  const title = textOf(element, "title");
  const shown = title || items[0]?.title || identifier;
  if (title === "") context.findings.say("scorm_title_missing", element, { what: "organization", identifier, shown });
  return { identifier, title: shown, isDefault: false, items };
}

/** A package without a table of contents: its first SCO, or first resource that opens, becomes the only item. */
function resourceAlone(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization[] {
  const opening = [...resources.values()].filter(({ path }) => path !== null);
  const resource = opening.find(({ scormType }) => scormType === "sco") ?? opening[0];
  const launch = resource && launchOf(resource, "");
  if (!resource || !launch) return [];
  findings.say("scorm_organizations_empty", root, { file: launch.path });
  const title = identifierOf(root, "identifier", findings) || launch.path;
  const silent = { prerequisites: "", masteryScore: "", maxTimeAllowed: "", timeLimitAction: "", dataFromLms: "" };
  const item = { identifier: resource.identifier, title, visible: true, launch, scormType: resource.scormType, ...silent, children: [] };
  return [{ identifier: "", title, isDefault: true, items: [item] }];
}

function flat(items: Item[]): Item[] {
  return items.flatMap((item) => [item, ...flat(item.children)]);
}
