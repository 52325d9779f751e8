/** What other parts, the public face and the command line use of people. */
export * as audit from "./audit.ts";
export * as roles from "./roles.ts";
export * as users from "./users.ts";
export { actorFor } from "./actors.ts";
export { createAdministratorLink, firstAdministratorLink } from "./administrators.ts";
export type { PassportStrategy } from "./passport.ts";
export type { ForeignIdentity, SignInStrategy } from "./strategies.ts";
export { peoplePart } from "./part.ts";
