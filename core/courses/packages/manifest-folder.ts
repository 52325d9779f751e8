import { packageError, quoted } from "./errors.ts";
import type { PackageFormat } from "./format.ts";
import type { Report } from "./report.ts";

/** Standards whose packages one file tells by its name, be there a reader or not. AICC's `*.au` would not do: a sound may be called so. */
const standards: readonly { label: string; manifest: string }[] = [
  { label: "cmi5", manifest: "cmi5.xml" },
  { label: "Tin Can", manifest: "tincan.xml" },
  { label: "AICC", manifest: "*.crs" },
  { label: "SCORM", manifest: "imsmanifest.xml" },
];

/**
 * The folder that holds the manifest: "" for the top, else with a slash at its end, which is reported.
 * Deeper manifests belong to parts of the course and are not looked at.
 * @throws manifest_missing, package_format_unknown, manifest_ambiguous, package_in_package
 */
export function manifestFolder(paths: readonly string[], formats: readonly PackageFormat[], report: Report): string {
  const names = [...new Set(formats.flatMap(({ manifests }) => manifests))];
  const folders = new Set(paths.filter((path) => names.some((name) => matches(path, name))).map((path) => path.slice(0, path.lastIndexOf("/") + 1)));
  const depth = Math.min(...[...folders].map(depthOf));
  const [folder, second] = [...folders].filter((one) => depthOf(one) === depth);
  if (folder === undefined) throw missing(paths, names, formats);
  if (second !== undefined) {
    throw packageError("manifest_ambiguous", `The zip holds several packages, among them ${quoted(folder)} and ${quoted(second)}. Upload each by itself.`, { path: folder });
  }
  const outside = paths.filter((path) => !path.startsWith(folder)).length;
  if (folder !== "") report.add("manifest_in_subfolder", { path: folder, folder });
  if (outside > 0) report.add("files_outside_package", { path: folder, folder, count: outside });
  return folder;
}

function missing(paths: readonly string[], names: readonly string[], formats: readonly PackageFormat[]) {
  for (const { label, manifest } of standards) {
    const path = paths.find((one) => matches(one, manifest));
    if (path !== undefined) return unread(label, path, formats.map((format) => format.label));
  }
  const inner = paths.find((path) => /\.(zip|pif)$/i.test(path));
  if (inner !== undefined) {
    return packageError("package_in_package", `The zip holds no course, but another zip: ${quoted(inner)}. Upload that one.`, { path: inner });
  }
  return packageError("manifest_missing", `No manifest was found; looked for ${names.join(", ")}. Zip the content of the course's folder, with the manifest at its top.`, { lookedFor: names });
}

function unread(standard: string, path: string, read: readonly string[]) {
  const instead = read.length > 0 ? `What is read is ${read.join(", ")}: export the course as one of these, or` : "To use it,";
  return packageError("package_format_unknown", `This is a package of ${standard}, by its ${quoted(path)}, and no plugin of this site reads that. ${instead} have a plugin for ${standard} installed.`, { path });
}

function depthOf(folder: string): number {
  return folder.split("/").length;
}

function matches(path: string, name: string): boolean {
  const own = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return name.startsWith("*") ? own.endsWith(name.slice(1).toLowerCase()) : own === name.toLowerCase();
}
