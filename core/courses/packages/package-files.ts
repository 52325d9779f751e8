import { packageError, quoted } from "./errors.ts";
import type { PackageFiles } from "./format.ts";
import type { PackageLimits } from "./limits.ts";
import type { Report } from "./report.ts";
import { parseXml, type XmlElement } from "./xml.ts";
import type { Zip, ZipEntry } from "./zip.ts";

/** The files under `folder` ("" or ending in a slash) of a zip, as a format sees them. */
export function packageFiles(zip: Zip, folder: string, limits: PackageLimits, report: Report): PackageFiles & { entries: ReadonlyMap<string, ZipEntry> } {
  const inside = zip.entries.filter(({ path }) => path.startsWith(folder));
  const entries = new Map(inside.map((entry) => [entry.path.slice(folder.length), entry]));
  const paths = [...entries.keys()];
  const folded = new Map(paths.toReversed().map((path) => [fold(path), path]));
  const trees = new Map<string, Promise<XmlElement>>();

  const files = {
    entries,
    has: (path: string) => entries.has(path),
    find(wanted: string) {
      if (entries.has(wanted)) return wanted;
      const path = folded.get(fold(wanted));
      if (path !== undefined) report.add("path_differs_in_case", { path, wanted });
      return path;
    },
    list: () => paths,
    async bytes(path: string, maxBytes: number) {
      const entry = entries.get(path);
      if (!entry) throw packageError("package_file_missing", `There is no file ${quoted(path)} in the package.`, { path });
      if (entry.sizeBytes > maxBytes) throw packageError("zip_too_large", `${quoted(path)} has ${entry.sizeBytes} bytes; ${maxBytes} are allowed.`, { path });
      const chunks: Buffer[] = [];
      for await (const chunk of zip.chunks(entry)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    xml(path: string) {
      const known = trees.get(path);
      if (known) return known;
      const reading = files.bytes(path, limits.xmlBytes).then((bytes) => parseXml(bytes, { path, report, limits }));
      trees.set(path, reading);
      return reading;
    },
  };
  return files;
}

function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
