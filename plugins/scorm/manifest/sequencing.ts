import type { XmlElement } from "cadre";
import { defaultSequencing, postConditionActions, preConditionActions, type Sequencing } from "../runtime/sequencing/definition.ts";
import { attributesOf } from "./attributes.ts";
import type { Findings } from "./diagnostics.ts";
import { parseTimespan } from "../runtime/scorm2004/timespan.ts";
import { childOf } from "./elements.ts";
import type { SequencingParts } from "./sequencing-collection.ts";
import { readObjectives } from "./sequencing-objectives.ts";
import { readRollupConsiderations, readRollupRules } from "./sequencing-rollup.ts";
import { readRules } from "./sequencing-rules.ts";

/** An activity's sequencing with what only its content is told. */
export interface ReadSequencing {
  sequencing: Sequencing;
  /** attemptAbsoluteDurationLimit as written, "" for none: cmi.max_time_allowed. */
  maxTimeAllowed: string;
}

const timings = ["never", "once", "onEachNewAttempt"] as const;

/** Reads imsss:sequencing with its ADL extensions; `thresholds` is the item's adlcp:completionThreshold. What is not said gets its default. */
export function readSequencing(parts: SequencingParts, thresholds: XmlElement | undefined, findings: Findings): ReadSequencing {
  const otherwise = defaultSequencing();
  const rules = parts("sequencingRules");
  const limits = attributesOf(parts("limitConditions"), findings);
  const maxTimeAllowed = limits.duration("attemptAbsoluteDurationLimit") ?? "";
  const objectives = readObjectives(parts("objectives"), parts("objectives", "adlseq"), findings);
  const known = new Set(objectives.map(({ id }) => id));
  const sequencing: Sequencing = {
    controlMode: readControlMode(parts("controlMode"), otherwise.controlMode, findings),
    constrainedChoice: readTruths(parts("constrainedChoiceConsiderations"), otherwise.constrainedChoice, findings),
    preConditionRules: readRules(rules, "preConditionRule", preConditionActions, known, findings),
    exitConditionRules: readRules(rules, "exitConditionRule", ["exit"], known, findings),
    postConditionRules: readRules(rules, "postConditionRule", postConditionActions, known, findings),
    limits: { attemptLimit: limits.count("attemptLimit", null), attemptAbsoluteDurationMs: parseTimespan(maxTimeAllowed) },
    ...readRollupRules(parts("rollupRules"), findings),
    rollupConsiderations: readRollupConsiderations(parts("rollupConsiderations"), findings),
    objectives,
    randomization: readRandomization(parts("randomizationControls"), findings),
    deliveryControls: readTruths(parts("deliveryControls"), otherwise.deliveryControls, findings),
    completion: readCompletion(thresholds, findings),
  };
  return { sequencing, maxTimeAllowed };
}

/** A section of nothing but truth values, each with its default. */
function readTruths<Section extends Record<string, boolean>>(element: XmlElement | undefined, otherwise: Section, findings: Findings): Section {
  const attributes = attributesOf(element, findings);
  return Object.fromEntries(Object.entries(otherwise).map(([name, value]) => [name, attributes.truth(name, value)])) as Section;
}

const readControlMode = readTruths<Sequencing["controlMode"]>;

function readRandomization(element: XmlElement | undefined, findings: Findings): Sequencing["randomization"] {
  const attributes = attributesOf(element, findings);
  return {
    selectionTiming: attributes.word("selectionTiming", timings, "never"),
    selectCount: attributes.count("selectCount", null),
    randomizationTiming: attributes.word("randomizationTiming", timings, "never"),
    reorderChildren: attributes.truth("reorderChildren", false),
  };
}

/** 4th edition: three attributes. Before it, the element's text was the threshold of the content's own progress measure. */
function readCompletion(element: XmlElement | undefined, findings: Findings): Sequencing["completion"] {
  const attributes = attributesOf(element, findings);
  return {
    completedByMeasure: attributes.truth("completedByMeasure", false),
    minProgressMeasure: attributes.number("minProgressMeasure", 0, 1, 1),
    progressWeight: attributes.number("progressWeight", 0, 1, 1),
  };
}

/** The adlcp:completionThreshold of an item. */
export function thresholdsOf(item: XmlElement): XmlElement | undefined {
  return childOf(item, "completionThreshold");
}
