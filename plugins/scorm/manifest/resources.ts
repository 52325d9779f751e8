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

/** Reads all resources by their identifier; the first of two with the same one holds. */
export function readResources(manifest: XmlElement, files: ManifestFiles, findings: Findings): Map<string, Resource> {
  const resources = new Map<string, Resource>();
  const section = childOf(manifest, "resources");
  if (!section) findings.say("scorm_resources_missing", manifest);
  const outer = [manifest, section].map((element) => element && attributeOf(element, "base"));
  const elements = section ? childrenOf(section, "resource") : [];
  for (const element of elements) {
    const bases = [...outer, attributeOf(element, "base")].flatMap((base) => base?.trim().replaceAll("\\", "/") || []);
    const resource = readResource(element, bases, files, findings);
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

function readResource(element: XmlElement, bases: string[], files: ManifestFiles, findings: Findings): Resource {
  const declared = childrenOf(element, "file").flatMap((file) => {
    const { path } = splitHref((attributeOf(file, "href") ?? "").trim());
    return pathOf(findFile(files, bases, path), "scorm_file_missing", file, findings) ?? [];
  });
  const href = attributeOf(element, "href")?.trim();
  const { path, query, fragment } = splitHref(href ?? "");
  const launch = href ? pathOf(findFile(files, bases, path), "scorm_launch_file_missing", element, findings) : null;
  const scormType = scormTypeOf(element, findings);
  return { identifier: identifierOf(element, "identifier", findings), scormType, path: launch, query, fragment, files: declared };
}

function scormTypeOf(element: XmlElement, findings: Findings): Resource["scormType"] {
  const said = adlAttribute(element, "scormtype", findings);
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
