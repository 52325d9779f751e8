import { t, type Static } from "../kernel/schema.ts";

/** When a course is completed; part of each version. Items are named by their key. */
export const completionRuleSchema = t.Union([
  t.Object({ type: t.Literal("all-required") }, { title: "Every required item" }),
  t.Object({ type: t.Literal("items"), keys: t.Array(t.Id(), { minItems: 1, maxItems: 1000, uniqueItems: true }) }, { title: "These items" }),
  t.Object({ type: t.Literal("count"), atLeast: t.Integer({ minimum: 1, maximum: 10_000 }) }, { title: "So many items, whichever" }),
  t.Object({ type: t.Literal("score"), itemKey: t.Id(), atLeast: t.Number({ minimum: 0, maximum: 1, description: "A scaled score of 0 to 1." }) }, { title: "A score in one item" }),
]);
export type CompletionRule = Static<typeof completionRuleSchema>;

/** What a rule needs to know of an item. */
export interface CountedItem {
  key: string;
  required: boolean;
}

/** What a rule needs to know of a learner's progress in one item. */
export interface ItemProgress {
  completed: boolean;
  /** Scaled, 0 to 1; null without a score. */
  score: number | null;
}

/** Whether the course is completed. Items that are not in `progressByKey` were not begun. Pure. */
export function isComplete(rule: CompletionRule, items: readonly CountedItem[], progressByKey: ReadonlyMap<string, ItemProgress>): boolean {
  if (rule.type === "score") return (progressByKey.get(rule.itemKey)?.score ?? -1) >= rule.atLeast;
  const { counted, needed } = goalOf(rule, items);
  return needed > 0 && completedAmong(counted, progressByKey) >= needed;
}

/** How far towards completion, 0 to 1, for progress bars; 1 exactly when `isComplete`. Pure. */
export function progressOf(rule: CompletionRule, items: readonly CountedItem[], progressByKey: ReadonlyMap<string, ItemProgress>): number {
  if (isComplete(rule, items, progressByKey)) return 1;
  const { counted, needed } = goalOf(rule, items);
  if (needed === 0) return 0;
  return Math.min(completedAmong(counted, progressByKey) / needed, 0.99);
}

/** The keys a rule names, which must be items of its version. */
export function keysOf(rule: CompletionRule): readonly string[] {
  if (rule.type === "items") return rule.keys;
  return rule.type === "score" ? [rule.itemKey] : [];
}

/** Which items count, and how many of them are needed. Without a required item, every item counts. */
function goalOf(rule: CompletionRule, items: readonly CountedItem[]): { counted: readonly CountedItem[]; needed: number } {
  if (rule.type === "items") {
    const counted = items.filter(({ key }) => rule.keys.includes(key));
    return { counted, needed: rule.keys.length };
  }
  if (rule.type === "count") return { counted: items, needed: rule.atLeast };
  const required = items.filter((item) => item.required);
  const counted = required.length > 0 ? required : items;
  return { counted, needed: counted.length };
}

function completedAmong(items: readonly CountedItem[], progressByKey: ReadonlyMap<string, ItemProgress>): number {
  return items.filter(({ key }) => progressByKey.get(key)?.completed === true).length;
}
