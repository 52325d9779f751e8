import { detectEdition, readManifest12, scorm12Diagnostics, type DiagnosticSink, type Item, type ManifestFiles } from "./manifest12.ts";
import { nameOutsideHosts, type ReadableFiles } from "./manifest/outside-hosts.ts";
import { packageSettings } from "./settings.ts";
import { structureItem, type ItemData } from "./structure-item.ts";
import type { XmlElement } from "cadre";

/** What of a package this format looks at; the core's package files are such. */
export interface ScormFiles extends ManifestFiles, ReadableFiles {
  xml(path: string): Promise<XmlElement>;
}

/** What the run-time of a SCORM 1.2 item needs of the manifest; kept as the item's `data`. Texts that were not given are "". */
export type ItemData12 = ItemData<Item>;

/** SCORM 1.2 as a package format of the core (contribution `formats.scorm12`). */
export const scorm12Format = {
  label: "SCORM 1.2",
  manifests: ["imsmanifest.xml"],
  diagnostics: scorm12Diagnostics,
  settings: packageSettings,
  async detect(files: ScormFiles): Promise<number> {
    const path = files.find("imsmanifest.xml");
    if (path === undefined) return 0;
    const { standard, by } = detectEdition(await files.xml(path));
    return standard === "scorm12" ? (by === "assumption" ? 0.5 : 1) : 0;
  },
  async read(files: ScormFiles, report: DiagnosticSink) {
    const path = files.find("imsmanifest.xml") ?? "imsmanifest.xml";
    const manifest = readManifest12(await files.xml(path), files, report, path);
    const played = manifest?.organizations.find(({ isDefault }) => isDefault);
    await nameOutsideHosts(files, played?.items ?? [], report);
    const items = (played?.items ?? []).map(structureItem);
    return { standard: "SCORM", edition: "1.2", identifier: manifest?.identifier ?? "", title: manifest?.title ?? "", items };
  },
};
