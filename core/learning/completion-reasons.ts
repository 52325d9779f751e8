import type { CompletionRule } from "../courses/completion.ts";
import { isItemDone, type OutlineItem } from "./outline.ts";

/** What a completion rule asks for, item by item where it does, and whether it is met. Pure. */
export function reasonsOf(rule: CompletionRule, items: readonly OutlineItem[]): { text: string; met: boolean }[] {
  const done = items.filter(({ status }) => isItemDone(status));
  if (rule.type === "count") return [{ text: `${done.length} of ${rule.atLeast} items completed`, met: done.length >= rule.atLeast }];
  if (rule.type === "score") {
    const item = items.find(({ key }) => key === rule.itemKey);
    return [{ text: `${Math.round(rule.atLeast * 100)}% or more in ${item?.title ?? "an item that is gone"}`, met: (item?.score ?? -1) >= rule.atLeast }];
  }
  const required = items.filter((item) => item.required);
  const counted = rule.type === "items" ? items.filter(({ key }) => rule.keys.includes(key)) : required.length > 0 ? required : items;
  return [{ text: sentence(rule.type === "items" || required.length < items.length, counted.length), met: counted.length > 0 && counted.every(({ status }) => isItemDone(status)) }];
}

function sentence(chosen: boolean, count: number): string {
  if (count === 1) return chosen ? "The required item completed" : "The item completed";
  return chosen ? `All ${count} required items completed` : `All ${count} items completed`;
}
