import type { XmlElement } from "cadre";
import { primaryObjective, type Objective, type ObjectiveField, type ObjectiveMap } from "../runtime/sequencing/definition.ts";
import { attributesOf, numberWithin } from "./attributes.ts";
import type { Findings } from "./diagnostics.ts";
import { childOf, childrenOf, identifierOf } from "./elements.ts";

/** How maps name what they carry: imsss:mapInfo the first two, adlseq:mapInfo the others. */
const carried: Record<"imsss" | "adlseq", [name: string, field: ObjectiveField][]> = {
  imsss: [
    ["SatisfiedStatus", "satisfied"],
    ["NormalizedMeasure", "measure"],
  ],
  adlseq: [
    ["RawScore", "raw"],
    ["MinScore", "min"],
    ["MaxScore", "max"],
    ["CompletionStatus", "completed"],
    ["ProgressMeasure", "progress"],
  ],
};

/** Reads imsss:objectives, the primary one first, and joins the maps of adlseq:objectives (4th edition) to them. */
export function readObjectives(section: XmlElement | undefined, extension: XmlElement | undefined, findings: Findings): Objective[] {
  const primary = section && childOf(section, "primaryObjective");
  const objectives = [primary ? readObjective(primary, findings) : primaryObjective()];
  for (const element of section ? childrenOf(section, "objective") : []) {
    const objective = readObjective(element, findings);
    const repeated = objectives.some(({ id }) => id === objective.id);
    if (repeated) findings.say("scorm_objective_repeated", element, { identifier: objective.id });
    else objectives.push(objective);
  }
  for (const element of extension ? childrenOf(extension, "objective") : []) {
    const wanted = identifierOf(element, "objectiveID", findings);
    const objective = objectives.find(({ id }) => id === wanted);
    if (objective) objective.maps.push(...readMaps(element, "adlseq", findings));
    else findings.say("scorm_objective_unknown", element, { wanted, meant: "its maps are left out" });
  }
  return objectives;
}

function readObjective(element: XmlElement, findings: Findings): Objective {
  const id = identifierOf(element, "objectiveID", findings);
  const maps = readMaps(element, "imsss", findings);
  if (id === "" && maps.length > 0) findings.say("scorm_objective_id_missing", element);
  return {
    id,
    primary: element.name === "primaryObjective",
    satisfiedByMeasure: attributesOf(element, findings).truth("satisfiedByMeasure", false),
    minNormalizedMeasure: minMeasure(element, findings),
    maps,
  };
}

function minMeasure(element: XmlElement, findings: Findings): number {
  const child = childOf(element, "minNormalizedMeasure");
  if (!child) return 1;
  const said = child.text.trim();
  const measure = numberWithin(said, -1, 1);
  if (measure === undefined) findings.say("scorm_value_invalid", child, { said, name: child.name, wanted: "a number from -1 to 1" });
  return measure ?? 1;
}

/** Reading is the rule, writing the exception (imsss:mapInfo and adlseq:mapInfo, defaults of their attributes). */
function readMaps(element: XmlElement, kind: "imsss" | "adlseq", findings: Findings): ObjectiveMap[] {
  return childrenOf(element, "mapInfo").map((map) => {
    const attributes = attributesOf(map, findings);
    const fields = (way: "read" | "write") => carried[kind].flatMap(([name, field]) => (attributes.truth(`${way}${name}`, way === "read") ? [field] : []));
    return { target: identifierOf(map, "targetObjectiveID", findings), read: fields("read"), write: fields("write") };
  });
}
