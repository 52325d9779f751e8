import type { ContributionDeclaration } from "../kernel/plugin.ts";
import { schemaOf } from "./migrate.ts";
import { Table, type PersonalData } from "./table.ts";

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** The tables of the plugin, each of which says what it knows about people. */
    models?: readonly (typeof Table)[];
    /** The folder of migrations, `NNNN_what.ts`, run in order, each once. */
    migrations?: URL;
  }
}

/** An event as it was published. Payloads carry ids, never names or addresses, so it knows nothing about people. */
export class EventRow extends Table {
  static override tableName = "event";
  static override personalData = "none" as const;
  declare id: string;
  declare name: string;
  declare payload: unknown;
  declare at: Date;
}

/** Where a plugin's reader stands in a feed. */
export class FeedCursor extends Table {
  static override tableName = "feed_cursor";
  static override idColumn = ["plugin", "feed"];
  static override personalData = "none" as const;
}

/** When a schedule last fired. */
export class ScheduleSlot extends Table {
  static override tableName = "schedule_slot";
  static override idColumn = "schedule";
  static override personalData = "none" as const;
}

export const modelsField: ContributionDeclaration = {
  summary: "Tables, each saying what it knows about people.",
  check: (value, plugin, all) =>
    (value as (typeof Table)[]).flatMap((model) => {
      if (typeof model?.tableName !== "string" || !(model.prototype instanceof Table)) return ["holds something that is no Table with a tableName"];
      const { tableName, personalData } = model;
      const own = all.isPart(plugin) ? !tableName.includes(".") : tableName.startsWith(`${schemaOf(plugin.name)}.`);
      const place = all.isPart(plugin) ? "the public schema, so its name has no dot" : `the plugin's own schema: "${schemaOf(plugin.name)}.…"`;
      const owner = all.plugins.find((other) => other.models?.some((table) => table.tableName === tableName));
      return [
        ...(own ? [] : [`the table ${tableName} must lie in ${place}`]),
        ...(owner && owner !== plugin ? [`the table ${tableName} is ${owner.name}'s`] : []),
        ...personalDataProblems(tableName, personalData),
      ];
    }),
};

function personalDataProblems(table: string, says: PersonalData | undefined): string[] {
  if (says === "none") return [];
  if (!says) return [`the table ${table} does not say what it knows about people: personalData`];
  if (!says.subject) return [`the table ${table} does not say whose its rows are: personalData.subject`];
  if (says.onErase !== "delete" && says.onErase !== "anonymise") return [`the table ${table} does not say what erasing a person does: personalData.onErase`];
  return says.onErase === "anonymise" && !says.anonymised ? [`the table ${table} does not say what is left of an anonymised row: personalData.anonymised`] : [];
}
