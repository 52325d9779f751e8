import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packageLimits } from "../../core/courses/packages/limits.ts";
import { packageFiles } from "../../core/courses/packages/package-files.ts";
import { createReport } from "../../core/courses/packages/report.ts";
import { openZip } from "../../core/courses/packages/zip.ts";
import { courseOf, scorm2004Format } from "../../plugins/scorm/format2004.ts";
import { scorm2004Diagnostics } from "../../plugins/scorm/manifest2004.ts";
import type { Course2004 } from "../../plugins/scorm/runtime/engine/index.ts";

/** A package as the format reads it: the structure gone through JSON, and what was said of it ("warning value_invalid"). */
export interface ReadPackage {
  detected: number;
  edition: string | undefined;
  course: Course2004;
  says: string[];
}

const shared = process.env["CADRE_SHARED"] ? new URL(`file://${process.env["CADRE_SHARED"].replace(/\/?$/, "/")}packages/`) : new URL("../../../shared/packages/", import.meta.url);

/** Reads a package beside the repository; null where it is not there. */
export async function readZip(file: string): Promise<ReadPackage | null> {
  const path = fileURLToPath(new URL(file, shared));
  if (!existsSync(path)) return null;
  const report = createReport(scorm2004Diagnostics);
  const zip = await openZip(path, packageLimits, report);
  const files = packageFiles(zip, "", packageLimits, report);
  const detected = await scorm2004Format.detect(files);
  const structure = await scorm2004Format.read(files, report);
  await zip.close();
  const course = courseOf(JSON.parse(JSON.stringify(structure)) as typeof structure);
  const said = report.diagnostics.map(({ severity, code }) => `${severity} ${code.replace("scorm_", "")}`);
  return { detected, edition: structure.edition, course, says: [...new Set(said)] };
}
