import type { TSchema } from "../../kernel/schema.ts";
import type { DiagnosticCatalogue, Report } from "./report.ts";
import type { XmlElement } from "./xml.ts";

/** A reader of one kind of course package: what a plugin contributes under `formats`. */
export interface PackageFormat {
  /** For people: "SCORM 1.2". */
  label: string;
  /** File names whose presence marks the top of such a package: `imsmanifest.xml`, or `*.crs` for any name with that end. Matched without regard to case. */
  manifests: readonly string[];
  /** The codes that `read` adds to the report, besides those that every format shares. */
  diagnostics?: DiagnosticCatalogue;
  /** What may be said for one package in place of the site's settings: an object's schema whose members are all optional; each with a `label`. */
  settings?: TSchema;
  /** Whether this reader is for the package; the surest wins: false is 0, true is 1. */
  detect(files: PackageFiles): Promise<boolean | number>;
  /** The course in the package. What is wrong goes to `report`; an error there refuses the package. */
  read(files: PackageFiles, report: Report): Promise<CourseStructure>;
}

/** The files of one package. Paths are relative to the manifest's folder, with slashes. */
export interface PackageFiles {
  has(path: string): boolean;
  /** The path as it is in the package, found without regard to case or Unicode form; a difference is reported as a leniency. */
  find(path: string): string | undefined;
  /** All paths, in the order of the zip. */
  list(): readonly string[];
  /** The content, whole. @throws package_file_missing, zip_too_large when above `maxBytes` */
  bytes(path: string, maxBytes: number): Promise<Buffer>;
  /** The root element; read once however often it is asked for. @throws package_file_missing, xml_malformed, xml_doctype, xml_encoding, xml_limit */
  xml(path: string): Promise<XmlElement>;
}

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [member: string]: Json };

/** The neutral course model: what every format is read into. */
export interface CourseStructure {
  /** "SCORM", "cmi5", … */
  standard: string;
  /** "1.2", "2004 4th Edition", …; absent where the standard has none. */
  edition?: string;
  identifier: string;
  title: string;
  description?: string;
  /** What only the format's run-time understands of the course as a whole. */
  data?: Json;
  items: StructureItem[];
}

/** One row of the course's tree. */
export interface StructureItem {
  /** Unique in the course. */
  identifier: string;
  title: string;
  /** False for items that a table of contents leaves out. */
  visible: boolean;
  /** What to open; absent for a mere heading. `path` is one of the package's files, or an absolute URL where the standard allows it. */
  launch?: { path: string; query: string };
  /** `sco` reports to the LMS, `asset` does not; formats may name further kinds. */
  kind: "sco" | "asset" | (string & {});
  /** What only the format's run-time understands. */
  data: Json;
  children: StructureItem[];
}
