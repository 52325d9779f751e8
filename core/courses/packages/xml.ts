import { setImmediate as turn } from "node:timers/promises";
import { Parser } from "xml2js";
import { decodeXml } from "./decode.ts";
import { packageError } from "./errors.ts";
import type { PackageLimits } from "./limits.ts";
import type { Report } from "./report.ts";
import { buildTree } from "./xml-tree.ts";

/** `uri` is the namespace; "" without one, and the prefix itself where it was never declared. */
export interface XmlAttribute {
  local: string;
  uri: string;
  value: string;
}

/** An element: `name` without its prefix, `text` its own text in one string, `line` where its tag begins, from 1. */
export interface XmlElement {
  name: string;
  uri: string;
  attributes: XmlAttribute[];
  children: XmlElement[];
  text: string;
  line: number;
}

/** What reading one XML file needs: its `path` for messages, and where to report leniencies. */
export interface XmlSource {
  path: string;
  report: Report;
  limits: PackageLimits;
}

/** The event parser inside xml2js: xml2js keeps positions to itself, so it is listened to directly. */
export interface XmlEvents {
  line: number;
  column: number;
  /** The character being read. */
  c: string;
  bufferCheckPosition: number;
  /** Attributes of the tag being read, and the parts that grow until they end. */
  attribList: unknown[];
  attribValue: string;
  comment: string;
  entity: string;
  procInstBody: string;
  tagName: string;
  ENTITIES: Record<string, string>;
  /** The element being opened or closed, with its namespaces in scope. */
  tag: { ns: object } | null;
  ondoctype(doctype: string): void;
  onopentagstart(tag: { name: string }): void;
  onattribute(attribute: { name: string; local: string; uri: unknown; value: string }): void;
  onopentag(tag: { local: string; uri: unknown }): void;
  onclosetag(name: string): void;
  ontext(text: string): void;
  oncdata(text: string): void;
  onerror(error: Error): void;
  onend(): void;
  resume(): void;
  write(text: string): XmlEvents;
  close(): XmlEvents;
}

// One slice takes about a millisecond; between slices the event loop turns.
const sliceCharacters = 4 * 1024;
const entities = Object.assign(Object.create(null) as Record<string, string>, { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" });

/**
 * Bytes to a tree of elements in document order, each with its true line. Never blocks for long, whatever the size.
 * @throws xml_malformed, xml_doctype, xml_encoding, xml_limit (422), with path, line and column
 */
export async function parseXml(bytes: Buffer, source: XmlSource): Promise<XmlElement> {
  const { path, report, limits } = source;
  if (bytes.length > limits.xmlBytes) throw packageError("xml_limit", `${path} is larger than ${limits.xmlBytes} bytes.`, { path });
  const text = decodeXml(bytes, path, report);
  refuseDoctype(text, path);
  const events = (new Parser({ xmlns: true }) as unknown as { saxParser: XmlEvents }).saxParser;
  events.bufferCheckPosition = Infinity;
  events.ENTITIES = entities;
  const tree = buildTree(events, source);
  let start = 0;
  while (start < text.length) {
    if (start > 0) await turn();
    const end = start + sliceCharacters + (text[start + sliceCharacters - 1] === "\r" ? 1 : 0);
    events.write(text.slice(start, end).replace(/\r\n?/g, "\n"));
    tree.check();
    start = end;
  }
  events.close();
  return tree.root();
}

/** The value of an attribute by local name, in namespace `uri` when given. */
export function attributeOf(element: XmlElement, local: string, uri?: string): string | undefined {
  return element.attributes.find((attribute) => attribute.local === local && (uri === undefined || attribute.uri === uri))?.value;
}

/** The children with that local name, in namespace `uri` when given. */
export function childrenOf(element: XmlElement, name: string, uri?: string): XmlElement[] {
  return element.children.filter((child) => child.name === name && (uri === undefined || child.uri === uri));
}

/** Finds a DOCTYPE where it begins, after blanks, comments and instructions; one that hides behind more of them the parser tells of where it ends. */
function refuseDoctype(text: string, path: string): void {
  let at = 0;
  while (at < 100_000) {
    while (/\s/.test(text[at] ?? "") && at < 100_000) at += 1;
    const close = text.startsWith("<!--", at) ? "-->" : text.startsWith("<?", at) ? "?>" : undefined;
    const found = close ? text.indexOf(close, at) : -1;
    if (!close || found < 0) break;
    at = found + close.length;
  }
  if (!/^<!doctype/i.test(text.slice(at, at + 9))) return;
  const line = text.slice(0, at).split(/\r\n?|\n/).length;
  throw packageError("xml_doctype", `${path} declares a DOCTYPE in line ${line}. Remove it: packages do not need one, and it could name entities.`, { path, line });
}
