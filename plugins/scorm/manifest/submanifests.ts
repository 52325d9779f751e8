import type { XmlElement } from "cadre";
import type { Findings } from "./diagnostics.ts";
import { childOf, childrenOf, identifierOf } from "./elements.ts";
import type { ManifestFiles } from "./href.ts";
import type { Submanifest } from "./items2004.ts";
import { basesOf, readResources, type Resource } from "./resources.ts";
import { readCollection } from "./sequencing-collection.ts";

/** The resources of a manifest and of those within it, each under its own xml:base; an outer one's identifier wins. */
export function readAllResources(manifest: XmlElement, files: ManifestFiles, findings: Findings, above: string[] = []): Map<string, Resource> {
  const resources = readResources(manifest, files, findings, { typeName: "scormType", above });
  for (const inner of childrenOf(manifest, "manifest")) {
    for (const [identifier, resource] of readAllResources(inner, files, findings, [...above, ...basesOf(manifest)])) {
      if (!resources.has(identifier)) resources.set(identifier, resource);
    }
  }
  return resources;
}

/** The manifests within a manifest that an item may stand for, by identifier, at any depth. */
export function submanifestsOf(manifest: XmlElement, findings: Findings): Map<string, Submanifest> {
  const found = new Map<string, Submanifest>();
  for (const inner of childrenOf(manifest, "manifest")) {
    const section = childOf(inner, "organizations");
    const organizations = section ? childrenOf(section, "organization") : [];
    const wanted = section ? identifierOf(section, "default", findings) : "";
    const organization = organizations.find((one) => identifierOf(one, "identifier", findings) === wanted) ?? organizations[0];
    const identifier = identifierOf(inner, "identifier", findings);
    if (organization && identifier !== "") {
      findings.say("scorm_submanifest_grafted", inner, { identifier });
      found.set(identifier, { organization, collection: readCollection(inner) });
    }
    for (const [deeper, submanifest] of submanifestsOf(inner, findings)) found.set(deeper, submanifest);
  }
  return found;
}
