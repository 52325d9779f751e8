import { packageError, quoted } from "./errors.ts";
import type { PackageFormat } from "./format.ts";
import type { Report } from "./report.ts";

/**
 * The folder that holds the manifest: "" for the top, else with a slash at its end, which is reported.
 * Deeper manifests belong to parts of the course and are not looked at.
 * @throws manifest_missing, manifest_ambiguous, package_in_package
 */
export function manifestFolder(paths: readonly string[], formats: readonly PackageFormat[], report: Report): string {
  const names = [...new Set(formats.flatMap(({ manifests }) => manifests))];
  const folders = new Set(paths.filter((path) => names.some((name) => matches(path, name))).map((path) => path.slice(0, path.lastIndexOf("/") + 1)));
  const depth = Math.min(...[...folders].map(depthOf));
  const [folder, second] = [...folders].filter((one) => depthOf(one) === depth);
  if (folder === undefined) throw missing(paths, names);
  if (second !== undefined) {
    throw packageError("manifest_ambiguous", `The zip holds several packages, among them ${quoted(folder)} and ${quoted(second)}. Upload each by itself.`, { path: folder });
  }
  const outside = paths.filter((path) => !path.startsWith(folder)).length;
  if (folder !== "") report.add("manifest_in_subfolder", { path: folder, folder });
  if (outside > 0) report.add("files_outside_package", { path: folder, folder, count: outside });
  return folder;
}

function missing(paths: readonly string[], names: readonly string[]) {
  const inner = paths.find((path) => /\.(zip|pif)$/i.test(path));
  if (inner !== undefined) {
    return packageError("package_in_package", `The zip holds no course, but another zip: ${quoted(inner)}. Upload that one.`, { path: inner });
  }
  return packageError("manifest_missing", `No manifest was found; looked for ${names.join(", ")}. Zip the content of the course's folder, with the manifest at its top.`, { lookedFor: names });
}

function depthOf(folder: string): number {
  return folder.split("/").length;
}

function matches(path: string, name: string): boolean {
  const own = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return name.startsWith("*") ? own.endsWith(name.slice(1).toLowerCase()) : own === name.toLowerCase();
}
