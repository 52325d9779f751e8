import type { CourseStructure, StructureItem } from "./format.ts";
import type { Diagnostic, Severity } from "./report.ts";

/** The findings of one severity, as the partial `findings` shows them. */
export interface Findings {
  severity: Severity;
  label: string;
  items: { message: string; file: string | null; line: number | null; code: string }[];
}

const labels: Readonly<Record<Severity, string>> = {
  error: "What is wrong",
  warning: "What may not work as meant",
  leniency: "What was forgiven",
  note: "Worth knowing",
};

/** A report by severity, the worst first, in each by file and line; severities without a finding are left out. Pure. */
export function findingsOf(diagnostics: readonly Diagnostic[]): Findings[] {
  return Object.entries(labels).flatMap(([severity, label]) => {
    const found = diagnostics.filter((each) => each.severity === severity).toSorted((a, b) => (a.path ?? "").localeCompare(b.path ?? "", "en") || (a.line ?? 0) - (b.line ?? 0));
    const items = found.map(({ message, path, line, code }) => ({ message, file: path ?? null, line: line ?? null, code }));
    return items.length > 0 ? [{ severity: severity as Severity, label, items }] : [];
  });
}

/** A report in one sentence: "Ready to use, with two things to know." Pure. */
export function verdictOf(diagnostics: readonly Diagnostic[]): string {
  const wrong = diagnostics.filter(({ severity }) => severity === "error").length;
  if (wrong > 0) return `It can't be used: ${things(wrong)} ${wrong === 1 ? "is" : "are"} wrong.`;
  return diagnostics.length > 0 ? `Ready to use, with ${things(diagnostics.length)} to know.` : "Ready to use.";
}

/** A row of the partial `package-tree`. */
export interface TreeNode {
  title: string;
  launchable: boolean;
  note: string | null;
  nodes: TreeNode[];
}

/** The course in a package as a tree to look at. Pure. */
export function treeOf({ items }: Pick<CourseStructure, "items">): TreeNode[] {
  return items.map(({ title, identifier, launch, visible, children }: StructureItem) => ({
    title: title || identifier,
    launchable: launch !== undefined,
    note: [...(launch ? [launch.path + launch.query] : []), ...(visible ? [] : ["not in the table of contents"])].join(", ") || null,
    nodes: treeOf({ items: children }),
  }));
}

const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const things = (count: number): string => `${words[count] ?? count} ${count === 1 ? "thing" : "things"}`;
