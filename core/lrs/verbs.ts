import type { Context } from "../kernel/context.ts";
import type { ContributionDeclaration } from "../kernel/plugin.ts";
import { isIri, isLanguageTag } from "./statement/formats.ts";

/** A verb of xAPI as a plugin declares it: its IRI, and how it reads after a name ("Ada **completed** Phishing"). */
export interface Verb {
  id: string;
  /** By language tag; `en` or `en-US` is shown where nothing else fits. */
  display: Record<string, string>;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Verbs of the statements this plugin makes or reads, by a short name. */
    verbs?: Record<string, Verb>;
  }
}

/** Verbs that no plugin needs to declare. */
export const commonVerbs: Record<string, Verb> = Object.fromEntries([
  ...["answered", "asked", "attempted", "attended", "commented", "completed", "exited", "experienced", "failed", "imported", "initialized", "interacted"].map(adl),
  ...["launched", "mastered", "passed", "preferred", "progressed", "registered", "responded", "resumed", "scored", "shared", "suspended", "terminated", "voided"].map(adl),
  ["abandoned", { id: "https://w3id.org/xapi/adl/verbs/abandoned", display: { en: "abandoned" } }],
  ["satisfied", { id: "https://w3id.org/xapi/adl/verbs/satisfied", display: { en: "satisfied" } }],
  ["waived", { id: "https://w3id.org/xapi/adl/verbs/waived", display: { en: "was excused from" } }],
]);

/** How each verb that somebody declares reads in English, by its IRI; verbs are a common good, and the first to declare one has its way. */
export function verbWords({ site }: Context): ReadonlyMap<string, string> {
  const declared = site.host.contributions<Record<string, Verb>>("verbs").flatMap(({ value }) => Object.values(value));
  return new Map(declared.reverse().map(({ id, display }) => [id, display.en ?? display["en-US"] ?? Object.values(display)[0] ?? id]));
}

export const verbsField: ContributionDeclaration = {
  summary: "Verbs of xAPI statements and how they read, by a short name.",
  check: (value) =>
    Object.entries(value as Record<string, Partial<Verb> | undefined>).flatMap(([name, verb]) => {
      const { id, display } = verb ?? {};
      if (typeof id !== "string" || !isIri(id)) return [`${name} has no id that is an IRI`];
      const words = Object.entries(display ?? {});
      if (words.length === 0 || words.some(([tag, text]) => !isLanguageTag(tag) || typeof text !== "string" || text === "")) return [`${name} has no display with words by language tag`];
      return [];
    }),
};

function adl(name: string): [string, Verb] {
  return [name, { id: `http://adlnet.gov/expapi/verbs/${name}`, display: { en: name } }];
}
