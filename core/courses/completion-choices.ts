import { isDeepStrictEqual } from "node:util";
import type { CompletionRule } from "./completion.ts";
import type { ItemKind } from "./item-kinds.ts";
import type { CourseItem, Row } from "./model.ts";

type Titled = Pick<Row<CourseItem>, "key" | "title" | "kind">;

/** Rules to choose from in the editor, and the present one even where it came from elsewhere; the value is the rule as JSON. Pure. */
export function completionChoices(current: CompletionRule, items: readonly Titled[], kinds: ReadonlyMap<string, ItemKind>): { value: string; label: string }[] {
  const scored = items.filter(({ kind }) => kinds.get(kind)?.scored);
  const rules: CompletionRule[] = [
    { type: "all-required" },
    ...(items.length > 1 ? [{ type: "count" as const, atLeast: 1 }] : []),
    ...scored.flatMap(({ key }) => [0.7, 0.8, 0.9].map((atLeast) => ({ type: "score" as const, itemKey: key, atLeast }))),
  ];
  const present = rules.findIndex((rule) => isDeepStrictEqual(rule, current));
  if (present >= 0) rules[present] = current;
  else rules.push(current);
  return rules.map((rule) => ({ value: JSON.stringify(rule), label: labelOf(rule, items) }));
}

/** A rule in words. Pure. */
function labelOf(rule: CompletionRule, items: readonly Titled[]): string {
  const titleOf = (key: string): string => items.find((item) => item.key === key)?.title ?? "an item that is gone";
  if (rule.type === "all-required") return "Every required item is completed";
  if (rule.type === "count") return rule.atLeast === 1 ? "Any one item is completed" : `Any ${rule.atLeast} items are completed`;
  if (rule.type === "score") return `Score of ${Math.round(rule.atLeast * 100)}% or more in “${titleOf(rule.itemKey)}”`;
  return `Completed: ${rule.keys.map(titleOf).join(", ")}`;
}
