import { CadreError } from "../../kernel/errors.ts";

/** `error`: cannot be used. `warning`: works, but hardly as meant. `leniency`: wrong, and read all the same. `note`: worth knowing. */
export type Severity = "error" | "warning" | "leniency" | "note";

/** One thing found in a package: `path` and `line` (from 1) where it is known. */
export interface Diagnostic {
  severity: Severity;
  code: string;
  message: string;
  path?: string;
  line?: number;
}

/** Code to severity and sentence; `{path}` and other names in braces are filled in from what `add` is given. */
export type DiagnosticCatalogue = Readonly<Record<string, { severity: Severity; sentence: string }>>;

/** What is known of the place, and the values that the sentence asks for. */
export interface DiagnosticDetails {
  path?: string;
  line?: number;
  [value: string]: string | number | undefined;
}

/** What an import found. */
export interface Report {
  /** Says it once: a repetition at the same place is ignored, and past 20 of one code (3 of a note) only their number is kept. @throws diagnostic_unknown */
  add(code: string, details?: DiagnosticDetails): void;
  /** Adds what somebody else found, as it is. */
  include(found: readonly Diagnostic[]): void;
  /** In order of finding; a code's overflow after the last one of it that is kept. */
  readonly diagnostics: readonly Diagnostic[];
  /** False as soon as there is one error. */
  readonly ok: boolean;
}

/** The codes that every format shares. */
export const packageDiagnostics = {
  backslash_path: { severity: "leniency", sentence: "The path of {path} is written with backslashes; they are read as slashes." },
  duplicate_entry: { severity: "leniency", sentence: "{path} is in the zip more than once with the same content; one is kept." },
  files_outside_package: { severity: "note", sentence: "{count} files lie outside the folder {folder} and are left out." },
  junk_skipped: { severity: "note", sentence: "{path} is left out: it was written by the operating system and is no part of the course." },
  manifest_in_subfolder: { severity: "leniency", sentence: "The course is in the folder {folder} of the zip; that folder is taken as the top." },
  name_in_cp437: { severity: "leniency", sentence: "The name of {path} is not in UTF-8; it is read as code page 437." },
  path_differs_in_case: { severity: "leniency", sentence: "The package asks for {wanted}, the file is named {path}." },
  path_redundant: { severity: "leniency", sentence: "The path {written} has empty or \".\" parts; it is read as {path}." },
  paths_differ_in_case: { severity: "warning", sentence: "{path} and {other} differ in upper and lower case only; some systems take them for one file." },
  xml_encoding_wrong: { severity: "leniency", sentence: "{path} says that it is in {declared}, but is read as {used}." },
  xml_in_utf16: { severity: "leniency", sentence: "{path} is in UTF-16, which not every system takes; it is read as it is." },
  xml_prefix_undeclared: { severity: "leniency", sentence: "The prefix {prefix} in {path} is never declared; its names are read all the same." },
} as const satisfies DiagnosticCatalogue;

const kept: Record<Severity, number> = { error: 20, warning: 20, leniency: 20, note: 3 };

/** An empty report that knows the codes of `catalogues`. */
export function createReport(...catalogues: DiagnosticCatalogue[]): Report {
  const catalogue = new Map(catalogues.flatMap((codes) => Object.entries(codes)));
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return {
    add(code, details = {}) {
      const entry = catalogue.get(code);
      if (!entry) throw new CadreError("diagnostic_unknown", `No diagnostic is declared under "${code}".`, { status: 500 });
      const { path, line } = details;
      const message = entry.sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? "?"));
      const key = JSON.stringify([code, path, line, message]);
      if (seen.has(key)) return;
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count > kept[entry.severity]) return;
      seen.add(key);
      found.push({ severity: entry.severity, code, message, ...(path !== undefined && { path }), ...(line !== undefined && { line }) });
    },
    include(others) {
      found.push(...others);
    },
    get diagnostics() {
      return found.flatMap((each, index): Diagnostic[] => {
        const { severity, code } = each;
        const more = (counts.get(code) ?? 0) - kept[severity];
        if (more <= 0 || found.findLastIndex((other) => other.code === code) !== index) return [each];
        return [each, { severity, code, message: more === 1 ? "The same once more." : `The same again, ${more} times more.` }];
      });
    },
    get ok() {
      return found.every(({ severity }) => severity !== "error");
    },
  };
}
