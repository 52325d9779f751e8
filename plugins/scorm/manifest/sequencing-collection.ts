import type { XmlElement } from "cadre";
import type { Findings } from "./diagnostics.ts";
import { attributeOf, childOf, childrenOf, decoded, identifierOf } from "./elements.ts";

/** The sections of one activity's sequencing by name, the ADL extension's own "objectives" apart. */
export type SequencingParts = (name: string, extension?: "adlseq") => XmlElement | undefined;

/** The shared sequencings of a manifest by their ID. */
export type SequencingCollection = ReadonlyMap<string, XmlElement>;

/** Reads imsss:sequencingCollection. */
export function readCollection(manifest: XmlElement): SequencingCollection {
  const collection = childOf(manifest, "sequencingCollection");
  const shared = collection ? childrenOf(collection, "sequencing") : [];
  return new Map(shared.map((element) => [decoded(attributeOf(element, "ID")?.trim() ?? ""), element]));
}

/** The sequencing of an item or organization: each section its own or, where it has none, that of the shared one it refers to. */
export function sequencingParts(element: XmlElement, collection: SequencingCollection, findings: Findings): SequencingParts {
  const own = childOf(element, "sequencing");
  const wanted = own ? identifierOf(own, "IDRef", findings) : "";
  const shared = collection.get(wanted);
  if (own && wanted !== "" && !shared) findings.say("scorm_sequencing_reference_unknown", own, { wanted });
  return (name, extension) => section(own, name, extension) ?? section(shared, name, extension);
}

function section(sequencing: XmlElement | undefined, name: string, extension: "adlseq" | undefined): XmlElement | undefined {
  return sequencing?.children.find((child) => child.name === name && (name !== "objectives" || isExtension(child) === (extension !== undefined)));
}

/** Told by the namespace, or by its prefix where that was never declared. */
function isExtension({ uri }: XmlElement): boolean {
  return uri.includes("adlseq");
}
