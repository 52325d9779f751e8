import type { XmlElement } from "../xml-types.ts";
import type { Report } from "./report.ts";

/** Children of this name, whatever their namespace or prefix. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => plain(child.name) === name);
}

/** The first child of this name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

/** The trimmed text of the first child of this name, "" when there is none. */
export function textOf(element: XmlElement, name: string): string {
  return childOf(element, name)?.text.trim() ?? "";
}

/** An attribute's value by its local name, or undefined. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find(({ local }) => plain(local) === name)?.value;
}

/** The text of an ADL child, whose name SCORM 1.2 writes in small letters and SCORM 2004 otherwise; either is taken. */
export function adlText(element: XmlElement, name: string, report: Report): { text: string; element: XmlElement } | undefined {
  const child = element.children.find((one) => plain(one.name).toLowerCase() === name);
  if (!child) return undefined;
  if (plain(child.name) !== name) report.say("leniency", "name_in_other_case", `“${child.name}” was read as SCORM 1.2's “${name}”.`, { element: child });
  return { text: child.text.trim(), element: child };
}

/** The value of an ADL attribute, in either spelling. */
export function adlAttribute(element: XmlElement, name: string, report: Report): string | undefined {
  const attribute = element.attributes.find(({ local }) => plain(local).toLowerCase() === name);
  if (attribute && plain(attribute.local) !== name) {
    report.sayOnce("leniency", "name_in_other_case", `“${attribute.local}” was read as SCORM 1.2's “${name}”.`, { element });
  }
  return attribute?.value.trim();
}

/** An identifier as it is compared: without blanks around it and without %-encoding. */
export function identifierOf(element: XmlElement, name: string, report: Report): string {
  const written = attributeOf(element, name) ?? "";
  const meant = decoded(written.trim());
  if (meant !== written) report.sayOnce("leniency", "identifier_tidied", `“${written}” was read as “${meant}”.`, { element });
  return meant;
}

/** Without %-encoding, or as it is when that is broken. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** True for an element or attribute that kept its prefix because the document never bound it. */
export function hasUnboundPrefix({ name, attributes }: XmlElement): boolean {
  return name.includes(":") || attributes.some(({ local, uri }) => uri === "" && local.includes(":") && !local.startsWith("xml"));
}

function plain(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
