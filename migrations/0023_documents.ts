/**
 * Documents of the record store: states, and profiles of agents and activities.
 *
 * `key` and `context` are SHA-256 digests, so that no IRI, name or id is too long and no registration is a registration like any
 * other: `key` of everything that names the document, `context` of what lists of ids are asked for, which is all of that but
 * registration and id. `agent` is the key by which statements know the agent, for exports and erasure; `about` names activity and
 * agent in JSON, for people. `id` is UTF-8 in bytes, because text cannot hold U+0000.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table lrs_document (
      store integer not null,
      key bytea not null,
      kind text not null check (kind in ('state', 'agent-profile', 'activity-profile')),
      context bytea not null,
      registration uuid,
      id bytea not null,
      agent bigint,
      about text not null,
      content bytea not null,
      content_type text not null,
      etag text not null,
      updated timestamptz not null default clock_timestamp(),
      primary key (store, key)
    )`);
  await run(`create index lrs_document_context on lrs_document (store, context)`);
  await run(`create index lrs_document_agent on lrs_document (store, agent) where agent is not null`);
}
