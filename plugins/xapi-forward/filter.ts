import { t, type FedStatement, type Static } from "cadre";

const iris = (description: string) => t.Array(t.String({ minLength: 1, maxLength: 3000 }), { default: [], maxItems: 100, description });

/** Which statements a target gets: those that fit every list which is not empty. */
export const statementFilter = t.Object({
  stores: t.Array(t.Integer({ minimum: 1 }), { default: [], maxItems: 100, description: "Numbers of stores; 1 is the site's own." }),
  verbs: iris("IRIs of verbs."),
  activities: iris("IRIs of activities: the statement's object, or among its context's activities."),
});
export type StatementFilter = Static<typeof statementFilter>;

/** Whether a target with this filter gets this statement. */
export function fits({ stores, verbs, activities }: StatementFilter, { store, statement }: FedStatement): boolean {
  if (stores.length > 0 && !stores.includes(store)) return false;
  if (verbs.length > 0 && !verbs.includes((statement.verb as { id: string }).id)) return false;
  return activities.length === 0 || activitiesIn(statement).some((id) => activities.includes(id));
}

function activitiesIn({ object, context }: FedStatement["statement"]): string[] {
  const around = Object.values((context as { contextActivities?: Record<string, unknown> } | undefined)?.contextActivities ?? {}).flat();
  return [object, ...around].map((activity) => (activity as { id?: string }).id).filter((id) => id !== undefined);
}
