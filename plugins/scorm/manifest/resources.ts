import type { XmlElement } from "../xml-types.ts";
import { adlAttribute, attributeOf, childOf, childrenOf, identifierOf } from "./elements.ts";
import { findFile, splitHref, type Found, type PackageFiles } from "./href.ts";
import type { Report } from "./report.ts";

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
export function readResources(manifest: XmlElement, files: PackageFiles, report: Report): Map<string, Resource> {
  const resources = new Map<string, Resource>();
  const section = childOf(manifest, "resources");
  if (!section) report.say("error", "resources_missing", "The manifest has no <resources>, so there is nothing to open.", { element: manifest });
  const outer = [manifest, section].map((element) => element && attributeOf(element, "base"));
  for (const element of section ? childrenOf(section, "resource") : []) {
    const bases = [...outer, attributeOf(element, "base")].flatMap((base) => base?.trim().replaceAll("\\", "/") || []);
    const resource = readResource(element, bases, files, report);
    if (resources.has(resource.identifier)) {
      report.say("warning", "identifier_repeated", `The identifier “${resource.identifier}” is used by more than one resource; the first is used.`, { element });
    } else resources.set(resource.identifier, resource);
  }
  for (const element of section ? childrenOf(section, "resource") : []) {
    for (const dependency of childrenOf(element, "dependency")) {
      const wanted = identifierOf(dependency, "identifierref", report);
      if (!resources.has(wanted)) report.say("warning", "dependency_unknown", `A resource depends on “${wanted}”, which is not in the manifest.`, { element: dependency });
    }
  }
  return resources;
}

function readResource(element: XmlElement, bases: string[], files: PackageFiles, report: Report): Resource {
  const identifier = identifierOf(element, "identifier", report);
  const declared = childrenOf(element, "file").flatMap((file) => {
    const { path } = splitHref((attributeOf(file, "href") ?? "").trim());
    const found = lookUp(findFile(files, bases, path), "file_missing", file, report);
    return found === null ? [] : [found];
  });
  const href = attributeOf(element, "href")?.trim();
  const { path, query, fragment } = splitHref(href ?? "");
  const launch = href ? lookUp(findFile(files, bases, path), "launch_file_missing", element, report) : null;
  return { identifier, scormType: scormTypeOf(element, report), path: launch, query, fragment, files: declared };
}

function scormTypeOf(element: XmlElement, report: Report): Resource["scormType"] {
  const said = adlAttribute(element, "scormtype", report);
  if (said === undefined && attributeOf(element, "href") !== undefined) {
    report.sayOnce("leniency", "scormtype_missing", "A resource does not say whether it is a SCO; it is taken for an asset, which is complete once it was opened.", { element });
  }
  const type = said?.toLowerCase();
  if (said !== undefined && type !== "sco" && type !== "asset") report.say("warning", "scormtype_unknown", `“${said}” is no scormtype; the resource is taken for an asset.`, { element });
  return type === "sco" ? "sco" : "asset";
}

const leniencies = {
  href_backslash: "is written with backslashes",
  name_in_other_case: "differs from the file in the package by case or accents",
  base_without_slash: "is found only when xml:base is read as a folder",
};

function lookUp(found: Found, missingCode: string, element: XmlElement, report: Report): string | null {
  if (found.is === "file") {
    if (found.leniency) report.say("leniency", found.leniency === "name_in_other_case" ? "file_name_differs" : found.leniency, `The reference to “${found.path}” ${leniencies[found.leniency]}.`, { element, path: found.path });
    return found.path;
  }
  if (found.is === "missing") report.say("warning", missingCode, `“${found.path}” is named in the manifest but is not in the package.`, { element, path: found.path });
  else report.say("warning", "reference_elsewhere", `A file of the course cannot be opened: ${found.why}.`, { element });
  return null;
}
