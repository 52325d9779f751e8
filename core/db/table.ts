import { Model, snakeCaseMappers } from "objection";

/**
 * What a table knows about people, so that export and erasure need no code: nothing, or whose a row is
 * (`subject` is the property that holds the user's id) and what erasing that person does to it.
 */
export type PersonalData =
  | "none"
  | {
      subject: string;
      onErase: "delete" | "anonymise";
      anonymised?: Record<string, unknown>;
      /** Properties that an export leaves out, such as digests of passwords. */
      secret?: readonly string[];
    };

/**
 * Base class of every table's model: properties in camelCase, columns in snake_case. Bound to no connection:
 * ask through `ctx.db.table(Model)`. Declare columns with `declare title: string`.
 */
export class Table extends Model {
  static personalData: PersonalData;
  static override columnNameMappers = snakeCaseMappers();
  static override useLimitInFirst = true;
}
