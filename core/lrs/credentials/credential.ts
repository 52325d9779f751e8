import { refuse } from "../../kernel/errors.ts";
import type { Members } from "../statement/shape.ts";

/** What a credential may do; the names the known stores use. */
export const scopes = [
  "all",
  "all/read",
  "statements/write",
  "statements/read",
  "statements/read/mine",
  "state",
  "state/read",
  "define",
  "profile",
  "profile/read",
  "activities_profile",
  "activities_profile/read",
  "agents_profile",
  "agents_profile/read",
] as const;
export type Scope = (typeof scopes)[number];

/** What a credential is kept to; it reaches everything of its store where a member is left out. */
export interface Limits {
  /** The IRI of an activity: it, and what lies below it. */
  activity?: string;
  registration?: string;
  /** Who, as `identityOf` tells an agent. */
  agent?: string;
}

/** Who is asking the record store, and what they may do there. */
export interface Credential {
  /** Of the key, or of what else they came by: unique, and the same with every request. */
  id: string;
  /** What it is for, in its maker's words. */
  label: string;
  store: number;
  scopes: Scope[];
  /** The Agent that vouches for statements sent with it. */
  authority: Members;
  authorityKey: string;
  limits?: Limits;
  /** As many as the site's setting says, unless told. */
  requestsPerMinute?: number;
}

/** Whether the credential has one of these scopes, or one that has it within. */
export function allows(credential: Pick<Credential, "scopes">, ...wanted: Scope[]): boolean {
  return credential.scopes.some((scope) => wanted.some((each) => scope === each || within[scope].includes(each)));
}

/** @throws scope_missing (403) unless the credential has one of these scopes, or one that has it within */
export function requireScope(credential: Pick<Credential, "scopes">, ...wanted: Scope[]): void {
  if (allows(credential, ...wanted)) return;
  throw refuse("scope_missing", `This key lacks the scope ${wanted.join(" or ")}.`, { data: { scopes: wanted } });
}

/** Whether definitions in statements that are sent with it become part of what is known of activities. */
export function mayDefine(credential: Pick<Credential, "scopes">): boolean {
  return allows(credential, "define");
}

const reads = scopes.filter((scope) => scope.includes("/read"));

/** The scopes that each scope has within it. */
const within: Readonly<Record<Scope, readonly Scope[]>> = {
  all: scopes,
  "all/read": reads,
  "statements/write": [],
  "statements/read": ["statements/read/mine"],
  "statements/read/mine": [],
  state: ["state/read"],
  "state/read": [],
  define: [],
  profile: ["profile/read", "activities_profile", "activities_profile/read", "agents_profile", "agents_profile/read"],
  "profile/read": ["activities_profile/read", "agents_profile/read"],
  activities_profile: ["activities_profile/read"],
  "activities_profile/read": [],
  agents_profile: ["agents_profile/read"],
  "agents_profile/read": [],
};
