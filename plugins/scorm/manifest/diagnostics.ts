import type { XmlElement } from "cadre";

/** What a SCORM 1.2 manifest can be told about it: code to severity and sentence, names in braces filled in. The core's package report takes it as it is. */
export const scorm12Diagnostics = {
  ...all("error", {
    scorm_not_a_manifest: "The root element is <{name}>, not <manifest>.",
    scorm_not_scorm: "This is {edition}, not a SCORM package.",
    scorm_nothing_to_open: "No item of the course can be opened.",
    scorm_resources_missing: "The manifest has no <resources>, so there is nothing to open.",
    scorm2004_not_playable: "This is {edition}, not SCORM 1.2.",
  }),
  ...all("warning", {
    scorm_dependency_unknown: "A resource depends on “{wanted}”, which is not in the manifest.",
    scorm_file_missing: "“{file}” is named in the manifest but is not in the package.",
    scorm_identifier_missing: "A {what} has no identifier; it is called “{called}”.",
    scorm_identifier_repeated: "“{identifier}” identifies more than one item; this one is called “{called}”.",
    scorm_identifierref_dangling: "An item refers to “{wanted}”, which is not among the resources; it cannot be opened.",
    scorm_item_cannot_open: "The item “{item}” cannot be opened: its resource has no file in the package.",
    scorm_launch_file_missing: "“{file}”, which an item is to open, is not in the package.",
    scorm_prerequisites_unknown: "The prerequisites “{said}” name “{unknown}”, which is no item of the course; they are not enforced.",
    scorm_prerequisites_unreadable: "The prerequisites “{said}” can't be read ({why}); they are not enforced.",
    scorm_reference_elsewhere: "“{reference}” leads out of the package and cannot be opened.",
    scorm_resource_repeated: "“{identifier}” identifies more than one resource; the first is used.",
    scorm_scormtype_unknown: "“{said}” is no scormtype; the resource is taken for an asset.",
    scorm_submanifest_ignored: "A manifest within the manifest is left out.",
    scorm_title_missing: "The {what} “{identifier}” has no title; “{shown}” is shown.",
    scorm_value_invalid: "“{said}” in <{name}> is not {wanted} and is left out.",
  }),
  ...all("leniency", {
    scorm_base_without_slash: "“{file}” is found only when xml:base is read as a folder.",
    scorm_default_organization_missing: "No organization is the default by name; the first, “{played}”, is played.",
    scorm_edition_assumed: "The manifest does not say which standard it follows; it is read as SCORM 1.2.",
    scorm_href_backslash: "The reference to “{file}” is written with backslashes.",
    scorm_identifier_tidied: "The identifier “{written}” was read as “{meant}”.",
    scorm_name_in_other_case: "“{written}” was read as the standard's “{meant}”.",
    scorm_namespace_missing: "The manifest declares no namespace; its elements are read by name alone.",
    scorm_organizations_empty: "The manifest has no table of contents; “{file}” is offered as the only item.",
    scorm_prerequisites_in_words: "The prerequisites “{said}” are written with words; AND, OR and NOT are read as &, | and ~.",
    scorm_schemaversion_missing: "The manifest has no schemaversion; its namespaces say SCORM 1.2.",
    scorm_scormtype_missing: "A resource does not say whether it is a SCO; it is taken for an asset, which is complete once it was opened.",
  }),
  ...all("note", {
    scorm_outside_host: "Content loads from {host}. It can only once that host is named in the settings of the package, among the outside hosts.",
    scorm_assets_only: "No item reports to the LMS; each is complete once it was opened.",
    scorm_several_organizations: "Of {count} organizations “{played}” is played.",
  }),
};

/** What a SCORM 2004 manifest can be told besides. */
export const scorm2004Diagnostics = {
  ...scorm12Diagnostics,
  ...all("warning", {
    scorm_sequencing_reference_unknown: "An item takes its sequencing from “{wanted}”, which is not in the sequencing collection.",
    scorm_objective_unknown: "“{wanted}” is no objective of its activity; {meant}.",
    scorm_objective_repeated: "“{identifier}” identifies more than one objective of an activity; the first is used.",
    scorm_sequencing_leaf_only: "“{item}” opens something and has items below it; in SCORM 2004 only what is at the end of the tree is opened.",
  }),
  ...all("leniency", {
    scorm_edition_guessed: "The manifest does not say which edition it follows; it is read as the {edition}.",
    scorm_objective_id_missing: "A primary objective has maps but no identifier; its maps are used all the same.",
  }),
  ...all("note", {
    scorm_submanifest_grafted: "The manifest “{identifier}” within the manifest is read into the course.",
  }),
};

export type ScormDiagnostic = keyof typeof scorm12Diagnostics | keyof typeof scorm2004Diagnostics;

/** Where diagnostics go; the core's package report is one. `path` and `line` say where, the rest fills the sentence. */
export interface DiagnosticSink {
  add(code: string, details?: { path?: string; line?: number; [value: string]: string | number | undefined }): void;
}

/** Says what is found in one manifest, with its line. */
export interface Findings {
  say(code: ScormDiagnostic, element?: XmlElement, values?: Record<string, string | number>): void;
  /** For what would be said of every other element: the first time only. */
  sayOnce: Findings["say"];
}

export function findingsIn(manifestPath: string, report: DiagnosticSink): Findings {
  const said = new Set<string>();
  const say: Findings["say"] = (code, element, values) => {
    said.add(code);
    report.add(code, { path: manifestPath, ...(element && { line: element.line }), ...values });
  };
  return { say, sayOnce: (code, element, values) => void (said.has(code) || say(code, element, values)) };
}

function all<Severity extends string, Code extends string>(severity: Severity, sentences: Record<Code, string>): Record<Code, { severity: Severity; sentence: string }> {
  const entries = Object.entries<string>(sentences).map(([code, sentence]) => [code, { severity, sentence }]);
  return Object.fromEntries(entries) as Record<Code, { severity: Severity; sentence: string }>;
}
