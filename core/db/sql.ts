import { createHash } from "node:crypto";

/** SQL text with its values apart, ready for PostgreSQL's own protocol. Made by `sql`, never from strings of strangers. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The prepared statement's name; undefined when the text was put together at run time. */
  readonly name?: string;
}

class Statement implements Sql {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
  constructor(text: string, values: readonly unknown[], name?: string) {
    this.text = text;
    this.values = values;
    this.name = name;
  }
}

const prepared = new WeakMap<TemplateStringsArray, { text: string; name: string }>();

/**
 * sql`select * from course where id = ${id}`: values become parameters, nested `sql` becomes text.
 * Without nested parts the statement is prepared once per connection.
 */
export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Sql {
  if (!parts.some((part) => part instanceof Statement)) {
    let known = prepared.get(strings);
    if (!known) {
      const text = strings.reduce((sofar, next, index) => `${sofar}$${index}${next}`);
      known = { text, name: nameOf(text) };
      prepared.set(strings, known);
    }
    return new Statement(known.text, parts, known.name);
  }
  const values: unknown[] = [];
  let text = strings[0] ?? "";
  parts.forEach((part, index) => {
    text += (part instanceof Statement ? renumbered(part, values) : `$${values.push(part)}`) + (strings[index + 1] ?? "");
  });
  return new Statement(text, values);
}

/** Text as it stands: for names and fragments written in our own code only. */
sql.raw = (text: string): Sql => new Statement(text, []);

/** A quoted identifier. */
sql.id = (...names: string[]): Sql => new Statement(names.map((name) => `"${name.replaceAll('"', '""')}"`).join("."), []);

/** The same, prepared once per connection: for text that is put together, and comes in few forms only. */
sql.prepared = ({ text, values }: Sql): Sql => new Statement(text, values, nameOf(text));

/** Parts with a separator between them; `sql.raw("")` when there is none. */
sql.join = (parts: readonly Sql[], separator = ", "): Sql => {
  const values: unknown[] = [];
  return new Statement(parts.map((part) => renumbered(part, values)).join(separator), values);
};

const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = createHash("sha1").update(text).digest("hex").slice(0, 24)));
  return name;
}

function renumbered(part: Sql, values: unknown[]): string {
  const offset = values.length;
  values.push(...part.values);
  return part.text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + offset}`);
}
