import type { Context } from "../../kernel/context.ts";
import { sql } from "../../db/sql.ts";
import { identifiersOf } from "../statement/agents.ts";
import { timeOf } from "../statement/timestamps.ts";
import type { DocumentTally, KnownTally } from "./belongings.ts";
import type { Choices, Later, PrivacyRequest } from "./requests.ts";
import { roles, type Role } from "./roles.ts";
import { agentKeysOf, countKeyed, inJson, searchElsewhere, type FoundElsewhere } from "./search.ts";
import { forgottenDigest, subjectOf } from "./subject.ts";

/** How many statements name somebody in each role; one may in several. */
export type RoleCounts = Record<Role, number>;

export const noRoles = (): RoleCounts => ({ actor: 0, instructor: 0, authority: 0, mention: 0 });

/** What a request has counted so far. */
export interface Tallies {
  /** Statements that were found, by role, and what was done with them. */
  found: RoleCounts;
  statements: { found: number; erased: number; pseudonymised: number; kept: number };
  /** Of statements that were pseudonymised. */
  signatures: number;
  attachments: { links: number; contents: number };
  documents: DocumentTally;
  known: KnownTally;
  /** Statements that still name them when all is done. */
  left: RoleCounts;
  leftStatements: number;
}

/** What was found, what was done, and what a search finds afterwards; without any of the identifiers. */
export interface PrivacyReport {
  id: string;
  site: string;
  requestedAt: string;
  finishedAt: string;
  /** Statements stored up to this time were gone through, store by store. */
  through: Record<string, string>;
  store: number | null;
  /** Of which kind each identifier was, and its digest by the site's secret: who has the identifier and the secret can tell that it was meant. */
  identifiers: { kind: string; digest: string }[];
  choices: Choices;
  later: Later;
  pseudonym: string;
  before: { statements: number; byRole: RoleCounts; documents: number; agents: number };
  done: Omit<Tallies, "found" | "left" | "leftStatements">;
  after: {
    statements: number;
    byRole: RoleCounts;
    /** Statements that the index finds under a key of theirs. */
    keyed: number;
    documents: number;
    /** Other tables of the record store; all that were searched. */
    elsewhere: FoundElsewhere[];
    /** Lines of the audit, which can't be changed. */
    audit: number;
  };
  /** Whether nothing is left but what was to be kept. */
  clean: boolean;
  notes: string[];
}

const notes = [
  "Bytes of attachments that stay are not searched; those of erased statements are gone where no other statement has them.",
  "A statement that was pseudonymised has lost its signatures, because what was signed names the person.",
  "Ids of erased statements stay taken, without a digest: a device that sends such a statement again is told that it is there, and it is not stored. An original that was pseudonymised is refused as a conflict when it is sent again.",
  "What an erased statement had voided stays void. Statements that refer to an erased one do so still, at nothing.",
  "Names of people are not searched for, identifiers are; names of accounts shorter than eight characters are found in accounts only.",
  "States and profiles of theirs that come later are refused where statements that come later are refused or get the pseudonym.",
  "Files of imports that wait or run are not searched; what they bring comes under the same word on what comes later.",
  "Backups, and other systems that statements were forwarded to, are not reached from here.",
];

/** Looks once more for everything, and says what there was and is. In the transaction that ends the request, after it has forgotten its agents. */
export async function reportOn(tx: Context, request: PrivacyRequest & { agents: NonNullable<PrivacyRequest["agents"]> }, stores: readonly number[], leftDocuments: number): Promise<PrivacyReport> {
  const subject = subjectOf(request.agents);
  const { id, choices, later, pseudonym, reached, store, createdAt } = request;
  const { found, left, leftStatements, ...done } = request.tallies as Tallies;
  const elsewhere = await searchElsewhere(tx.db, subject);
  const audit = await tx.db.rows<{ text: string }>(sql`
    select text from (select concat_ws(' ', subject_name, detail::text) as text from audit_entry) as line where ${inJson(sql.raw("text"), subject.needles)}`);
  const keyed = await countKeyed(tx.db, stores, subject);
  const known = await tx.db.one<{ agents: number }>(sql`select count(*)::integer as agents from lrs_agent where store = any(${[...stores]}) and key = any(${agentKeysOf(subject)}::bigint[])`);
  const keeps = Object.values(choices).includes("keep");
  const isEmpty = roles.every((role) => left[role] === 0 || choices[role] === "keep") && (choices.documents === "keep" || choices.mention === "keep" || leftDocuments === 0);
  return {
    id,
    site: tx.site.url,
    requestedAt: createdAt.toISOString(),
    finishedAt: tx.now().toISOString(),
    through: Object.fromEntries(Object.entries(reached).map(([name, time]) => [name, timeOf(time)])),
    store,
    identifiers: subject.agents.map((agent) => ({ kind: identifiersOf(agent)[0]!, digest: forgottenDigest(tx.site, agent)!.toString("hex") })),
    choices,
    later,
    pseudonym,
    before: { statements: done.statements.found, byRole: found, documents: done.documents.own + done.documents.mentioning, agents: done.known.agents },
    done,
    after: { statements: leftStatements, byRole: left, keyed, documents: leftDocuments, elsewhere, audit: audit.filter(({ text }) => subject.isIn(text)).length },
    clean: isEmpty && (keeps || (keyed === 0 && known.agents === 0 && elsewhere.every(({ rows }) => rows === 0))),
    notes,
  };
}
