import { messageOf } from "../../kernel/errors.ts";
import { packageError, type PackageErrorCode } from "./errors.ts";
import type { XmlAttribute, XmlElement, XmlEvents, XmlSource } from "./xml.ts";

/** Listens to the parser and builds the tree; whatever XML forbids and the parser lets pass is refused here. `check` is for between slices. */
export function buildTree(events: XmlEvents, { path, report, limits }: XmlSource): { root: () => XmlElement; check: () => void } {
  const open: XmlElement[] = [];
  const undeclared = new Set<string>();
  let root: XmlElement | undefined;
  let attributes: XmlAttribute[] = [];
  let names = new Set<string>();
  let elements = 0;
  let line = 1;

  events.ondoctype = () => refuse("xml_doctype", "it declares a DOCTYPE", events.line + 1);
  events.onopentagstart = () => {
    // The character after the name has been read already, and may be the line's end.
    line = events.line + (events.c === "\n" ? 0 : 1);
    attributes = [];
    names = new Set();
  };
  events.onattribute = ({ name, local, uri, value }) => {
    if (names.has(name)) refuse("xml_malformed", `the attribute ${name} is given twice`, line);
    names.add(name);
    attributes.push({ local, uri: namespace(uri), value: readable(value, line) });
  };
  events.onopentag = ({ local, uri }) => {
    const element: XmlElement = { name: local, uri: namespace(uri), attributes, children: [], text: "", line };
    const parent = open.at(-1);
    if (!parent && root) refuse("xml_malformed", "there is a second root element", line);
    keep("attributes in one element", attributes.length, limits.xmlAttributes);
    keep("elements", (elements += 1), limits.xmlElements);
    keep("elements inside each other", open.push(element), limits.xmlDepth);
    root ??= element;
    parent?.children.push(element);
  };
  events.onclosetag = () => {
    open.pop();
    // Else the parser walks every namespace in scope once more for each element, to no end.
    if (events.tag) events.tag.ns = {};
  };
  events.ontext = events.oncdata = (text) => {
    const element = open.at(-1);
    if (element) element.text += readable(text, events.line + 1);
  };
  events.onend = () => undefined;
  events.onerror = (error) => {
    const [reason = "it cannot be read"] = messageOf(error).split("\n");
    const prefix = /^Unbound namespace prefix: "([^":]*)/.exec(reason)?.[1];
    if (prefix === undefined) return refuse("xml_malformed", reason, events.line + 1, events.column);
    events.resume();
    if (undeclared.has(prefix)) return;
    undeclared.add(prefix);
    report.add("xml_prefix_undeclared", { path, line, prefix });
  };

  return {
    root: () => root ?? refuse("xml_malformed", "there is no element in it", 1),
    // The parser tells of these when they end, and takes ever longer until then.
    check: () => {
      keep("attributes in one element", events.attribList.length, limits.xmlAttributes);
      const { attribValue, comment, entity, procInstBody, tagName } = events;
      keep("characters in one value", Math.max(...[attribValue, comment, entity, procInstBody, tagName].map(({ length }) => length)), limits.xmlValue);
    },
  };

  function keep(what: string, count: number, limit: number): void {
    if (count > limit) refuse("xml_limit", `there are more than ${limit} ${what}`, events.line + 1);
  }

  function refuse(code: PackageErrorCode, reason: string, line: number, column?: number): never {
    const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
    throw packageError(code, `${path} cannot be read: ${reason} (${place}).`, { path, line, column });
  }

  /** XML 1.0, 2.2: no control characters or lone surrogates, written plainly or as references. PostgreSQL could not keep them either. */
  function readable(text: string, line: number): string {
    if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text)) refuse("xml_malformed", "it holds a character that XML forbids", line);
    return text;
  }
}

/** A prefix such as "constructor" makes the parser answer with something that is no string. */
function namespace(uri: unknown): string {
  return typeof uri === "string" ? uri : "";
}
