import type { XmlElement } from "../xml-types.ts";

/** `error`: cannot be played; `warning`: something is wrong or missing; `leniency`: not by the standard, taken all the same; `note`: good to know. */
export interface Diagnostic {
  severity: "error" | "warning" | "leniency" | "note";
  /** Stable, snake_case. */
  code: string;
  /** A sentence for the person who uploaded the package. */
  message: string;
  line?: number;
  /** A file in the package. */
  path?: string;
}

/** Collects what a reader finds. */
export interface Report {
  readonly diagnostics: Diagnostic[];
  say(severity: Diagnostic["severity"], code: string, message: string, at?: { element?: XmlElement; path?: string }): void;
  /** The same, for what would be said of every other element: only the first time. */
  sayOnce(severity: Diagnostic["severity"], code: string, message: string, at?: { element?: XmlElement; path?: string }): void;
}

/** How many times one code is said in full before the rest is counted. */
const fullTimes = 25;

export function createReport(): Report {
  const diagnostics: Diagnostic[] = [];
  const times = new Map<string, number>();
  const say: Report["say"] = (severity, code, message, { element, path } = {}) => {
    const time = (times.get(code) ?? 0) + 1;
    times.set(code, time);
    const more = diagnostics.find((one) => one.code === code && one.message.endsWith(" more of this kind."));
    if (time > fullTimes && more) more.message = `There are ${time - fullTimes} more of this kind.`;
    else if (time > fullTimes) diagnostics.push({ severity, code, message: "There are 1 more of this kind." });
    else diagnostics.push({ severity, code, message, ...(element && { line: element.line }), ...(path !== undefined && { path }) });
  };
  return { diagnostics, say, sayOnce: (severity, code, message, at) => times.has(code) || say(severity, code, message, at) };
}
