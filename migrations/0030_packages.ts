/** Course packages: versions side by side, and the paths of each mapped to content that is kept once. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table package (
      id uuid primary key,
      title text not null,
      created_by uuid,
      created_at timestamptz not null
    );
    create index package_created on package (created_at desc, id desc);

    create table package_version (
      id uuid primary key,
      package_id uuid not null references package on delete cascade,
      number int not null check (number > 0),
      format text not null,
      standard text not null,
      edition text,
      title text not null,
      structure jsonb not null,
      diagnostics jsonb not null,
      file_name text not null,
      size_bytes bigint not null,
      digest text not null,
      created_by uuid,
      created_at timestamptz not null,
      unique (package_id, number)
    );
    create index package_version_digest on package_version (digest);

    create table blob (
      sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
      size_bytes bigint not null,
      kept_at timestamptz not null
    );

    create table package_file (
      version_id uuid not null references package_version on delete cascade,
      path text not null,
      sha256 text not null references blob,
      size_bytes bigint not null,
      media_type text not null,
      primary key (version_id, path)
    );
    create index package_file_sha256 on package_file (sha256);
  `);
}
