import { createHash } from "node:crypto";
import { CadreError, isCadreError } from "../../kernel/errors.ts";
import type { BlobStore, StoredBlob } from "./blobs.ts";
import { eachAtOnce } from "./concurrency.ts";
import { packageError } from "./errors.ts";
import type { CourseStructure, PackageFiles, PackageFormat } from "./format.ts";
import { packageLimits, type PackageLimits } from "./limits.ts";
import type { ReadPackage } from "./hooks.ts";
import { manifestFolder } from "./manifest-folder.ts";
import { mediaTypeOfPath } from "./media-types.ts";
import { packageFiles } from "./package-files.ts";
import type { ReadAhead } from "./read-ahead.ts";
import { createReport, packageDiagnostics, type Diagnostic, type Report } from "./report.ts";
import { openZip, type Zip, type ZipEntry } from "./zip.ts";

export interface ImportRequest {
  /** The upload, as a file on disk; it is only read. */
  file: string;
  /** What it was called where it came from. */
  fileName: string;
  /** By name, as plugins contribute them. */
  formats: Readonly<Record<string, PackageFormat>>;
  blobs: BlobStore;
  /** What was stored of it while it arrived, under the same limits and in the same place; the answer is the same without it. */
  ahead?: ReadAhead;
  limits?: PackageLimits;
  /** What else is to be said of the package once it is read; an error refuses it before anything is kept. */
  check?(read: ReadPackage): Promise<readonly Diagnostic[]>;
}

/** One file of a package; `path` is relative to the manifest's folder. */
export interface ImportedFile extends StoredBlob {
  path: string;
  mediaType: string;
}

/** A package whose content is stored; nothing is written to the database yet. */
export interface ImportedPackage {
  /** The format's name. */
  format: string;
  fileName: string;
  /** Of all files, unpacked. */
  sizeBytes: number;
  structure: CourseStructure;
  files: ImportedFile[];
  diagnostics: readonly Diagnostic[];
  /** SHA-256 over paths and contents: equal for equal packages, however they were zipped. */
  digest: string;
}

/**
 * Reads a course package and stores its content. Whatever the directory or the manifest shows to be wrong is refused before
 * any content is kept; whatever shows later leaves nothing behind.
 * @throws package_refused when the report has errors, and zip_*, xml_*, manifest_* (all 422). `data.diagnostics` is the report so far, the refusal last.
 */
export async function importPackage({ file, fileName, formats, blobs, ahead, limits = packageLimits, check }: ImportRequest): Promise<ImportedPackage> {
  const report = createReport(packageDiagnostics, ...Object.values(formats).map(({ diagnostics = {} }) => diagnostics));
  try {
    const zip = await openZip(file, limits, report);
    try {
      const folder = manifestFolder(zip.entries.map(({ path }) => path), Object.values(formats), report);
      const inside = packageFiles(zip, folder, limits, report);
      const format = await detected(inside, formats);
      const structure = await (formats[format] as PackageFormat).read(inside, report);
      report.include((await check?.({ format, fileName, structure, files: inside })) ?? []);
      refuseErrors(report);
      const files = await stored(zip, inside.entries, blobs, ahead);
      const sizeBytes = files.reduce((sum, one) => sum + one.sizeBytes, 0);
      return { format, fileName, sizeBytes, structure, files, diagnostics: report.diagnostics, digest: digestOf(files) };
    } finally {
      await zip.close();
    }
  } catch (error) {
    throw isCadreError(error) ? withReport(error, report) : error;
  }
}

async function detected(files: PackageFiles, formats: Readonly<Record<string, PackageFormat>>): Promise<string> {
  let best: { name: string; sureness: number } | undefined;
  for (const [name, format] of Object.entries(formats)) {
    const sureness = Number(await format.detect(files));
    if (sureness > (best?.sureness ?? 0)) best = { name, sureness };
  }
  if (best) return best.name;
  const labels = Object.values(formats).map(({ label }) => label);
  throw packageError("package_format_unknown", `A manifest was found, but it is of none of the installed formats: ${labels.join(", ")}.`);
}

function refuseErrors(report: Report): void {
  const [first, ...more] = report.diagnostics.filter(({ severity }) => severity === "error");
  if (!first) return;
  const others = more.length > 0 ? ` (and ${more.length} more)` : "";
  throw packageError("package_refused", `This package cannot be used: ${first.message}${others}`, { path: first.path, line: first.line });
}

async function stored(zip: Zip, entries: ReadonlyMap<string, ZipEntry>, blobs: BlobStore, arrived?: ReadAhead): Promise<ImportedFile[]> {
  const ahead = arrived?.isFresh() ? arrived : undefined;
  const stage = await (ahead?.stage ?? blobs.stage());
  try {
    const kept = new Map<string, StoredBlob>();
    // Large entries first, so that none is left over to be read alone at the end; more lanes than there are threads, so that none of those waits.
    const largestFirst = [...entries].toSorted(([, one], [, other]) => other.sizeBytes - one.sizeBytes);
    await eachAtOnce(largestFirst, 8, async ([path, entry]) => kept.set(path, (await ahead?.find(entry)) ?? (await stage.put(zip.chunks(entry)))));
    await stage.keep([...kept.values()].map(({ sha256 }) => sha256));
    return [...entries.keys()].map((path) => ({ path, ...(kept.get(path) as StoredBlob), mediaType: mediaTypeOfPath(path) }));
  } finally {
    await (ahead ?? stage).discard();
  }
}

function digestOf(files: ImportedFile[]): string {
  const hash = createHash("sha256");
  for (const line of files.map(({ path, sha256 }) => `${sha256} ${path}\n`).toSorted()) hash.update(line);
  return hash.digest("hex");
}

function withReport(error: CadreError, report: Report): CadreError {
  const { code, message, status, data, problems } = error;
  const own = code === "package_refused" ? [] : [{ severity: "error", code, message, path: data.path, line: data.line }];
  return new CadreError(code, message, { status, problems, cause: error, data: { ...data, diagnostics: [...report.diagnostics, ...own] } });
}
