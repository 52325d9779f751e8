import { parsePrerequisites } from "../runtime/scorm12/prerequisites.ts";
import { parseTimespan } from "../runtime/scorm12/timespan.ts";
import type { XmlElement } from "cadre";
import type { Findings } from "./diagnostics.ts";
import { adlText, attributeOf, childrenOf, identifierOf, textOf } from "./elements.ts";
import { encodePath, joinParameters } from "./href.ts";
import type { Resource } from "./resources.ts";

/** What to open for an item. */
export interface Launch {
  /** Relative URL from the package's root, encoded, with the resource's query and the item's parameters. */
  href: string;
  /** The file in the package, as packed. */
  path: string;
  /** What follows the path in `href`: "?" and "#" included, "" for nothing. */
  query: string;
  /** The item's parameters as written, "" for none. */
  parameters: string;
  /** Identifier of the resource. */
  resource: string;
}

/** An entry of the table of contents; texts that were not given are "". */
export interface Item {
  /** Unique within the manifest. */
  identifier: string;
  title: string;
  visible: boolean;
  launch: Launch | null;
  /** Null for a heading without a resource. */
  scormType: "sco" | "asset" | null;
  /** An AICC script over item identifiers. */
  prerequisites: string;
  /** A decimal from 0 to 100. */
  masteryScore: string;
  /** HHHH:MM:SS.SS */
  maxTimeAllowed: string;
  timeLimitAction: string;
  dataFromLms: string;
  children: Item[];
}

/** What reading items needs to know and remember. */
export interface ItemContext {
  resources: Map<string, Resource>;
  /** Identifiers given so far. */
  taken: Set<string>;
  /** Prerequisites as they were written, to be looked at when every identifier is known. */
  prerequisites: { text: string; element: XmlElement }[];
  findings: Findings;
}

/** Reads the items directly below an organization or item, with all below them. */
export function readItems(parent: XmlElement, context: ItemContext): Item[] {
  return childrenOf(parent, "item").map((element) => readItem(element, context));
}

function readItem(element: XmlElement, context: ItemContext): Item {
  const { findings } = context;
  const identifier = uniqueIdentifier(element, context);
  const title = textOf(element, "title");
  if (title === "") findings.say("scorm_title_missing", element, { what: "item", identifier, shown: identifier });
  const resource = resourceOf(element, identifier, context);
  const parameters = attributeOf(element, "parameters")?.trim() ?? "";
  return {
    identifier,
    title: title || identifier,
    visible: !/^(?:false|0)$/i.test(attributeOf(element, "isvisible")?.trim() ?? ""),
    launch: resource && launchOf(resource, parameters),
    scormType: resource?.scormType ?? null,
    prerequisites: prerequisitesOf(element, context),
    masteryScore: checked(element, "masteryscore", isMasteryScore, "a number from 0 to 100", findings),
    maxTimeAllowed: checked(element, "maxtimeallowed", (text) => parseTimespan(text) !== null, "a time span HHHH:MM:SS.SS", findings),
    timeLimitAction: checked(element, "timelimitaction", (text) => timeLimitActions.includes(text), `one of ${timeLimitActions.join("; ")}`, findings),
    dataFromLms: adlText(element, "datafromlms", findings)?.text ?? "",
    children: readItems(element, context),
  };
}

function prerequisitesOf(element: XmlElement, { findings, prerequisites }: ItemContext): string {
  const found = adlText(element, "prerequisites", findings);
  if (!found || found.text === "") return "";
  prerequisites.push(found);
  return found.text;
}

/** Says what is wrong with prerequisites; none that is wrong is enforced, so that no mistake of an author locks a learner out. */
export function checkPrerequisites({ prerequisites, taken, findings }: ItemContext): void {
  for (const { text: said, element } of prerequisites) {
    const parsed = parsePrerequisites(said);
    if (!parsed) continue;
    if (!parsed.ok) {
      findings.say("scorm_prerequisites_unreadable", element, { said, why: parsed.why });
      continue;
    }
    const unknown = parsed.items.find((item) => !taken.has(item));
    if (unknown !== undefined) findings.say("scorm_prerequisites_unknown", element, { said, unknown });
    else if (parsed.inWords) findings.say("scorm_prerequisites_in_words", element, { said });
  }
}

const timeLimitActions = ["exit,message", "exit,no message", "continue,message", "continue,no message"];

function isMasteryScore(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text) && Number(text) <= 100;
}

function checked(element: XmlElement, name: string, fits: (text: string) => boolean, wanted: string, findings: Findings): string {
  const found = adlText(element, name, findings);
  if (!found || found.text === "") return "";
  const tidy = found.text.replace(/\s*,\s*/g, ",");
  if (fits(tidy)) return tidy;
  findings.say("scorm_value_invalid", found.element, { said: found.text, name, wanted });
  return "";
}

/** The resource that an item names, or null; what is wrong with it is said. */
export function resourceOf(element: XmlElement, item: string, { resources, findings }: ItemContext): Resource | null {
  const wanted = identifierOf(element, "identifierref", findings);
  if (wanted === "") return null;
  const resource = resources.get(wanted);
  if (!resource) findings.say("scorm_identifierref_dangling", element, { wanted });
  else if (resource.path === null) findings.say("scorm_item_cannot_open", element, { item });
  return resource ?? null;
}

/** The launch of a resource with an item's parameters, or null when it has no file to open. */
export function launchOf({ identifier, path, query, fragment }: Resource, parameters: string): Launch | null {
  if (path === null) return null;
  const following = joinParameters({ query, fragment }, parameters);
  return { href: encodePath(path) + following, path, query: following, parameters, resource: identifier };
}

/** An item's identifier, unique in the manifest. */
export function uniqueIdentifier(element: XmlElement, { taken, findings }: ItemContext): string {
  const written = identifierOf(element, "identifier", findings);
  const wanted = written || "item";
  let called = wanted;
  for (let copy = 2; taken.has(called); copy += 1) called = `${wanted}-${copy}`;
  taken.add(called);
  if (written === "") findings.say("scorm_identifier_missing", element, { what: "item", called });
  else if (called !== written) findings.say("scorm_identifier_repeated", element, { identifier: written, called });
  return called;
}
