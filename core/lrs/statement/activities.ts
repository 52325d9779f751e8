import { arrayOf, extensions, iri, isObject, languageMap, note, object, oneOf, text, type Check } from "./shape.ts";

/** An Activity with or without its definition (Data 2.4.4.1). */
export const activity: Check = (value, pointer, exam) => activityShape(value, pointer, exam);

/** The kinds of interaction (Data 2.4.4.1). */
const interactionTypes = [
  "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other",
];

/** The lists of components a definition may have, and the interaction members that need an interactionType. */
const componentLists = ["choices", "scale", "source", "target", "steps"];

const clause = "Data 2.4.4.1";
const componentShape = object(clause, { id: text(clause), description: languageMap }, ["id"]);
const componentArray = arrayOf(clause, componentShape);

const components: Check = (value, pointer, exam) => {
  componentArray(value, pointer, exam);
  if (!Array.isArray(value)) return;
  const seen = new Set<unknown>();
  value.forEach((component: unknown, index) => {
    if (!isObject(component) || typeof component.id !== "string") return;
    if (seen.has(component.id)) note(exam, `${pointer}/${index}/id`, "duplicate_id", clause, "must be distinct within its list");
    seen.add(component.id);
  });
};

const definitionShape = object(clause, {
  name: languageMap,
  description: languageMap,
  type: iri(clause),
  moreInfo: iri(clause),
  extensions,
  interactionType: oneOf(clause, ...interactionTypes),
  correctResponsesPattern: arrayOf(clause, text(clause)),
  ...Object.fromEntries(componentLists.map((list) => [list, components])),
});

const definition: Check = (value, pointer, exam) => {
  definitionShape(value, pointer, exam);
  if (!isObject(value) || value.interactionType !== undefined) return;
  const used = ["correctResponsesPattern", ...componentLists].find((name) => value[name] !== undefined);
  if (used) note(exam, `${pointer}/interactionType`, "missing_property", clause, `is missing, while ${used} is there`);
};

const activityShape = object(clause, { objectType: oneOf(clause, "Activity"), id: iri(clause), definition }, ["id"]);
