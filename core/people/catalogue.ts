import { event, guard, step, survey } from "../kernel/catalogue.ts";
import type { ErrorDeclaration } from "../kernel/errors.ts";
import type { PermissionDeclaration } from "../kernel/permissions.ts";
import { t } from "../kernel/schema.ts";

/** Somebody who is about to get an account; `strategy` is how they came: `local`, `invitation`, or a plugin's. */
export interface Registering {
  name: string;
  email: string;
  strategy: string;
}

/** Somebody who has proved who they are; `strategy` says by what. */
export interface SigningIn {
  userId: string;
  name: string;
  email: string;
  strategy: string;
}

/** Where a role can be given besides the whole site. */
export interface RoleScope {
  /** The scope, such as a course's id. */
  scope: string;
  /** What it is called, such as the course's title. */
  label: string;
}

export const peopleHooks = {
  "user.registering": guard<Registering>("May this account be made? Inside its transaction, before anything is written."),
  "user.signing-in": guard<SigningIn>("May this person come in? After they have proved who they are, before there is a session."),
  "user.erasing": step<{ userId: string }>("What else must go with an erased person: tables that say so need nothing here."),
  "user.exporting": survey<{ userId: string }, Record<string, unknown>>("What else is known of a person: tables that say so need nothing here."),
  "role.scoping": survey<Record<string, never>, readonly RoleScope[]>("Where can a role be given? Each part answers with its scopes."),
};

export const peopleEvents = {
  "user.registered": event("Somebody has an account.", t.Object({ userId: t.Id(), strategy: t.String() })),
  "user.erased": event("Somebody's personal data is gone; the id stays, nameless.", t.Object({ userId: t.Id() })),
};

type PeopleHooks = typeof peopleHooks;
type PeopleEvents = typeof peopleEvents;
 
declare module "../kernel/catalogue.ts" {
  interface HookCatalogue extends PeopleHooks {}
  interface EventCatalogue extends PeopleEvents {}
}
 

export const peoplePermissions: Record<string, PermissionDeclaration> = {
  "people.read": { label: "See everybody's account", roles: ["administrator"] },
  "people.manage": { label: "Add, edit and erase people", roles: ["administrator"] },
  "roles.assign": { label: "Give and take roles", roles: ["administrator"] },
  "audit.read": { label: "Read the audit", roles: ["administrator"] },
  "profile.read": { label: "See one's own account", roles: ["user"] },
  "profile.edit": { label: "Edit one's own account", roles: ["user"] },
  "tokens.create": { label: "Make and revoke one's own API tokens", roles: ["user"] },
};

export const peopleErrors: Record<string, ErrorDeclaration> = {
  wrong_credentials: { status: 403, summary: "Email and password don't belong together. Which of the two is wrong is not said." },
  too_many_tries: { status: 429, summary: "Too many wrong passwords for this address. Wait as long as `retryAfterS` says, or choose a new password by mail." },
  email_taken: { status: 409, summary: "There is an account with this email address. Sign in, or choose a new password." },
  weak_password: { status: 422, summary: "The password is too short, too long, or one that everybody tries first." },
  registration_closed: { status: 403, summary: "This site's people are added by its administrators." },
  link_expired: { status: 410, summary: "A link works once and for a limited time. Ask for a new one." },
  sign_in_failed: { status: 403, summary: "The other site did not say who you are. Try again." },
  sign_in_expired: { status: 403, summary: "Signing in by another site took too long, or began in another browser. Begin again." },
  unknown_strategy: { status: 404, summary: "There is no such way to sign in." },
  invalid_token: { status: 401, summary: "The API token is unknown, revoked or expired, or what was sent is none." },
  scope_not_held: { status: 422, summary: "A token can't be given a permission that its maker does not hold." },
  last_administrator: { status: 409, summary: "A site keeps at least one administrator. Give the role to somebody else first." },
  administrators_only: { status: 403, summary: "Only an administrator makes or unmakes administrators." },
  unknown_role: { status: 422, summary: "There is no such role." },
  unknown_scope: { status: 422, summary: "There is no such course to give a role in." },
  bad_cursor: { status: 400, summary: "The cursor of a list is none that was given out. Begin with the first page." },
  precondition_required: { status: 428, summary: "An edit needs If-Match with the ETag of what it changes." },
  changed_meanwhile: { status: 412, summary: "What was edited has changed since it was read. Read it again." },
};
