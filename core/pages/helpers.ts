import Handlebars, { type HelperOptions } from "handlebars";
import { cover } from "./cover.ts";
import { icons } from "./icons.ts";
import { renderMarkdown } from "./markdown.ts";
import { statusOf } from "./statuses.ts";
import { ago, date, dateTime, duration, percent, time } from "./words.ts";

/** What a helper may read of the page around it: `@root.page`, where the server put it. */
interface PageRoot {
  page?: { assets?: Record<string, string>; slots?: Record<string, readonly unknown[]>; now?: Date | string; timeZone?: string };
}

type When = Date | string | null | undefined;

const { SafeString, escapeExpression } = Handlebars;
const pageOf = (options: HelperOptions) => (options.data as { root?: PageRoot } | undefined)?.root?.page ?? {};
const given = (values: unknown[]) => values.slice(0, -1);

/**
 * The helpers of every page template, all pure. They answer with text, which handlebars escapes; the few that answer with
 * markup (times, icons, statuses, covers, markdown, slots) escape every value they put into it.
 */
export const helpers = {
  eq: (a: unknown, b: unknown) => a === b,
  not: (value: unknown) => !truthy(value),
  and: (...values: unknown[]) => given(values).every(truthy),
  /** The first that is not empty, else the last: `{{or form.values.next "/"}}`. */
  or: (...values: unknown[]) => given(values).find(truthy) ?? given(values).at(-1),
  /** Whether a list holds a value: `{{#if (includes scopes "read")}}`. */
  includes: (list: unknown, value: unknown) => Array.isArray(list) && list.includes(value),
  /** 1284 as "1,284". */
  count: (value: number) => value.toLocaleString("en"),
  /** `{{plural 3 "item" "items"}}`: "3 items". */
  plural: (count: number, one: string, other: string) => `${count.toLocaleString("en")} ${count === 1 ? one : other}`,
  /** A ratio of 0 to 1 as "82%"; a dash when there is none. */
  percent,
  /** A ratio of 0 to 1 as the whole number that `<progress max="100">` wants. */
  outOf100: (ratio: number | null | undefined) => Math.round(clamp(ratio ?? 0) * 100),
  /** Milliseconds as "1 h 20 min". */
  duration,
  date: (value: When, options: HelperOptions) => timeElement(value, date(value, pageOf(options).timeZone), "date"),
  time: (value: When, options: HelperOptions) => timeElement(value, time(value, pageOf(options).timeZone), "time"),
  dateTime: (value: When, options: HelperOptions) => timeElement(value, dateTime(value, pageOf(options).timeZone), "datetime"),
  /** "5 minutes ago" by the page's own clock, `page.now`; the date when it is more than a month. */
  ago: (value: When, options: HelperOptions) => timeElement(value, ago(value, pageOf(options).now, pageOf(options).timeZone), "ago"),
  /** A value as indented JSON text, for `<pre>`. */
  json: (value: unknown) => JSON.stringify(value, null, 2) ?? "null",
  /** A drawing of icons.ts, hidden from screen readers: say the word beside it. @throws Error for an unknown name. */
  icon: (name: string) => {
    const icon = drawn.get(name);
    if (icon === undefined) throw new Error(`There is no icon "${name}".`);
    return icon;
  },
  /** A state such as "in-progress" as a badge: tone, icon and word, so that no meaning hangs on colour alone. */
  status: (state: string) => {
    const { tone, label, icon } = statusOf(state);
    return new SafeString(`<span class="badge ${tone}">${String(helpers.icon(icon))}${escapeExpression(label)}</span>`);
  },
  /** The icon of a state alone, with its word for screen readers. */
  statusIcon: (state: string) => {
    const { tone, label, icon } = statusOf(state);
    return new SafeString(`<span class="big-icon tone-${tone}">${String(helpers.icon(icon))}<span class="unseen">${escapeExpression(label)}</span></span>`);
  },
  /** How far somebody is, 0 to 1, as a bar with its words: `{{progressBar progress label=title}}`. */
  progressBar: (ratio: number | null | undefined, options: HelperOptions) => {
    const words = percent(ratio);
    const bar = `<progress max="100" value="${helpers.outOf100(ratio)}" aria-label="${escapeExpression(options.hash.label as string)}">${words}</progress>`;
    return new SafeString(`<span class="bar-line${ratio === 1 ? " done" : ""}">${bar}<span>${words}</span></span>`);
  },
  /** A course's picture, drawn from its slug and the same every time. */
  cover: (seed: string, options: HelperOptions) => new SafeString(cover(seed, options.hash.thumb === true)),
  /** What the plugins put into a place of the page, rendered beforehand: `page.slots[name]`. Plain strings are escaped. */
  slot: (name: string, options: HelperOptions) => new SafeString((pageOf(options).slots?.[name] ?? []).map((part) => escapeExpression(part as string)).join("\n")),
  /** The address of a file of ours, with its content's hash: `page.assets[name]`. */
  asset: (name: string, options: HelperOptions) => pageOf(options).assets?.[name] ?? `/assets/${name}`,
  /** An author's markdown as HTML: no raw HTML, no script addresses, headings one level down (the page has the first). */
  markdown: (source: string | null | undefined) => new SafeString(renderMarkdown(source ?? "")),
  /** What is wrong with one field of a form, or "": `{{problemOf form "email"}}`. */
  problemOf: (form: { problems?: { field: string; message: string }[] } | undefined, field: string) =>
    form?.problems?.find((problem) => problem.field === field)?.message ?? "",
};

/** Joined and not added up: a string in pieces is put together anew by every page that holds it. */
const drawn = new Map(
  Object.entries(icons).map(([name, path]) => [name, new SafeString(['<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="', path, '"/></svg>'].join(""))]),
);

function truthy(value: unknown): boolean {
  return !Handlebars.Utils.isEmpty(value) && value !== 0;
}

function clamp(ratio: number): number {
  return Math.min(1, Math.max(0, ratio));
}

function timeElement(value: When, words: string, kind: string): unknown {
  if (value === null || value === undefined) return "–";
  return new SafeString(`<time datetime="${new Date(value).toISOString()}" data-as="${kind}">${escapeExpression(words)}</time>`);
}
