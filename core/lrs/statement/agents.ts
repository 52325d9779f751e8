import { isIri, isMailto, isSha1 } from "./formats.ts";
import { arrayOf, iri, isObject, note, object, oneOf, text, type Check, type Examination, type Members } from "./shape.ts";

/** The four Inverse Functional Identifiers (Data 2.4.2.3). */
export const identifiers = ["mbox", "mbox_sha1sum", "openid", "account"] as const;

/** An Agent or, by its objectType, a Group (Data 2.4.2). */
export const actor: Check = (value, pointer, exam) => {
  (isObject(value) && value.objectType === "Group" ? group : agentOrGroup)(value, pointer, exam);
};

/** An Agent only: a member of a Group, or `agent` of a contextAgent (Data 2.4.2.1). */
export const agent: Check = (value, pointer, exam) => {
  agentShape(value, pointer, exam);
  if (isObject(value)) checkIdentifiers(value, pointer, exam, "Data 2.4.2.1");
};

/** A Group, anonymous with members or identified (Data 2.4.2.2). */
export const group: Check = (value, pointer, exam) => {
  groupShape(value, pointer, exam);
  if (!isObject(value)) return;
  if (identifiersOf(value).length > 0) checkIdentifiers(value, pointer, exam, "Data 2.4.2.2");
  else if (value.member === undefined) note(exam, `${pointer}/member`, "missing_property", "Data 2.4.2.2", "is missing: an anonymous Group lists its members");
};

/** An Agent, or the anonymous Group of two that three-legged OAuth makes (Data 2.4.9). */
export const authority: Check = (value, pointer, exam) => {
  actor(value, pointer, exam);
  if (!isObject(value) || value.objectType !== "Group") return;
  if (identifiersOf(value).length > 0) note(exam, pointer, "identified_authority", "Data 2.4.9", "must be an Agent or an anonymous Group");
  if (Array.isArray(value.member) && value.member.length !== 2) {
    note(exam, `${pointer}/member`, "wrong_size", "Data 2.4.9", "must have exactly two Agents");
  }
};

/** Which identifiers an agent has; one, when it is valid and not an anonymous group. */
export function identifiersOf(value: Members): (typeof identifiers)[number][] {
  return identifiers.filter((name) => value[name] !== undefined);
}

const common: Record<string, Check> = {
  name: text("Data 2.4.2"),
  mbox: text("Data 2.4.2.3", "a mailto IRI", isMailto),
  mbox_sha1sum: text("Data 2.4.2.3", "a SHA-1 in hexadecimal", isSha1),
  openid: text("Data 2.4.2.3", "a URI with a scheme", isIri),
  account: object("Data 2.4.2.4", { homePage: iri("Data 2.4.2.4"), name: text("Data 2.4.2.4") }, ["homePage", "name"]),
};
const agentShape = object("Data 2.4.2.1", { ...common, objectType: oneOf("Data 2.4.2.1", "Agent") });
const agentOrGroupShape = object("Data 2.4.2", { ...common, objectType: oneOf("Data 2.4.2", "Agent", "Group") });
const groupShape = object(
  "Data 2.4.2.2",
  { ...common, objectType: oneOf("Data 2.4.2.2", "Group"), member: arrayOf("Data 2.4.2.2", agent) },
  ["objectType"],
);

const agentOrGroup: Check = (value, pointer, exam) => {
  agentOrGroupShape(value, pointer, exam);
  if (isObject(value)) checkIdentifiers(value, pointer, exam, "Data 2.4.2.1");
};

function checkIdentifiers(value: Members, pointer: string, exam: Examination, clause: string): void {
  const found = identifiersOf(value);
  if (found.length === 1) return;
  const message = found.length === 0 ? `needs one of ${identifiers.join(", ")}` : `must have exactly one identifier, not ${found.join(" and ")}`;
  note(exam, pointer, found.length === 0 ? "no_identifier" : "several_identifiers", clause, message);
}
