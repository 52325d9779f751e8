import type { XmlElement } from "cadre";
import { adlAttribute, attributeOf, childOf, childrenOf, identifierOf } from "./elements.ts";
import type { Findings } from "./diagnostics.ts";
import { findFile, splitHref, type Found, type ManifestFiles } from "./href.ts";

/** A resource of a manifest, its files looked up in the package. */
export interface Resource {
  identifier: string;
  scormType: "sco" | "asset";
  /** The file to open, as packed; null when there is none to open, with the reason said. */
  path: string | null;
  query: string;
  fragment: string;
  /** Declared files that are there, as packed. */
  files: string[];
}

/** How an edition writes a resource's type, and the xml:base values above the manifest, outermost first. */
export interface ResourceStyle {
  typeName: "scormtype" | "scormType";
  above: string[];
}

/** Reads all resources by their identifier; the first of two with the same one holds. */
export function readResources(
  manifest: XmlElement,
  files: ManifestFiles,
  findings: Findings,
  { typeName, above }: ResourceStyle = { typeName: "scormtype", above: [] },
): Map<string, Resource> {
  const resources = new Map<string, Resource>();
  const section = childOf(manifest, "resources");
  if (!section) findings.say("scorm_resources_missing", manifest);
  const outer = [...above, ...basesOf(manifest), ...(section ? basesOf(section) : [])];
  const elements = section ? childrenOf(section, "resource") : [];
  for (const element of elements) {
    const resource = readResource(element, [...outer, ...basesOf(element)], files, findings, typeName);
    const { identifier } = resource;
    if (resources.has(identifier)) findings.say("scorm_resource_repeated", element, { identifier });
    else resources.set(identifier, resource);
  }
  for (const dependency of elements.flatMap((element) => childrenOf(element, "dependency"))) {
    const wanted = identifierOf(dependency, "identifierref", findings);
    if (!resources.has(wanted)) findings.say("scorm_dependency_unknown", dependency, { wanted });
  }
  return resources;
}

/** An element's own xml:base, slashed; none where it says nothing. */
export function basesOf(element: XmlElement): string[] {
  const base = attributeOf(element, "base")?.trim().replaceAll("\\", "/");
  return base ? [base] : [];
}

function readResource(element: XmlElement, bases: string[], files: ManifestFiles, findings: Findings, typeName: ResourceStyle["typeName"]): Resource {
  const href = attributeOf(element, "href")?.trim();
  const { path, query, fragment } = splitHref(href ?? "");
  const launch = href ? pathOf(findFile(files, bases, path), "scorm_launch_file_missing", element, findings) : null;
  const declared = childrenOf(element, "file").flatMap((file) => {
    const { path: own } = splitHref((attributeOf(file, "href") ?? "").trim());
    if (href && launch === null && own === path) return []; // said above
    return pathOf(findFile(files, bases, own), "scorm_file_missing", file, findings) ?? [];
  });
  const scormType = scormTypeOf(element, typeName, findings);
  return { identifier: identifierOf(element, "identifier", findings), scormType, path: launch, query, fragment, files: declared };
}

function scormTypeOf(element: XmlElement, typeName: ResourceStyle["typeName"], findings: Findings): Resource["scormType"] {
  const said = adlAttribute(element, typeName, findings);
  if (said === undefined && attributeOf(element, "href") !== undefined) findings.sayOnce("scorm_scormtype_missing", element);
  const type = said?.toLowerCase();
  if (said !== undefined && type !== "sco" && type !== "asset") findings.say("scorm_scormtype_unknown", element, { said });
  return type === "sco" ? "sco" : "asset";
}

function pathOf(found: Found, missing: "scorm_file_missing" | "scorm_launch_file_missing", element: XmlElement, findings: Findings): string | null {
  if (found.is === "file") {
    if (found.leniency) findings.say(found.leniency, element, { file: found.path });
    return found.path;
  }
  if (found.is === "missing") findings.say(missing, element, { file: found.path });
  else findings.say("scorm_reference_elsewhere", element, { reference: found.reference });
  return null;
}
