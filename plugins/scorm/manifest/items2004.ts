import type { XmlElement } from "cadre";
import { attributesOf, numberWithin } from "./attributes.ts";
import { adlText, attributeOf, childOf, childrenOf, identifierOf, textOf } from "./elements.ts";
import { launchOf, resourceOf, uniqueIdentifier, type ItemContext, type Launch } from "./items.ts";
import { readSequencing, thresholdsOf } from "./sequencing.ts";
import { sequencingParts, type SequencingCollection } from "./sequencing-collection.ts";
import type { Bucket, Control, CourseItem } from "../runtime/engine/index.ts";

/** An item of a SCORM 2004 manifest: an activity of the course, and what it opens. Its identifier is unique within the manifest. */
export interface Item2004 extends Omit<CourseItem, "children"> {
  launch: Launch | null;
  children: Item2004[];
}

/** What reading items needs to know and remember; `submanifest` gives the manifest within the manifest that an item may stand for. */
export interface ItemContext2004 extends ItemContext {
  collection: SequencingCollection;
  submanifest(identifier: string): Submanifest | undefined;
}

/** A manifest within the manifest: its organization, to be read under its own sequencing collection. */
export interface Submanifest {
  organization: XmlElement;
  collection: SequencingCollection;
}

const controls: readonly Control[] = ["continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"];
const timeLimitActions = ["exit,message", "exit,no message", "continue,message", "continue,no message"];

/** Reads the items directly below an organization or item, with all below them. */
export function readItems2004(parent: XmlElement, context: ItemContext2004): Item2004[] {
  return childrenOf(parent, "item").map((element) => readItem(element, context));
}

/** What an organization or item says of its sequencing, and what its content is told. */
export function readActivity(element: XmlElement, context: Pick<ItemContext2004, "collection" | "findings">) {
  const { findings } = context;
  const thresholds = thresholdsOf(element);
  const { sequencing, maxTimeAllowed } = readSequencing(sequencingParts(element, context.collection, findings), thresholds, findings);
  const { completedByMeasure, minProgressMeasure } = sequencing.completion;
  const inText = numberWithin(thresholds?.text ?? "", 0, 1) ?? null;
  return { sequencing, maxTimeAllowed, completionThreshold: completedByMeasure ? minProgressMeasure : inText };
}

function readItem(element: XmlElement, context: ItemContext2004): Item2004 {
  const { findings } = context;
  const identifier = uniqueIdentifier(element, context);
  const title = textOf(element, "title");
  if (title === "") findings.say("scorm_title_missing", element, { what: "item", identifier, shown: identifier });
  const reference = identifierOf(element, "identifierref", findings);
  const within = context.submanifest(reference);
  const resource = within ? null : resourceOf(element, identifier, context);
  const children = within ? readItems2004(within.organization, inside(within, reference, context)) : readItems2004(element, context);
  const launch = resource && launchOf(resource, attributeOf(element, "parameters")?.trim() ?? "");
  if (launch && children.length > 0) findings.say("scorm_sequencing_leaf_only", element, { item: identifier });
  return {
    identifier,
    title: title || identifier,
    visible: attributesOf(element, findings).truth("isvisible", true),
    launch: children.length > 0 ? null : launch,
    scormType: resource?.scormType ?? null,
    ...readActivity(element, context),
    hiddenControls: hiddenControls(element, context),
    dataFromLms: adlText(element, "dataFromLMS", findings)?.text ?? "",
    timeLimitAction: timeLimitAction(element, context),
    sharedData: sharedData(element, context),
    children,
  };
}

/** A manifest does not contain itself. */
function inside({ collection }: Submanifest, reference: string, context: ItemContext2004): ItemContext2004 {
  return { ...context, collection, submanifest: (wanted) => (wanted === reference ? undefined : context.submanifest(wanted)) };
}

function hiddenControls(item: XmlElement, { findings }: ItemContext): Control[] {
  const presentation = childOf(item, "presentation");
  const section = presentation && childOf(presentation, "navigationInterface");
  return (section ? childrenOf(section, "hideLMSUI") : []).flatMap((element) => {
    const said = element.text.trim();
    const control = controls.find((one) => one === said);
    if (!control) findings.say("scorm_value_invalid", element, { said, name: element.name, wanted: `one of ${controls.join(", ")}` });
    return control ?? [];
  });
}

function timeLimitAction(item: XmlElement, { findings }: ItemContext): string {
  const found = adlText(item, "timeLimitAction", findings);
  const action = found?.text.replace(/\s*,\s*/g, ",") ?? "";
  if (!found || action === "" || timeLimitActions.includes(action)) return action;
  findings.say("scorm_value_invalid", found.element, { said: found.text, name: found.element.name, wanted: `one of ${timeLimitActions.join("; ")}` });
  return "";
}

function sharedData(item: XmlElement, { findings }: ItemContext): Bucket[] {
  const section = childOf(item, "data");
  return (section ? childrenOf(section, "map") : []).map((element) => {
    const attributes = attributesOf(element, findings);
    return { id: identifierOf(element, "targetID", findings), read: attributes.truth("readSharedData", true), write: attributes.truth("writeSharedData", true) };
  });
}
