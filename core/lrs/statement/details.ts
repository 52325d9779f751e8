import { activity } from "./activities.ts";
import { actor, agent, group } from "./agents.ts";
import { isDuration, isIri, isLanguageTag, isMediaType, isSha2, isUuid } from "./formats.ts";
import { arrayOf, bool, extensions, iri, isObject, languageMap, note, number, object, oneOf, text, wrongType, type Check } from "./shape.ts";

/** A pointer to another statement, there or not (Data 2.4.4.3). */
export const statementRef: Check = object(
  "Data 2.4.4.3",
  { objectType: oneOf("Data 2.4.4.3", "StatementRef"), id: text("Data 4.4", "a UUID", isUuid) },
  ["objectType", "id"],
);

const scoreShape = object("Data 2.4.5.1", Object.fromEntries(["scaled", "raw", "min", "max"].map((name) => [name, number("Data 2.4.5.1")])));

const score: Check = (value, pointer, exam) => {
  scoreShape(value, pointer, exam);
  if (!isObject(value)) return;
  const { scaled, raw, min, max } = value;
  const above = (one: unknown, other: unknown) => typeof one === "number" && typeof other === "number" && one > other;
  if (above(scaled, 1) || above(-1, scaled)) note(exam, `${pointer}/scaled`, "out_of_range", "Data 2.4.5.1", "must be between -1 and 1");
  if (above(raw, max) || above(min, raw)) note(exam, `${pointer}/raw`, "out_of_range", "Data 2.4.5.1", "must be between min and max");
  if (above(min, max) || (typeof min === "number" && min === max)) note(exam, `${pointer}/min`, "out_of_range", "Data 2.4.5.1", "must be less than max");
};

/** A measured outcome (Data 2.4.5). */
export const result: Check = object("Data 2.4.5", {
  score,
  success: bool("Data 2.4.5"),
  completion: bool("Data 2.4.5"),
  response: text("Data 2.4.5"),
  duration: text("Data 4.6", "an ISO 8601 duration", isDuration),
  extensions,
});

const activityArray = arrayOf("Data 2.4.6.2", activity);
const oneOrMore: Check = (value, pointer, exam) => (isObject(value) ? activity : activityArray)(value, pointer, exam);

const relevantTypes = arrayOf("IEEE 9274.1.1 4.2.2.5", text("IEEE 9274.1.1 4.2.2.5", "an IRI with a scheme", isIri), { nonEmpty: true });

function related(type: "contextAgent" | "contextGroup", name: "agent" | "group", check: Check): Check {
  const clause = "IEEE 9274.1.1 4.2.2.5";
  const list = arrayOf(clause, object(clause, { objectType: oneOf(clause, type), [name]: check, relevantTypes }, ["objectType", name]));
  return (value, pointer, exam) => {
    if (exam.version === "1.0.3") note(exam, pointer, "unknown_property", "Data 2.2", "is not known in xAPI 1.0.3");
    else list(value, pointer, exam);
  };
}

/** What gives a statement its meaning (Data 2.4.6; contextAgents and contextGroups since 2.0). */
export const context: Check = object("Data 2.4.6", {
  registration: text("Data 4.4", "a UUID", isUuid),
  instructor: actor,
  team: group,
  contextActivities: object("Data 2.4.6.2", { parent: oneOrMore, grouping: oneOrMore, category: oneOrMore, other: oneOrMore }),
  contextAgents: related("contextAgent", "agent", agent),
  contextGroups: related("contextGroup", "group", group),
  revision: text("Data 2.4.6"),
  platform: text("Data 2.4.6"),
  language: text("Data 2.4.6", "a language tag of RFC 5646", isLanguageTag),
  statement: statementRef,
  extensions,
});

const length: Check = (value, pointer, exam) => {
  if (typeof value !== "number") wrongType(exam, pointer, "Data 2.4.11", "an integer", value);
  else if (!Number.isInteger(value) || value < 0) note(exam, pointer, "invalid_value", "Data 2.4.11", "must be a whole number of octets");
};

/** What is told of each attachment; its bytes come apart (Data 2.4.11). */
export const attachments: Check = arrayOf(
  "Data 2.4.11",
  object(
    "Data 2.4.11",
    {
      usageType: iri("Data 2.4.11"),
      display: languageMap,
      description: languageMap,
      contentType: text("Data 2.4.11", "an Internet media type", isMediaType),
      length,
      sha2: text("Data 2.4.11", "a SHA-2 in hexadecimal", isSha2),
      fileUrl: iri("Data 2.4.11"),
    },
    ["usageType", "display", "contentType", "length", "sha2"],
  ),
);
