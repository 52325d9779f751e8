import { decoded } from "./elements.ts";

/** The files of a package, as the core's package reader gives them. */
export interface ManifestFiles {
  has(path: string): boolean;
  /** The path as it is in the package, found without regard to case or Unicode form; whoever implements it reports the difference. */
  find(path: string): string | undefined;
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

/** What a reference in a manifest leads to; `elsewhere` is out of the package. */
export type Found =
  | { is: "file"; path: string; leniency?: "scorm_href_backslash" | "scorm_base_without_slash" }
  | { is: "missing"; path: string }
  | { is: "elsewhere"; reference: string };

/** Looks a reference's path up in the package, under the xml:base values that hold for it, outermost first. */
export function findFile(files: ManifestFiles, bases: readonly string[], path: string): Found {
  const slashed = path.replaceAll("\\", "/");
  const remote = [...bases, slashed].find((part) => /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(part));
  if (remote !== undefined) return { is: "elsewhere", reference: remote };
  const strict = resolve(bases, slashed);
  const loose = resolve(bases.map((base) => base.replace(/\/?$/, "/")), slashed);
  if (strict === null || loose === null) return { is: "elsewhere", reference: path };
  // A name may hold "%20" itself; what is written is looked for before what it stands for.
  const names = [strict, decoded(strict), loose, decoded(loose)];
  const name = names.find((one) => files.has(one)) ?? names.find((one) => files.find(one) !== undefined);
  if (name === undefined) return { is: "missing", path: decoded(strict) };
  const asFolder = name !== strict && name !== decoded(strict);
  const leniency = path !== slashed ? "scorm_href_backslash" : asFolder ? "scorm_base_without_slash" : undefined;
  return { is: "file", path: files.find(name) ?? name, ...(leniency && { leniency }) };
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
