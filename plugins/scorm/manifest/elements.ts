import type { XmlElement } from "cadre";
import type { Findings } from "./diagnostics.ts";

/** Children of this name, whatever their namespace. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The first child of this name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** The trimmed text of the first child of this name, "" when there is none. */
export function textOf(element: XmlElement, name: string): string {
  return childOf(element, name)?.text.trim() ?? "";
}

/** An attribute's value by its local name, or undefined. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find(({ local }) => local === name)?.value;
}

/** The text of an ADL child, whose name SCORM 1.2 writes in small letters and SCORM 2004 with capitals; either is taken for `name`. */
export function adlText(element: XmlElement, name: string, findings: Findings): { text: string; element: XmlElement } | undefined {
  const child = element.children.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!child) return undefined;
  if (child.name !== name) findings.sayOnce("scorm_name_in_other_case", child, { written: child.name, meant: name });
  return { text: child.text.trim(), element: child };
}

/** The value of an ADL attribute, in either spelling. */
export function adlAttribute(element: XmlElement, name: string, findings: Findings): string | undefined {
  const attribute = element.attributes.find(({ local }) => local.toLowerCase() === name.toLowerCase());
  if (attribute && attribute.local !== name) findings.sayOnce("scorm_name_in_other_case", element, { written: attribute.local, meant: name });
  return attribute?.value.trim();
}

/** An identifier as it is compared: without %-encoding, without blanks around it, and with single blanks within. */
export function identifierOf(element: XmlElement, name: string, findings: Findings): string {
  const written = attributeOf(element, name) ?? "";
  const meant = decoded(written.trim()).trim().replace(/\s+/g, " ");
  if (meant !== written) findings.sayOnce("scorm_identifier_tidied", element, { written, meant });
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
