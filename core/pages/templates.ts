import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import Handlebars from "handlebars";
import { CadreError } from "../kernel/errors.ts";

/** Templates by name: `pages/course`, `layouts/main`, `partials/field`, `mail/welcome`; a plugin's: `stripe/receipts`. */
export interface Templates {
  has(name: string): boolean;
  /** @throws no_such_template */
  render(name: string, data: object): string;
  /** The slots a template has, its layout and partials included. */
  slotsOf(name: string): readonly string[];
}

/** Where templates are: `prefix` is "" for the core's, the plugin's name with a slash for a plugin's. */
export interface TemplateFolder {
  path: string;
  prefix: string;
}

type Node = { type?: string; escaped?: boolean; path?: { original?: string }; name?: { original?: string }; params?: { value?: unknown }[]; loc?: { start: { line: number } } };

/**
 * Reads and compiles every template; a later folder's replaces an earlier one's of the same name (overrides).
 * @throws bad_template naming file and line: a syntax error, or `{{{` and `{{&`, which would let markup through
 */
export function loadTemplates(folders: readonly TemplateFolder[], helpers: Record<string, Handlebars.HelperDelegate>): Templates {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  const parsed = new Map<string, { slots: string[]; partials: string[] }>();
  const compiled = new Map<string, Handlebars.TemplateDelegate>();
  for (const { name, file } of folders.flatMap(templateFiles)) {
    const { program, ...named } = inspectFile(file);
    parsed.set(name, named);
    const template = handlebars.compile(program, { ...compiling(helpers), noEscape: name.endsWith(".txt") });
    handlebars.registerPartial(name, template);
    compiled.set(name, template);
  }
  const slotsOf = (name: string, seen = new Set<string>()): string[] => {
    const node = parsed.get(name);
    if (!node || seen.has(name)) return [];
    seen.add(name);
    return [...node.slots, ...node.partials.flatMap((partial) => slotsOf(partial, seen))];
  };
  const slots = new Map([...parsed.keys()].map((name) => [name, slotsOf(name)]));
  return {
    has: (name) => compiled.has(name),
    render(name, data) {
      const template = compiled.get(name);
      if (!template) throw new CadreError("no_such_template", `There is no template ${name}.`, { status: 500 });
      return template(data, { allowProtoMethodsByDefault: false, allowProtoPropertiesByDefault: false });
    },
    slotsOf: (name) => slots.get(name) ?? [],
  };
}

/** How templates are compiled: whatever is none of these helpers is a member of the data, so that no page asks again at every place. */
export function compiling(helpers: Record<string, Handlebars.HelperDelegate>): CompileOptions {
  return { preventIndent: true, knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])), knownHelpersOnly: true };
}

/** The files of a folder with the names of what is in them; none where there is no such folder. */
export function templateFiles({ path, prefix }: TemplateFolder): { name: string; file: string }[] {
  return filesBelow(path).map((file) => ({ name: prefix + relative(path, file).replace(/\.hbs$/, "").replaceAll("\\", "/"), file }));
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? (entry.name === "overrides" ? [] : filesBelow(join(folder, entry.name))) : entry.name.endsWith(".hbs") ? [join(folder, entry.name)] : []))
    .sort();
}

/** A template as it is compiled, with the slots and partials it names. */
export interface Inspected {
  program: hbs.AST.Program;
  slots: string[];
  partials: string[];
}

const known = new Map<string, Inspected>();

/** A file's template; the same text is parsed once. @throws bad_template */
export function inspectFile(file: string): Inspected {
  const source = readFileSync(file, "utf8").replace(/\r\n/g, "\n");
  const found = known.get(source) ?? inspect(file, source);
  known.set(source, found);
  return found;
}

/** What a template is and names; `file` is how a fault names it. @throws bad_template */
export function inspect(file: string, source: string): Inspected {
  const slots: string[] = [];
  const partials: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    const node = value as Node;
    if (node.type === "MustacheStatement" && node.escaped === false) {
      throw new CadreError("bad_template", `${file}, line ${node.loc?.start.line}: unescaped output ({{{ or {{&) is not allowed.`, { status: 500 });
    }
    if (node.type === "MustacheStatement" && node.path?.original === "slot" && typeof node.params?.[0]?.value === "string") slots.push(node.params[0].value);
    if ((node.type === "PartialStatement" || node.type === "PartialBlockStatement") && typeof node.name?.original === "string") partials.push(node.name.original);
    for (const [member, child] of Object.entries(value)) if (member !== "loc") visit(child);
  };
  const program = parse(file, source);
  visit(program);
  return { program, slots, partials };
}

function parse(file: string, source: string): hbs.AST.Program {
  try {
    return Handlebars.parse(source);
  } catch (error) {
    throw new CadreError("bad_template", `${file}: ${(error as Error).message}`, { status: 500, cause: error });
  }
}
