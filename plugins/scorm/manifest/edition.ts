import type { XmlElement } from "cadre";
import { childOf, textOf } from "./elements.ts";

/** Which standard a manifest follows; `edition` is null where it does not say. */
export interface Edition {
  standard: "scorm12" | "scorm2004" | null;
  edition: "1st" | "2nd" | "3rd" | "4th" | null;
  /** "SCORM 2004 3rd edition", for people. */
  name: string;
  by: "schemaversion" | "namespace" | "assumption";
}

/**
 * Tells the standard by `metadata/schemaversion`, then by the namespaces in use. "CAM 1.3" is the 2nd edition, though some tools write it for
 * later ones. With neither, a manifest is taken for SCORM 1.2, which is what such packages have been.
 */
export function detectEdition(root: XmlElement): Edition {
  const metadata = childOf(root, "metadata");
  const schema = metadata ? textOf(metadata, "schema") : "";
  const version = metadata ? textOf(metadata, "schemaversion") : "";
  const said = byVersion(version.toLowerCase());
  if (said) return { ...said, by: "schemaversion" };
  const namespaces = [...namespacesOf(root)].join(" ");
  if (/adlcp_v1p3|adlseq_v1p3|adlnav_v1p3|\/imsss/.test(namespaces)) return { ...scorm2004(null), by: "namespace" };
  if (/adlcp_rootv1p2|imscp_rootv1p1p2/.test(namespaces)) return { ...scorm12, by: "namespace" };
  if (/common cartridge/i.test(schema)) return { standard: null, edition: null, name: `${schema} ${version}`.trim(), by: "schemaversion" };
  return { ...scorm12, by: "assumption" };
}

const scorm12 = { standard: "scorm12", edition: null, name: "SCORM 1.2" } as const;

function scorm2004(edition: Edition["edition"]): Omit<Edition, "by"> {
  return { standard: "scorm2004", edition, name: edition ? `SCORM 2004 ${edition} edition` : "SCORM 2004" };
}

function byVersion(version: string): Omit<Edition, "by"> | null {
  if (/^1\.[12]\b/.test(version)) return scorm12;
  if (/^(?:cam )?1\.3\b/.test(version)) return scorm2004("2nd");
  const edition = /^2004(?: (1st|2nd|3rd|4th))?/.exec(version);
  return edition ? scorm2004((edition[1] ?? null) as Edition["edition"]) : null;
}

/** All namespaces that elements and attributes are in, and those declared. */
function namespacesOf(element: XmlElement, found = new Set<string>()): Set<string> {
  for (const { local, uri, value } of [{ local: "", uri: element.uri, value: "" }, ...element.attributes]) {
    if (uri) found.add(uri);
    if (local.startsWith("xmlns") || uri.endsWith("/xmlns/")) found.add(value);
  }
  for (const child of element.children) namespacesOf(child, found);
  return found;
}
