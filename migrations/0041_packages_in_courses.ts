/** Which course a package was uploaded for, and, for the database to hold, which package an item plays. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    alter table package add column course_id uuid references course on delete set null;
    create index package_course on package (course_id);
    alter table item add column package_version_id uuid
      generated always as (case when kind = 'package' then (content ->> 'packageVersionId')::uuid end) stored
      constraint item_package references package_version;
    create index item_package_version on item (package_version_id) where package_version_id is not null;
  `);
}
