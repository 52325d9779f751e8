import type { XmlElement } from "cadre";
import { attributesOf } from "./manifest/attributes.ts";
import { findingsIn, type DiagnosticSink, type Findings } from "./manifest/diagnostics.ts";
import { detectEdition } from "./manifest/edition.ts";
import { childOf, childrenOf, identifierOf, textOf } from "./manifest/elements.ts";
import type { ManifestFiles } from "./manifest/href.ts";
import { launchOf } from "./manifest/items.ts";
import { readActivity, readItems2004, type Item2004, type ItemContext2004 } from "./manifest/items2004.ts";
import type { Resource } from "./manifest/resources.ts";
import { readCollection } from "./manifest/sequencing-collection.ts";
import { readAllResources, submanifestsOf } from "./manifest/submanifests.ts";
import { defaultSequencing, type Sequencing } from "./runtime/sequencing/definition.ts";
import type { SequencingEdition } from "./runtime/sequencing/switches.ts";

export { scorm2004Diagnostics } from "./manifest/diagnostics.ts";
export type { HiddenControl, Item2004, SharedDataMap } from "./manifest/items2004.ts";

/** One way through the course: the root of an activity tree. */
export interface Organization2004 {
  identifier: string;
  title: string;
  /** The one to play. */
  isDefault: boolean;
  sequencing: Sequencing;
  /** Whether its shared objectives are the learner's in all courses, or this attempt's alone. */
  objectivesGlobalToSystem: boolean;
  sharedDataGlobalToSystem: boolean;
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
  const identifier = identifierOf(root, "identifier", findings);
  if (identifier === "") findings.say("scorm_identifier_missing", root, { what: "manifest", called: "" });
  const resources = readAllResources(root, files, findings);
  const organizations = readOrganizations(root, resources, findings);
  const played = organizations.find(({ isDefault }) => isDefault);
  const launchable = flat(played?.items ?? []).filter(({ launch }) => launch !== null);
  if (!played || launchable.length === 0) {
    findings.say("scorm_nothing_to_open", root);
    return null;
  }
  if (launchable.every(({ scormType }) => scormType === "asset")) findings.say("scorm_assets_only");
  return { standard: "scorm2004", edition, identifier, title: played.title, organizations };
}

/** The edition to play by; the first one never was in use, and is read as the second. */
function editionOf(root: XmlElement, findings: Findings): SequencingEdition | null {
  if (root.name !== "manifest") {
    findings.say("scorm_not_a_manifest", root, { name: root.name });
    return null;
  }
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

function readOrganizations(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization2004[] {
  const section = childOf(root, "organizations");
  const submanifests = submanifestsOf(root, findings);
  const context: ItemContext2004 = { resources, taken: new Set(), prerequisites: [], findings, collection: readCollection(root), submanifest: (wanted) => submanifests.get(wanted) };
  const organizations = (section ? childrenOf(section, "organization") : []).map((element) => readOrganization(element, context));
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

function readOrganization(element: XmlElement, context: ItemContext2004): Organization2004 {
  const { findings } = context;
  const identifier = identifierOf(element, "identifier", findings) || "organization";
  context.taken.add(identifier);
  const items = readItems2004(element, context);
  const title = textOf(element, "title");
  const shown = title || items[0]?.title || identifier;
  if (title === "") findings.say("scorm_title_missing", element, { what: "organization", identifier, shown });
  const attributes = attributesOf(element, findings);
  return {
    identifier,
    title: shown,
    isDefault: false,
    sequencing: readActivity(element, context).sequencing,
    objectivesGlobalToSystem: attributes.truth("objectivesGlobalToSystem", true),
    sharedDataGlobalToSystem: attributes.truth("sharedDataGlobalToSystem", true),
    items,
  };
}

/** A package without a table of contents: its first SCO, or first resource that opens, becomes the only activity. */
function resourceAlone(root: XmlElement, resources: Map<string, Resource>, findings: Findings): Organization2004[] {
  const opening = [...resources.values()].filter(({ path }) => path !== null);
  const resource = opening.find(({ scormType }) => scormType === "sco") ?? opening[0];
  const launch = resource && launchOf(resource, "");
  if (!resource || !launch) return [];
  findings.say("scorm_organizations_empty", root, { file: launch.path });
  const title = identifierOf(root, "identifier", findings) || launch.path;
  const silent = { dataFromLms: "", timeLimitAction: "", maxTimeAllowed: "", completionThreshold: null, hiddenControls: [], sharedData: [] };
  const item = { identifier: resource.identifier, title, visible: true, launch, scormType: resource.scormType, sequencing: defaultSequencing(), ...silent, children: [] };
  const scopes = { objectivesGlobalToSystem: true, sharedDataGlobalToSystem: true };
  const sequencing = defaultSequencing();
  sequencing.controlMode.flow = true;
  return [{ identifier: `${resource.identifier}-course`, title, isDefault: true, sequencing, ...scopes, items: [item] }];
}

function flat(items: Item2004[]): Item2004[] {
  return items.flatMap((item) => [item, ...flat(item.children)]);
}
