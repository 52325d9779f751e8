/**
 * Attachments: their bytes once per store and hash, and which statements came with which.
 *
 * The bytes are kept in the database and not in a store of files, so that statement and attachment are there together or not at
 * all, and one backup has both. They are not compressed ("external"), so that PostgreSQL can read a piece of them by itself: an
 * answer with large attachments is read and sent piece by piece.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  for (const statement of statements) await run(statement);
}

const statements = [
  // `sha2` is in lower-case hexadecimal; its length tells which of SHA-224, 256, 384 and 512 it is.
  `create table lrs_attachment (
    store integer not null,
    sha2 text not null,
    size_bytes integer not null,
    content bytea not null,
    primary key (store, sha2)
  )`,
  `alter table lrs_attachment alter column content set storage external`,

  `create table statement_attachment (
    store integer not null,
    seq bigint not null,
    sha2 text not null,
    primary key (store, seq, sha2)
  )`,
  `create index statement_attachment_sha2 on statement_attachment (store, sha2)`,
];
