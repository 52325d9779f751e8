import { packageLimits } from "../../core/courses/packages/limits.ts";
import { createReport } from "../../core/courses/packages/report.ts";
import { parseXml, type XmlElement } from "../../core/courses/packages/xml.ts";

/** The tree of a manifest given as text. */
export function treeOfXml(text: string): Promise<XmlElement> {
  return parseXml(Buffer.from(text), { path: "imsmanifest.xml", report: createReport(), limits: packageLimits });
}
