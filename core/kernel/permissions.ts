/** What a permission is called on the roles page, and which roles hold it from the start. */
export interface PermissionDeclaration {
  label: string;
  /** Role names; `guest` is everybody, `user` everybody signed in. The administrator holds every permission. */
  roles: readonly string[];
  /** These roles count only where they are held in the very scope: an instructor of one course, not of every one. */
  scoped?: boolean;
}

/** A role somebody holds, on the whole site (`scope` null) or in one scope, such as a course's id. */
export interface Assignment {
  role: string;
  scope: string | null;
}

/** Who is acting. */
export interface Actor {
  kind: "guest" | "user" | "client" | "content" | "system";
  /** A user's or credential's id; null for guest and system. */
  id: string | null;
  name: string;
  email?: string;
  /** IANA name of the time zone that times are shown in; UTC without. */
  timeZone?: string;
  roles: readonly Assignment[];
  /** When set (personal tokens, content launches), only these permissions count, and only where the roles grant them too. */
  scopes?: readonly string[];
  /** What the session or credential this actor came by is called in the audit. */
  via?: string;
}

export const guest: Actor = { kind: "guest", id: null, name: "Guest", roles: [] };
export const system: Actor = { kind: "system", id: null, name: "System", roles: [] };

/** Decides from declared permissions; unknown permissions are refused. */
export type Permissions = ReadonlyMap<string, PermissionDeclaration>;

/** May `actor` do this, on the site or in `scope`? A role on the site counts in every scope, unless the permission is a scoped one. */
export function may(permissions: Permissions, actor: Actor, permission: string, scope?: string): boolean {
  if (actor.kind === "system") return true;
  if (actor.scopes && !actor.scopes.includes(permission)) return false;
  const declared = permissions.get(permission);
  if (!declared) return false;
  if (declared.roles.includes("guest")) return true;
  if (actor.kind === "guest") return false;
  if (actor.kind === "user" && declared.roles.includes("user")) return true;
  return actor.roles.some(({ role, scope: where }) => {
    if (role === "administrator") return where === null || where === scope;
    return declared.roles.includes(role) && (where === scope || (where === null && !declared.scoped));
  });
}
