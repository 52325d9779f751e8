import { getFileNameLowLevel, type Entry } from "yauzl";
import { packageError, quoted, type PackageErrorCode } from "./errors.ts";
import type { PackageLimits } from "./limits.ts";
import type { Report } from "./report.ts";

/**
 * The path of a zip entry, safe and relative, with slashes; a folder's ends in one. Never used as a name on disk.
 * @throws zip_path_unprintable, zip_path_absolute, zip_path_drive, zip_path_parent, zip_path_too_deep, zip_path_too_long
 */
export function entryPath(entry: Entry, limits: PackageLimits, report: Report): string {
  const { name, isUtf8 } = entryName(entry);
  const slashed = name.replaceAll("\\", "/");
  const parts = slashed.split("/").filter((part) => part !== "" && part !== ".");
  if (/\p{Cc}|\p{Cs}/u.test(name) || name === "") refuse("zip_path_unprintable", name, "has a name with control characters or none. Rename it");
  if (slashed.startsWith("/")) refuse("zip_path_absolute", name, "has an absolute path. Zip the folder with relative paths");
  if (/^[A-Za-z]:/.test(parts[0] ?? "")) refuse("zip_path_drive", name, "names a drive. Zip the folder with relative paths");
  if (parts.includes("..")) refuse("zip_path_parent", name, "leads out of the package. Zip the folder with relative paths");
  const path = parts.join("/") + (slashed.endsWith("/") ? "/" : "");
  if (parts.length > limits.pathDepth) refuse("zip_path_too_deep", name, `lies in more than ${limits.pathDepth} folders. Move it up`);
  if (Buffer.byteLength(path) > limits.pathBytes) refuse("zip_path_too_long", name, `has a path of more than ${limits.pathBytes} bytes. Shorten it`);
  if (!isUtf8) report.add("name_in_cp437", { path });
  if (name.includes("\\")) report.add("backslash_path", { path });
  if (slashed !== path && !path.endsWith("/")) report.add("path_redundant", { path, written: name });
  return path;
}

/** True for what operating systems leave in zips. */
export function isJunk(path: string): boolean {
  return /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$)/.test(path);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Info-ZIP's Unicode path field when there is one, else UTF-8 whether flagged or not (many tools forget the flag), else
 * code page 437 (APPNOTE appendix D).
 */
function entryName({ fileNameRaw, extraFields }: Entry): { name: string; isUtf8: boolean } {
  const unicodePaths = extraFields.filter(({ id }) => id === 0x7075);
  if (unicodePaths.length > 0) return { name: getFileNameLowLevel(0x800, fileNameRaw, unicodePaths, true), isUtf8: true };
  try {
    return { name: utf8.decode(fileNameRaw), isUtf8: true };
  } catch {
    return { name: getFileNameLowLevel(0, fileNameRaw, [], true), isUtf8: false };
  }
}

function refuse(code: PackageErrorCode, name: string, reason: string): never {
  throw packageError(code, `The entry ${quoted(name)} ${reason}.`, { path: name });
}
