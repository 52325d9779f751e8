import { t } from "../../kernel/schema.ts";

const role = t.Object({ role: t.String(), scope: t.Nullable(t.String({ description: "A course's id; null is the whole site." })) });

/** A person as the API answers them. */
export const userShape = t.Object({
  id: t.Id(),
  name: t.String(),
  email: t.String(),
  timeZone: t.String(),
  roles: t.Array(role),
  version: t.Integer({ description: "Counts edits; the ETag." }),
  createdAt: t.Time(),
  lastSeenAt: t.Nullable(t.Time()),
  permissions: t.Optional(t.Array(t.String(), { description: "What you may do on the whole site; in /me alone." })),
});

/** A role somebody holds, as the API answers it. */
export const assignmentShape = t.Object({ id: t.Id(), role: t.String(), scope: t.Nullable(t.String()), givenAt: t.Time(), givenBy: t.Nullable(t.String()) });

/** An API token as the API answers it. */
export const tokenShape = t.Object({
  id: t.Id(),
  label: t.String(),
  scopes: t.Array(t.String()),
  createdAt: t.Time(),
  expiresAt: t.Nullable(t.Time()),
  lastUsedAt: t.Nullable(t.Time()),
  expired: t.Boolean(),
  secret: t.Optional(t.String({ description: "The token itself, when it has just been made." })),
});
