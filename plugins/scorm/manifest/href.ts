import { decoded } from "./elements.ts";

/** The files of a package, by their paths as packed. */
export interface PackageFiles {
  has(path: string): boolean;
  /** The path that is the same but for case and Unicode form. */
  ignoringCase(path: string): string | undefined;
}

/** An index over the paths of a package. */
export function packageFiles(paths: Iterable<string>): PackageFiles {
  const exact = new Set(paths);
  const folded = new Map([...exact].map((path) => [fold(path), path]));
  return { has: (path) => exact.has(path), ignoringCase: (path) => folded.get(fold(path)) };
}

/** A reference cut into the path and what follows it, "?" and "#" included. */
export interface HrefParts {
  path: string;
  query: string;
  fragment: string;
}

export function splitHref(href: string): HrefParts {
  const [, path = "", query = "", fragment = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(href) ?? [];
  return { path, query, fragment };
}

/** What a reference in a manifest leads to. */
export type Found =
  | { is: "file"; path: string; leniency?: "href_backslash" | "name_in_other_case" | "base_without_slash" }
  | { is: "missing"; path: string }
  | { is: "elsewhere"; why: string };

/** Looks a reference's path up in the package, under the xml:base values that hold for it, outermost first. */
export function findFile(files: PackageFiles, bases: readonly string[], path: string): Found {
  const slashed = path.replaceAll("\\", "/");
  const scheme = [...bases, slashed].find((part) => /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(part));
  if (scheme !== undefined) return { is: "elsewhere", why: `“${scheme}” leads out of the package` };
  const strict = resolve(bases, slashed);
  const loose = resolve(bases.map((base) => base.replace(/\/?$/, "/")), slashed);
  if (strict === null && loose === null) return { is: "elsewhere", why: `“${path}” climbs out of the package` };
  for (const [candidate, leniency] of [[strict, undefined], [loose, "base_without_slash"]] as const) {
    for (const name of candidate === null ? [] : [candidate, decoded(candidate)]) {
      const backslash = path === slashed ? leniency : "href_backslash";
      if (files.has(name)) return { is: "file", path: name, ...(backslash && { leniency: backslash }) };
      const resembling = files.ignoringCase(name);
      if (resembling !== undefined) return { is: "file", path: resembling, leniency: "name_in_other_case" };
    }
  }
  return { is: "missing", path: decoded(strict ?? loose ?? path) };
}

/** An item's parameters joined to its resource's query and fragment (SCORM CAM, "parameters"): what the browser is sent after the path. */
export function joinParameters({ query, fragment }: Pick<HrefParts, "query" | "fragment">, parameters: string): string {
  const given = parameters.trim().replace(/^[?&]+/, "");
  if (given === "") return query + fragment;
  if (given.startsWith("#")) return query + (fragment || given);
  const [, asked = "", own = ""] = /^([^#]*)(#.*)?$/s.exec(given) ?? [];
  return `${query}${query ? "&" : "?"}${asked}${fragment || own}`;
}

/** A package path as a relative URL. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The path that RFC 3986 5.2 makes of them, or null when it climbs above the package. */
function resolve(bases: readonly string[], path: string): string | null {
  const whole = [...bases, path].reduce((current, next) => (next.startsWith("/") ? next : current.replace(/[^/]*$/, "") + next), "");
  const segments: string[] = [];
  for (const segment of whole.split("/")) {
    if (segment === ".." && segments.pop() === undefined) return null;
    if (segment !== ".." && segment !== "." && segment !== "") segments.push(segment);
  }
  return segments.join("/");
}

function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
