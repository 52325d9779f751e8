import type { XmlElement } from "cadre";
import { attributesOf } from "./manifest/attributes.ts";
import { findingsIn, type DiagnosticSink, type Findings } from "./manifest/diagnostics.ts";
import { detectEdition } from "./manifest/edition.ts";
import { identifierOf } from "./manifest/elements.ts";
import type { ManifestFiles } from "./manifest/href.ts";
import { readActivity, readItems2004, type Item2004, type ItemContext2004 } from "./manifest/items2004.ts";
import { isManifest, manifestIdentifier, onlyItem, organizationTitle, playedOf, readOrganizations } from "./manifest/organizations.ts";
import type { Resource } from "./manifest/resources.ts";
import { readCollection } from "./manifest/sequencing-collection.ts";
import { readAllResources, submanifestsOf } from "./manifest/submanifests.ts";
import type { Course2004 } from "./runtime/engine/index.ts";
import { defaultSequencing } from "./runtime/sequencing/definition.ts";
import type { SequencingEdition } from "./runtime/sequencing/switches.ts";

export { scorm2004Diagnostics } from "./manifest/diagnostics.ts";
export type { Item2004 } from "./manifest/items2004.ts";

/** One way through the course: the root of an activity tree. */
export interface Organization2004 extends Omit<Course2004, "edition" | "items"> {
  /** The one to play. */
  isDefault: boolean;
  items: Item2004[];
}

/** What a SCORM 2004 manifest says, tidied. Paths are relative to the manifest's folder. */
export interface Manifest2004 {
  standard: "scorm2004";
  edition: SequencingEdition;
  identifier: string;
  title: string;
  /** In the manifest's order; one is the default. */
  organizations: Organization2004[];
}

/**
 * Reads imsmanifest.xml of a SCORM 2004 package, 2nd to 4th edition, given as a parsed tree with the package's files. Takes what real packages
 * get wrong, each leniency named in `report` by a code of `scorm2004Diagnostics`. Null when it cannot be played: then an error was reported.
 */
export function readManifest2004(root: XmlElement, files: ManifestFiles, report: DiagnosticSink, manifestPath = "imsmanifest.xml"): Manifest2004 | null {
  const findings = findingsIn(manifestPath, report);
  const edition = editionOf(root, findings);
  if (!edition) return null;
  const identifier = manifestIdentifier(root, findings);
  const resources = readAllResources(root, files, findings);
  const organizations = organizationsOf(root, resources, findings);
  const played = playedOf(root, organizations, findings);
  return played && { standard: "scorm2004", edition, identifier, title: played.title, organizations };
}

/** The edition to play by; the first one never was in use, and is read as the second. */
function editionOf(root: XmlElement, findings: Findings): SequencingEdition | null {
  if (!isManifest(root, findings)) return null;
  const { standard, edition, name } = detectEdition(root);
  if (standard !== "scorm2004") {
    findings.say("scorm_not_scorm", root, { edition: name });
    return null;
  }
  if (edition === "2nd" || edition === "3rd" || edition === "4th") return edition;
  if (edition === "1st") return "2nd";
  const guessed = hasFourthEditionParts(root) ? "4th" : "3rd";
  findings.say("scorm_edition_guessed", root, { edition: `${guessed} edition` });
  return guessed;
}

function hasFourthEditionParts(element: XmlElement): boolean {
  const own = (element.name === "objectives" && element.uri.includes("adlseq")) || (element.name === "data" && element.uri.includes("adlcp"));
  return own || element.children.some(hasFourthEditionParts);
}

function organizationsOf(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization2004[] {
  const submanifests = submanifestsOf(root, findings);
  const context: ItemContext2004 = { resources, taken: new Set(), prerequisites: [], findings, collection: readCollection(root), submanifest: (wanted) => submanifests.get(wanted) };
  const organizations = readOrganizations(root, findings, (element) => readOrganization(element, context));
  return organizations.length > 0 ? organizations : resourceAlone(root, resources, findings);
}

function readOrganization(element: XmlElement, context: ItemContext2004): Organization2004 {
  const { findings } = context;
  const identifier = identifierOf(element, "identifier", findings) || "organization";
  context.taken.add(identifier);
  const items = readItems2004(element, context);
  const title = organizationTitle(element, identifier, items, findings);
  const attributes = attributesOf(element, findings);
  return {
    identifier,
    title,
    isDefault: false,
    sequencing: readActivity(element, context).sequencing,
    objectivesGlobalToSystem: attributes.truth("objectivesGlobalToSystem", true),
    sharedDataGlobalToSystem: attributes.truth("sharedDataGlobalToSystem", true),
    items,
  };
}

/** A package without a table of contents; what it offers flows. */
function resourceAlone(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization2004[] {
  const item = onlyItem(root, resources, findings);
  if (!item) return [];
  const silent = { dataFromLms: "", timeLimitAction: "", maxTimeAllowed: "", completionThreshold: null, hiddenControls: [], sharedData: [] };
  const scopes = { objectivesGlobalToSystem: true, sharedDataGlobalToSystem: true };
  const sequencing = defaultSequencing();
  sequencing.controlMode.flow = true;
  return [{ identifier: `${item.identifier}-course`, title: item.title, isDefault: true, sequencing, ...scopes, items: [{ ...item, ...silent, sequencing: defaultSequencing() }] }];
}
