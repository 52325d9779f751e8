import type { XmlElement } from "cadre";
import type { Findings } from "./diagnostics.ts";
import { childOf, childrenOf, identifierOf, textOf } from "./elements.ts";
import { launchOf, type Launch } from "./items.ts";
import type { Resource } from "./resources.ts";

interface Opening {
  launch: Launch | null;
  scormType: "sco" | "asset" | null;
  children: Opening[];
}

interface Way {
  identifier: string;
  title: string;
  isDefault: boolean;
  items: Opening[];
}

/** The organizations of a manifest in its order, the one to play marked as the default. */
export function readOrganizations<One extends Way>(root: XmlElement, findings: Findings, read: (element: XmlElement) => One): One[] {
  const section = childOf(root, "organizations");
  const organizations = (section ? childrenOf(section, "organization") : []).map(read);
  const wanted = section ? identifierOf(section, "default", findings) : "";
  const named = organizations.find(({ identifier }) => identifier === wanted);
  const played = named ?? organizations[0];
  if (!played) return [];
  const count = organizations.length;
  if (!named && (count > 1 || wanted !== "")) findings.say("scorm_default_organization_missing", section, { played: played.title });
  if (count > 1) findings.say("scorm_several_organizations", section, { count, played: played.title });
  played.isDefault = true;
  return organizations;
}

/** What an organization is shown as: its title, or else its first item's, or its identifier. */
export function organizationTitle(element: XmlElement, identifier: string, items: readonly { title: string }[], findings: Findings): string {
  const title = textOf(element, "title");
  const shown = title || items[0]?.title || identifier;
  if (title === "") findings.say("scorm_title_missing", element, { what: "organization", identifier, shown });
  return shown;
}

/** What a package without a table of contents offers: its first SCO, or first resource that opens; null where nothing does. */
export function onlyItem(root: XmlElement, resources: ReadonlyMap<string, Resource>, findings: Findings) {
  const opening = [...resources.values()].filter(({ path }) => path !== null);
  const resource = opening.find(({ scormType }) => scormType === "sco") ?? opening[0];
  const launch = resource && launchOf(resource, "");
  if (!resource || !launch) return null;
  findings.say("scorm_organizations_empty", root, { file: launch.path });
  const title = identifierOf(root, "identifier", findings) || launch.path;
  return { identifier: resource.identifier, title, visible: true, launch, scormType: resource.scormType, children: [] };
}

/** The organization to play; null where nothing of it can be opened, which is said. */
export function playedOf<One extends Way>(root: XmlElement, organizations: readonly One[], findings: Findings): One | null {
  const played = organizations.find(({ isDefault }) => isDefault);
  const launchable = flat(played?.items ?? []).filter(({ launch }) => launch !== null);
  if (!played || launchable.length === 0) {
    findings.say("scorm_nothing_to_open", root);
    return null;
  }
  if (launchable.every(({ scormType }) => scormType === "asset")) findings.say("scorm_assets_only");
  return played;
}

/** The manifest's own identifier; that it has none is said. */
export function manifestIdentifier(root: XmlElement, findings: Findings): string {
  const identifier = identifierOf(root, "identifier", findings);
  if (identifier === "") findings.say("scorm_identifier_missing", root, { what: "manifest", called: "" });
  return identifier;
}

/** Whether this is a manifest at all; what else it is is said. */
export function isManifest(root: XmlElement, findings: Findings): boolean {
  if (root.name === "manifest") return true;
  findings.say("scorm_not_a_manifest", root, { name: root.name });
  return false;
}

function flat(items: readonly Opening[]): Opening[] {
  return items.flatMap((item) => [item, ...flat(item.children)]);
}
