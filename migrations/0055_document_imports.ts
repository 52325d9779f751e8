/**
 * Imports bring documents as well: states and profiles. Like statements they are listed beside their import while it runs, so that
 * each is counted once, and what came is compared with what is there.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  for (const statement of statements) await run(statement);
}

const statements = [
  `alter table lrs_import
    add column documents bigint not null default 0,
    add column documents_stored bigint not null default 0,
    add column documents_there bigint not null default 0,
    add column source_documents text,
    add column target_documents text`,
  `create table lrs_import_document (
    import_id uuid not null references lrs_import on delete cascade,
    key bytea not null,
    digest bytea not null,
    primary key (import_id, key)
  )`,
];
