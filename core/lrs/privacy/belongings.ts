import { createHash } from "node:crypto";
import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { readerLock } from "../../db/feeds.ts";
import { sql } from "../../db/sql.ts";
import { keptDocuments, type KeptDocument } from "../documents/kept.ts";
import { read } from "../raw-json.ts";
import { forgetKey } from "../records.ts";
import { identifiersOf } from "../statement/agents.ts";
import { isObject, type Members } from "../statement/shape.ts";
import type { Choices } from "./requests.ts";
import { isMentioned, rewrittenAgent, withoutMentions, type Named } from "./roles.ts";
import { agentKeysOf, inBytes, inJson, inText, namedBy, type Thoroughness } from "./search.ts";
import type { Subject } from "./subject.ts";

/** Somebody, as a request has them. */
export interface Sought {
  subject: Subject;
  pseudonym: string;
  choices: Choices;
}

/** What became of documents: their own (states, agent profiles), and others that name them. */
export interface DocumentTally {
  own: number;
  mentioning: number;
  erased: number;
  pseudonymised: number;
  kept: number;
}

/** What became of what is known of agents, activities and verbs, and of keys. */
export interface KnownTally {
  agents: number;
  activities: number;
  /** Verbs, and what imports had to say of their lines and of who vouched at their source. */
  others: number;
  keysErased: number;
  keysPseudonymised: number;
}

/** A document, and whether it is a state or profile of theirs; otherwise it names them. */
export interface FoundDocument extends KeptDocument {
  own: boolean;
}

/** Documents of a store that are theirs or, where all are looked through, name them; a batch at a time. */
export async function* documentsOf(db: Db, store: number, subject: Subject, thoroughness: Thoroughness = "everywhere"): AsyncGenerator<FoundDocument[]> {
  const keys = agentKeysOf(subject);
  const named = sql`${inJson(sql.raw("about"), subject.needles)} or ${inBytes(sql.raw("id"), subject.needles)} or ${inBytes(sql.raw("content"), subject.needles)}
    or content_type like '%json%' and position(convert_to('\\u', 'UTF8') in content) > 0`;
  const theirs = sql`agent = any(${keys}::bigint[]) or ${thoroughness === "everywhere" ? named : sql.raw("false")}`;
  for await (const batch of keptDocuments(db, store, theirs)) {
    yield batch.map((row) => ({ ...row, own: (row.agent !== null && keys.includes(row.agent)) || isOwn(row.about, subject) })).filter((row) => row.own || isNamedIn(row, subject));
  }
}

/** Erases or pseudonymises the documents of a store; `tx` must be a transaction. */
export async function clearDocuments(tx: Db, store: number, { subject, choices, pseudonym }: Sought): Promise<DocumentTally> {
  const tally: DocumentTally = { own: 0, mentioning: 0, erased: 0, pseudonymised: 0, kept: 0 };
  for await (const batch of documentsOf(tx, store, subject)) {
    for (const document of batch) {
      tally[document.own ? "own" : "mentioning"]++;
      const act = document.own ? choices.documents : choices.mention;
      const content = act === "pseudonymise" ? withoutNames(document, namedBy(subject, pseudonym), subject) : undefined;
      if (act === "keep") tally.kept++;
      else if (content) {
        await tx.run(sql`update lrs_document set content = ${content}, etag = ${createHash("sha1").update(content).digest("hex")}, updated = clock_timestamp() where store = ${store} and key = ${document.key}`);
        tally.pseudonymised++;
      } else {
        await tx.run(sql`delete from lrs_document where store = ${store} and key = ${document.key}`);
        tally.erased++;
      }
    }
  }
  return tally;
}

/**
 * Removes what is known of them as an agent and of activities that name them, and takes them out of keys: those limited to them go, those
 * that vouch in their name do so under the pseudonym or are revoked. In the caller's transaction, which waits for whoever is gathering
 * what is known, so that nothing gathered before comes after.
 */
export async function clearKnown(tx: Context, stores: readonly number[], { subject, choices, pseudonym }: Sought): Promise<KnownTally> {
  const { db } = tx;
  await db.run(sql`select pg_advisory_xact_lock(hashtextextended(${readerLock("records", "statements")}, 0))`);
  const agents = await db.rows<{ store: number; key: string; agent: string; names: string }>(sql`select store, key, agent, names from lrs_agent
    where store = any(${[...stores]}) and (key = any(${agentKeysOf(subject)}::bigint[]) or ${inJson(sql.raw("agent || names"), subject.needles)})`);
  const theirs = agents.filter(({ agent, names }) => subject.isAgent(read(agent) as Members) || subject.isIn(names));
  const tally: KnownTally = { agents: 0, activities: 0, others: 0, keysErased: 0, keysPseudonymised: 0 };
  if (choices.actor !== "keep" || choices.instructor !== "keep") {
    tally.agents = await db.run(sql`delete from lrs_agent where (store, key) in (select * from unnest(${theirs.map(({ store }) => store)}::integer[], ${theirs.map(({ key }) => key)}::bigint[]))`);
  }
  if (choices.mention !== "keep") {
    const activities = await db.rows<{ store: number; key: string; id: string; definition: string }>(sql`select store, key, id, definition from lrs_activity
      where store = any(${[...stores]}) and (${inText(sql.raw("id"), subject.needles)} or ${inJson(sql.raw("definition"), subject.needles)})`);
    const named = activities.filter(({ id, definition }) => subject.isIn(id) || isMentioned(definition, namedBy(subject, pseudonym)));
    tally.activities = await db.run(sql`delete from lrs_activity where (store, key) in (select * from unnest(${named.map(({ store }) => store)}::integer[], ${named.map(({ key }) => key)}::bigint[]))`);
  }
  if (choices.mention !== "keep") tally.others = await clearOthers(db, stores, { subject, choices, pseudonym });
  const keys = await clearKeys(tx, stores, { subject, choices, pseudonym });
  return { ...tally, ...keys };
}

/** Verbs that name them go; what imports tell of files, lines and authorities has the pseudonym instead. */
async function clearOthers(db: Db, stores: readonly number[], { subject, pseudonym }: Sought): Promise<number> {
  const named = namedBy(subject, pseudonym);
  const verbs = await db.rows<{ store: number; key: string; id: string; display: string | null }>(sql`select store, key, id, display from lrs_verb
    where store = any(${[...stores]}) and ${inJson(sql.raw("id || coalesce(display, '')"), subject.needles)}`);
  const theirs = verbs.filter(({ id, display }) => subject.isIn(id) || isMentioned(display ?? "", named));
  let changed = await db.run(sql`delete from lrs_verb where (store, key) in (select * from unnest(${theirs.map(({ store }) => store)}::integer[], ${theirs.map(({ key }) => key)}::bigint[]))`);
  const imports = await db.rows<{ id: string; fileName: string; authorities: string }>(sql`select id, file_name, authorities from lrs_import where store = any(${[...stores]}) and ${inJson(sql.raw("file_name || authorities"), subject.needles)} order by id for update`);
  for (const { id, fileName, authorities } of imports) {
    changed += await db.run(sql`update lrs_import set file_name = ${subject.replaced(fileName, pseudonym)}, authorities = ${withoutMentions(authorities, named)} where id = ${id}`);
  }
  const problems = await db.rows<{ importId: string; line: string; position: number; message: string; pointer: string }>(sql`select import_id, line, position, message, pointer from lrs_import_problem where ${inText(sql.raw("message || pointer"), subject.needles)}`);
  for (const { importId, line, position, message, pointer } of problems) {
    changed += await db.run(sql`update lrs_import_problem set message = ${subject.replaced(message, pseudonym)}, pointer = ${subject.replaced(pointer, pseudonym)} where import_id = ${importId} and line = ${line} and position = ${position}`);
  }
  return changed;
}

async function clearKeys(tx: Context, stores: readonly number[], { subject, choices, pseudonym }: Sought): Promise<Pick<KnownTally, "keysErased" | "keysPseudonymised">> {
  const named = namedBy(subject, pseudonym);
  const tally = { keysErased: 0, keysPseudonymised: 0 };
  const keys = await tx.db.rows<{ id: string; key: string; label: string; authority: string; agent: string | null }>(sql`
    select id, key, label, authority, agent from lrs_credential where store = any(${[...stores]}) and ${inJson(sql.raw("authority || coalesce(agent, '') || label"), subject.needles)} order by id for update`);
  for (const { id, key, label, authority, agent } of keys) {
    const isTheirs = agent !== null && subject.isAgent(JSON.parse(agent) as Members) && choices.actor !== "keep";
    const vouching = choices.authority === "keep" ? authority : rewrittenAgent(authority, named, tx.site.url);
    const called = choices.mention === "keep" ? label : subject.replaced(label, pseudonym);
    if (isTheirs) tally.keysErased += await tx.db.run(sql`delete from lrs_credential where id = ${id}`);
    else if (vouching !== authority || called !== label) {
      const revokedAt = vouching !== authority && choices.authority === "erase" ? tx.now() : null;
      tally.keysPseudonymised += await tx.db.run(sql`update lrs_credential set authority = ${vouching}, label = ${called}, revoked_at = coalesce(revoked_at, ${revokedAt}) where id = ${id}`);
    } else continue;
    forgetKey(tx, key);
  }
  return tally;
}

function isOwn(about: string, subject: Subject): boolean {
  const { agent } = JSON.parse(about) as { agent?: unknown };
  return isObject(agent) && identifiersOf(agent).length > 0 && subject.isAgent(agent);
}

function isNamedIn({ about, id, content, contentType }: Omit<FoundDocument, "own">, subject: Subject): boolean {
  if (subject.isIn(about) || subject.isIn(id.toString())) return true;
  const text = content.toString();
  return subject.isIn(text) || (isJson(contentType) && isMentioned(text, namedBy(subject, "")));
}

/** The content with the pseudonym in place of names; undefined where that can't be done: names in its id, or bytes that are no text. */
function withoutNames({ about, id, content, contentType }: FoundDocument, named: Named, subject: Subject): Buffer | undefined {
  const text = content.toString();
  if (subject.isIn(about) || subject.isIn(id.toString()) || !Buffer.from(text).equals(content)) return undefined;
  return Buffer.from(isJson(contentType) ? withoutMentions(text, named) : named.mentions!.replaced(text));
}

const isJson = (contentType: string): boolean => /json/i.test(contentType);
