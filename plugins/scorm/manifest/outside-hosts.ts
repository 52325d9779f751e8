import { isCadreError } from "cadre";
import type { DiagnosticSink } from "./diagnostics.ts";

/** Reads a file of the package whole; a package reader that only knows names cannot. */
export interface ReadableFiles {
  /** @throws zip_too_large when above `maxBytes` */
  bytes?(path: string, maxBytes: number): Promise<Buffer>;
}

interface Opening {
  launch: { path: string } | null;
  children: Opening[];
}

const pagesAtMost = 50;
const pageBytes = 1024 * 1024;

/** Names the hosts that the first pages of a package's items load from, for content may load from none unless the package's settings name it. */
export async function nameOutsideHosts(files: ReadableFiles, items: readonly Opening[], report: DiagnosticSink): Promise<void> {
  const pages = [...new Set(pathsOf(items))].filter((path) => /\.x?html?$/i.test(path)).slice(0, pagesAtMost);
  const found = new Map<string, string>();
  for (const path of pages) for (const host of hostsIn(await textOf(files, path))) if (!found.has(host)) found.set(host, path);
  for (const [host, path] of found) report.add("scorm_outside_host", { path, host });
}

/** The origins that a page loads scripts, styles, fonts, pictures, sounds, films and frames from, as its tags and the styles within it say; links that a learner follows are none. */
export function hostsIn(html: string): string[] {
  const tags = html.match(/<(?:script|img|iframe|frame|audio|video|source|track|embed|object|link)\b[^>]*>/gi) ?? [];
  const addresses = tags.flatMap((tag) => {
    if (/^<link/i.test(tag) && !/\brel\s*=\s*["']?[^"'>]*(?:stylesheet|icon|preload)/i.test(tag)) return [];
    return [...tag.matchAll(/\b(?:src|href|data|poster)\s*=\s*["']?\s*(?:https?:)?\/\/([a-z\d.-]+\.[a-z]{2,63}(?::\d{1,5})?)(?=[/"'\s>?#]|$)/gi)].map(([, host = ""]) => host);
  });
  return [...new Set([...addresses, ...stylesIn(html).flatMap(hostsInStyles)].map((host) => `https://${host.toLowerCase()}`))];
}

function stylesIn(html: string): string[] {
  const own = [...html.matchAll(/<style\b[^>]*>(.*?)<\/style/gis)].map(([, styles = ""]) => styles);
  const ofTags = [...html.matchAll(/<[a-z][^<>]*?\sstyle\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(([, one, other]) => one ?? other ?? "");
  return [...own, ...ofTags];
}

/** What styles load: url(…) and @import "…". */
function hostsInStyles(styles: string): string[] {
  return [...styles.matchAll(/(?:url\(\s*["']?|@import\s+["'])\s*(?:https?:)?\/\/([a-z\d.-]+\.[a-z]{2,63}(?::\d{1,5})?)(?=[/"'\s)?#]|$)/gi)].map(([, host = ""]) => host);
}

async function textOf(files: ReadableFiles, path: string): Promise<string> {
  try {
    return (await files.bytes?.(path, pageBytes))?.toString("utf8") ?? "";
  } catch (error) {
    // A page of more than a megabyte is somebody's whole course in one file.
    if (isCadreError(error) && error.code === "zip_too_large") return "";
    throw error;
  }
}

function pathsOf(items: readonly Opening[]): string[] {
  return items.flatMap(({ launch, children }) => [...(launch ? [launch.path] : []), ...pathsOf(children)]);
}
