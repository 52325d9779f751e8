import { findingsIn, type DiagnosticSink, type Findings } from "./manifest/diagnostics.ts";
import { detectEdition } from "./manifest/edition.ts";
import { childrenOf, identifierOf } from "./manifest/elements.ts";
import type { ManifestFiles } from "./manifest/href.ts";
import { checkPrerequisites, readItems, type Item, type ItemContext } from "./manifest/items.ts";
import { isManifest, manifestIdentifier, onlyItem, organizationTitle, playedOf, readOrganizations } from "./manifest/organizations.ts";
import { readResources, type Resource } from "./manifest/resources.ts";
import type { XmlElement } from "cadre";

export { scorm12Diagnostics, type DiagnosticSink } from "./manifest/diagnostics.ts";
export { detectEdition, type Edition } from "./manifest/edition.ts";
export type { ManifestFiles } from "./manifest/href.ts";
export type { Item } from "./manifest/items.ts";

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
  const identifier = manifestIdentifier(root, findings);
  const resources = readResources(root, files, findings);
  const organizations = organizationsOf(root, resources, findings);
  const played = playedOf(root, organizations, findings);
  if (!played) return null;
  const declared = [...resources.values()].flatMap(({ path, files: own }) => [...own, ...(path === null ? [] : [path])]);
  return { standard: "scorm12", identifier, title: played.title, organizations, files: [...new Set(declared)] };
}

function isScorm12(root: XmlElement, findings: Findings): boolean {
  if (!isManifest(root, findings)) return false;
  const { standard, name: edition, by } = detectEdition(root);
  if (standard === "scorm2004") findings.say("scorm2004_not_playable", root, { edition });
  if (standard === null) findings.say("scorm_not_scorm", root, { edition });
  if (standard !== "scorm12") return false;
  if (by === "namespace") findings.say("scorm_schemaversion_missing", root);
  if (by === "assumption") findings.say("scorm_edition_assumed", root);
  if (root.uri === "") findings.say("scorm_namespace_missing", root);
  return true;
}

function organizationsOf(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization[] {
  const context: ItemContext = { resources, taken: new Set(), prerequisites: [], findings };
  const organizations = readOrganizations(root, findings, (element) => readOrganization(element, context));
  checkPrerequisites(context);
  return organizations.length > 0 ? organizations : resourceAlone(root, resources, findings);
}

function readOrganization(element: XmlElement, context: ItemContext): Organization {
  const items = readItems(element, context);
  const identifier = identifierOf(element, "identifier", context.findings);
  return { identifier, title: organizationTitle(element, identifier, items, context.findings), isDefault: false, items };
}

/** A package without a table of contents. */
function resourceAlone(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization[] {
  const item = onlyItem(root, resources, findings);
  const silent = { prerequisites: "", masteryScore: "", maxTimeAllowed: "", timeLimitAction: "", dataFromLms: "" };
  return item ? [{ identifier: "", title: item.title, isDefault: true, items: [{ ...item, ...silent }] }] : [];
}
