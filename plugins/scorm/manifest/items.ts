import { parseTimespan } from "../runtime/scorm12/timespan.ts";
import type { XmlElement } from "../xml-types.ts";
import { adlText, attributeOf, childrenOf, identifierOf, textOf } from "./elements.ts";
import { encodePath, joinParameters } from "./href.ts";
import type { Report } from "./report.ts";
import type { Resource } from "./resources.ts";

/** What to open for an item. */
export interface Launch {
  /** Relative URL from the package's root, encoded, with the resource's query and the item's parameters. */
  href: string;
  /** The file in the package, as packed. */
  path: string;
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
  report: Report;
}

/** Reads the items directly below an organization or item, with all below them. */
export function readItems(parent: XmlElement, context: ItemContext): Item[] {
  return childrenOf(parent, "item").map((element) => readItem(element, context));
}

function readItem(element: XmlElement, context: ItemContext): Item {
  const { report } = context;
  const identifier = uniqueIdentifier(element, context);
  const title = textOf(element, "title");
  if (title === "") report.say("warning", "title_missing", `The item “${identifier}” has no title; its identifier is shown.`, { element });
  const resource = resourceOf(element, context);
  const parameters = attributeOf(element, "parameters")?.trim() ?? "";
  return {
    identifier,
    title: title || identifier,
    visible: !/^(?:false|0)$/i.test(attributeOf(element, "isvisible")?.trim() ?? ""),
    launch: resource && launchOf(resource, parameters),
    scormType: resource?.scormType ?? null,
    prerequisites: adlText(element, "prerequisites", report)?.text ?? "",
    masteryScore: checked(element, "masteryscore", isMasteryScore, "a number from 0 to 100", report),
    maxTimeAllowed: checked(element, "maxtimeallowed", (text) => parseTimespan(text) !== null, "a time span HHHH:MM:SS.SS", report),
    timeLimitAction: checked(element, "timelimitaction", (text) => timeLimitActions.includes(text), `one of ${timeLimitActions.join("; ")}`, report),
    dataFromLms: adlText(element, "datafromlms", report)?.text ?? "",
    children: readItems(element, context),
  };
}

const timeLimitActions = ["exit,message", "exit,no message", "continue,message", "continue,no message"];

function isMasteryScore(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text) && Number(text) <= 100;
}

function checked(element: XmlElement, name: string, fits: (text: string) => boolean, wanted: string, report: Report): string {
  const found = adlText(element, name, report);
  if (!found || found.text === "") return "";
  const tidy = found.text.replace(/\s*,\s*/g, ",");
  if (fits(tidy)) return tidy;
  report.say("warning", `${name}_invalid`, `“${found.text}” is not ${wanted} and is left out.`, { element: found.element });
  return "";
}

function resourceOf(element: XmlElement, { resources, report }: ItemContext): Resource | null {
  const wanted = identifierOf(element, "identifierref", report);
  if (wanted === "") return null;
  const resource = resources.get(wanted);
  if (!resource) report.say("warning", "identifierref_dangling", `An item refers to “${wanted}”, which is not among the resources; it cannot be opened.`, { element });
  else if (resource.path === null) report.say("warning", "item_cannot_open", `The item of “${wanted}” cannot be opened: the resource has no file to open in the package.`, { element });
  return resource ?? null;
}

/** The launch of a resource with an item's parameters, or null when it has no file to open. */
export function launchOf({ identifier, path, query, fragment }: Resource, parameters: string): Launch | null {
  if (path === null) return null;
  return { href: encodePath(path) + joinParameters({ query, fragment }, parameters), path, parameters, resource: identifier };
}

function uniqueIdentifier(element: XmlElement, { taken, report }: ItemContext): string {
  const written = identifierOf(element, "identifier", report);
  const wanted = written || "item";
  let identifier = wanted;
  for (let copy = 2; taken.has(identifier); copy += 1) identifier = `${wanted}-${copy}`;
  taken.add(identifier);
  if (written === "") report.say("warning", "identifier_missing", `An item has no identifier; it is called “${identifier}”.`, { element });
  else if (identifier !== written) report.say("warning", "identifier_repeated", `The identifier “${written}” is used by more than one item; this one is called “${identifier}”.`, { element });
  return identifier;
}
