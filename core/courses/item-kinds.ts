import { CadreError, refuse, type Problem } from "../kernel/errors.ts";
import type { Context } from "../kernel/context.ts";
import type { Host } from "../kernel/host.ts";
import { checker, type Static, type TSchema } from "../kernel/schema.ts";

/**
 * A kind of item that courses are made of. What it means to learn one (how it is opened, when it is done) is added to this
 * interface by the learning part, by declaration merging.
 */
export interface ItemKind<Content = unknown> {
  /** What people call it: "Reading". */
  label: string;
  /** A name of core/pages/icons.ts. */
  icon: string;
  /** The shape of an item's content. */
  content: TSchema;
  /** `inside` is shown on a page of the site, `player` in the player's frame. */
  opens: "inside" | "player";
  /** Whether learning one gives a score that a completion rule can ask for. */
  scored?: boolean;
  /** What keeps this content from being published; pointers are relative to the content, messages go on after the item's title. */
  check?(ctx: Context, content: Content): Promise<Problem[]> | Problem[];
  /** What keeps whoever asks from putting this content into a course of theirs; pointers as in `check`. */
  permit?(ctx: Context, content: Content, place: { courseId: string }): Promise<Problem[]> | Problem[];
  /** The title of an item that was added without one. */
  title?(ctx: Context, content: Content): Promise<string> | string;
  /** A few words beside the item in the editor: "SCORM 1.2, 12 MB". */
  note?(ctx: Context, content: Content): Promise<string | null> | string | null;
  /** Where an instructor edits such an item; unless told the page for title, time and whether it counts. */
  editHref?(place: { courseId: string; itemKey: string }): string;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Kinds of items for courses, by name: `page`, `package`, `quiz`. */
    itemKinds?: Record<string, ItemKind<never>>;
  }
}

/** Gives a kind the type of its content. */
export function itemKind<S extends TSchema>(kind: Omit<ItemKind<Static<S>>, "content"> & { content: S }): ItemKind<never> {
  return kind;
}

const known = new WeakMap<Host, ReadonlyMap<string, ItemKind>>();

/** Every kind of this site, by name. */
export function itemKindsOf({ site: { host } }: Context): ReadonlyMap<string, ItemKind> {
  let kinds = known.get(host);
  if (!kinds) {
    kinds = new Map(host.contributions<Record<string, ItemKind>>("itemKinds").flatMap(({ value }) => Object.entries(value)));
    known.set(host, kinds);
  }
  return kinds;
}

/** The content as its kind wants it, defaults filled in. @throws unknown_item_kind, invalid_input (422, pointers below `/content`) */
export function checkContent(ctx: Context, kind: string, content: unknown): Record<string, unknown> {
  const found = itemKindsOf(ctx).get(kind);
  if (!found) {
    throw refuse("unknown_item_kind", `No plugin of this site has items of the kind "${kind}".`, {
      status: 422,
      problems: [{ pointer: "/kind", code: "unknown_item_kind", message: `must be one of ${[...itemKindsOf(ctx).keys()].join(", ")}` }],
    });
  }
  const problems = contentProblems(found, content);
  if (problems.length === 0) return content as Record<string, unknown>;
  throw new CadreError("invalid_input", `The content is no ${found.label.toLowerCase()}: ${problems[0]?.pointer} ${problems[0]?.message}.`, { status: 422, problems });
}

/** @throws invalid_input (422, pointers below `/content`) where this person may not put this content into the course */
export async function permitContent(ctx: Context, courseId: string, kind: string, content: Record<string, unknown>): Promise<void> {
  const problems = (await itemKindsOf(ctx).get(kind)?.permit?.(ctx, content, { courseId })) ?? [];
  const [first] = problems;
  if (first) throw new CadreError("invalid_input", `This can't be put into the course: ${first.message}`, { status: 422, problems: problems.map((problem) => ({ ...problem, pointer: `/content${problem.pointer}` })) });
}

/** What does not fit the kind's schema, pointers below `/content`. */
export function contentProblems(kind: ItemKind, content: unknown): Problem[] {
  try {
    checker(kind.content)(content, "content");
  } catch (error) {
    return (error as CadreError).problems.map((problem) => ({ ...problem, pointer: `/content${problem.pointer}` }));
  }
  if (!JSON.stringify(content).includes("\\u0000")) return [];
  return [{ pointer: "/content", code: "pattern", message: "must not hold the character U+0000" }];
}

/** What boot finds wrong with a plugin's kinds. */
export function badItemKinds(value: unknown): string[] {
  return Object.entries(value as Record<string, Partial<ItemKind> | undefined>).flatMap(([name, kind]) => [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? [] : [`"${name}" is no kebab-case name`]),
    ...(kind?.label ? [] : [`${name} has no label`]),
    ...(typeof kind?.content === "object" ? [] : [`${name} has no schema of its content`]),
    ...(kind?.opens === "inside" || kind?.opens === "player" ? [] : [`${name} must open "inside" or in the "player"`]),
  ]);
}
