import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { assemble } from "../assembly.ts";
import { diskBlobs } from "../courses/packages/disk-blobs.ts";
import type { PackageFormat } from "../courses/packages/format.ts";
import { importPackage } from "../courses/packages/import.ts";
import type { Diagnostic } from "../courses/packages/report.ts";
import { isCadreError } from "../kernel/errors.ts";
import { sizeOf } from "../pages/words.ts";
import { badUsage, parse, requireFile } from "./arguments.ts";
import type { Command } from "./main.ts";
import { siteFolder } from "./site.ts";

const usage = "package check <file.zip>";

/** Looks at a course package as an import would, and keeps nothing of it. */
export default {
  usage,
  summary: "Say what is in a course package and what is wrong with it, with the line.",
  async run(args) {
    const [action, file] = parse(usage, args, {}, 2).words;
    if (action !== "check" || file === undefined) throw badUsage(usage, "Name the package to check");
    requireFile(file);
    const host = await assemble({ site: resolve(siteFolder()), environment: { CADRE_LOG_LEVEL: "silent", ...process.env }, discover: true });
    const formats = Object.fromEntries(host.contributions<Record<string, PackageFormat>>("formats").flatMap(({ value }) => Object.entries(value)));
    const { usable, lines } = await checkPackage(file, formats);
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    return usable ? 0 : 1;
  },
} satisfies Command;

/** The report of an import that is thrown away, in lines. */
export async function checkPackage(file: string, formats: Readonly<Record<string, PackageFormat>>): Promise<{ usable: boolean; lines: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "cadre-check-"));
  try {
    const found = await importPackage({ file, fileName: basename(file), formats, blobs: diskBlobs(folder, { durable: false }) });
    const { title } = found.structure;
    const files = `${found.files.length} ${found.files.length === 1 ? "file" : "files"}, ${sizeOf(found.sizeBytes)}`;
    return { usable: true, lines: [`${title}: ${formats[found.format]?.label ?? found.format}, ${files}`, ...found.diagnostics.map(lineOf), "It can be used."] };
  } catch (error) {
    if (!isCadreError(error) || error.status >= 500) throw error;
    const diagnostics = (error.data as { diagnostics?: Diagnostic[] }).diagnostics ?? [];
    return { usable: false, lines: [...diagnostics.map(lineOf), `It can't be used: ${error.message}`] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `error imsmanifest.xml:12: There is no … [code]` */
function lineOf({ severity, code, message, path, line }: Diagnostic): string {
  const place = path === undefined ? "" : ` ${path}${line === undefined ? "" : `:${line}`}:`;
  return `${severity.padEnd(8)}${place} ${message} [${code}]`;
}
