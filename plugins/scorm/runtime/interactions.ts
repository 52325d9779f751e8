import type { Values } from "./session-state.ts";

/** One record of cmi.interactions with those of its members that are single values, as the content wrote it. */
export type Interaction<Member extends string> = { index: number; objectives: string[]; patterns: string[] } & Partial<Record<Member, string>>;

/** The interactions in their order. */
export function interactionsIn<Member extends string>({ cmi, counts }: Values, members: readonly Member[]): Interaction<Member>[] {
  return indexes(counts["cmi.interactions"]).map((index) => {
    const record = `cmi.interactions.${index}`;
    const list = (array: string, member: string) => indexes(counts[`${record}.${array}`]).map((m) => cmi[`${record}.${array}.${m}.${member}`] ?? "");
    const said = Object.fromEntries(members.map((member) => [member, cmi[`${record}.${member}`]])) as Partial<Record<Member, string>>;
    return { index, ...said, objectives: list("objectives", "id"), patterns: list("correct_responses", "pattern") };
  });
}

/** The indexes of an array of this length. */
export function indexes(count = 0): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
