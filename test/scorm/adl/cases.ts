import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Step } from "./compare.ts";

/** One delivery of a case: which activity comes, what its content does, and what is asked of the navigation before and done after. */
export interface Delivery {
  /** Unique within the case. */
  key: string;
  /** The number in the activity's parameters. */
  act: string;
  /** Counts the deliveries of the activity from 1. */
  visit: number;
  steps: Step[];
  ui: Question[];
  cui: { key: string; args: string[] } | null;
}

/** What is asked of the player's page before the content runs. */
export interface Question {
  q: "continue.enabled" | "continue.disabled" | "previous.enabled" | "previous.disabled" | "toc.enabled" | "toc.enabled.selectable" | "toc.visible" | "click.button";
  /** Title of an activity. */
  target?: string;
  expect: boolean;
}

/** A case of ADL's LMS test as data. */
export interface AdlCase {
  id: string;
  activities: Delivery[];
}

const folder = process.env.CADRE_SHARED ? new URL(`file://${process.env.CADRE_SHARED.replace(/\/?$/, "/")}adl-scorm2004/`) : new URL("../../../../shared/adl-scorm2004/", import.meta.url);

/** The ids of the cases that are there, in order; none where they are not there. */
export function caseIds(): string[] {
  const cases = fileURLToPath(new URL("cases/", folder));
  return existsSync(cases) ? readdirSync(cases).map((name) => name.replace(/\.json$/, "")).sort() : [];
}

export function adlCase(id: string): AdlCase {
  return JSON.parse(readFileSync(new URL(`cases/${id}.json`, folder), "utf8")) as AdlCase;
}

/** The imsmanifest.xml of a case's package, as text. */
export function manifestOf(id: string): string {
  return readFileSync(new URL(`manifests/${id}.xml`, folder), "utf8");
}

/** Says where cases would have to be, and skips; for a test's `before`. */
export function needCases(test: Mocha.Context): void {
  if (caseIds().length > 0) return;
  console.log(`      (ADL's cases are not in ${fileURLToPath(folder)}; set CADRE_SHARED)`);
  test.skip();
}
