import { activity } from "./activities.ts";
import { actor, authority, group } from "./agents.ts";
import { attachments, context, result, statementRef } from "./details.ts";
import { isUuid } from "./formats.ts";
import { iri, isObject, languageMap, note, object, oneOf, text, type Check, type Examination, type Members, type StatementProblem } from "./shape.ts";
import { isTimestamp } from "./timestamps.ts";
import { isStatementVersion, type XapiVersion } from "./versions.ts";

/** The verb that takes a statement back (Data 2.3.2). */
export const voided = "http://adlnet.gov/expapi/verbs/voided";

/**
 * Everything wrong with a parsed statement under this version; empty when nothing is. Pointers begin with `pointer`
 * ("/3" for the fourth of a batch).
 */
export function problemsOf(statement: unknown, version: XapiVersion, pointer = ""): StatementProblem[] {
  const exam: Examination = { version, problems: [] };
  statementShape(statement, pointer, exam);
  if (isObject(statement)) checkTogether(statement, pointer, exam);
  return exam.problems;
}

/** What a statement's object is; Activity unless told (Data 2.4.4). */
function objectTypeOf(statement: Members): unknown {
  return isObject(statement.object) ? (statement.object.objectType ?? "Activity") : undefined;
}

/** Whether a statement takes another back. */
export function isVoiding(statement: Members): boolean {
  return isObject(statement.verb) && statement.verb.id === voided;
}

const timestamp = text("Data 4.5", "an ISO 8601 timestamp, and no offset of -00:00", (value, { version }) => isTimestamp(value, version));

const shared: Record<string, Check> = {
  actor,
  verb: object("Data 2.4.3", { id: iri("Data 2.4.3"), display: languageMap }, ["id"]),
  result,
  context,
  timestamp,
  attachments,
};
const needed = ["actor", "verb", "object"];

const subStatementShape = object(
  "Data 2.4.4.3",
  { ...shared, objectType: oneOf("Data 2.4.4.3", "SubStatement"), object: (value, pointer, exam) => objectOf(value, pointer, exam, { nested: true }) },
  needed,
);

const statementShape = object(
  "Data 2.4",
  {
    ...shared,
    id: text("Data 2.4.1", "a UUID", isUuid),
    object: (value, pointer, exam) => objectOf(value, pointer, exam, { nested: false }),
    stored: timestamp,
    authority,
    version: text("Data 2.4.10", "a version of this edition of xAPI", (value, { version }) => isStatementVersion(value, version)),
  },
  needed,
);

const anyType = oneOf("Data 2.4.4", "Activity", "Agent", "Group", "StatementRef", "SubStatement");

function objectOf(value: unknown, pointer: string, exam: Examination, { nested }: { nested: boolean }): void {
  const type = isObject(value) ? value.objectType : undefined;
  if (type === "Agent") return actor(value, pointer, exam);
  if (type === "Group") return group(value, pointer, exam);
  if (type === "StatementRef") return statementRef(value, pointer, exam);
  if (type !== "SubStatement") return type === undefined || type === "Activity" ? activity(value, pointer, exam) : anyType(type, `${pointer}/objectType`, exam);
  if (nested) return note(exam, pointer, "nested_substatement", "Data 2.4.4.3", "must not be a SubStatement within a SubStatement");
  subStatementShape(value, pointer, exam);
  checkTogether(value as Members, pointer, exam);
}

/** What one member asks of another. */
function checkTogether(statement: Members, pointer: string, exam: Examination): void {
  const type = objectTypeOf(statement);
  if (type !== "StatementRef" && isVoiding(statement)) {
    note(exam, `${pointer}/object`, "voids_no_statement", "Data 2.3.2", "must be a StatementRef, because the verb voids");
  }
  if (type === "Activity" || !isObject(statement.context)) return;
  for (const name of ["revision", "platform"]) {
    if (statement.context[name] !== undefined) {
      note(exam, `${pointer}/context/${name}`, "not_for_this_object", "Data 2.4.6", "must only be used when the object is an Activity");
    }
  }
}
