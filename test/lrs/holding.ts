import type { TestHost } from "../../core/testing/index.ts";

/** Tables of the whole database with a row that has this text, the audit among them. */
export async function holding({ database }: TestHost, text: string): Promise<string[]> {
  const { rows } = await database.knex.raw<{ rows: { table_schema: string; table_name: string }[] }>("select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')");
  const holds = async (name: string) => (await database.knex.raw<{ rows: object[] }>(`select 1 from ${name} as row where row::text ilike ? or row::text ilike ? limit 1`, [`%${text}%`, `%${Buffer.from(text).toString("hex")}%`])).rows.length > 0;
  const names: string[] = [];
  for (const { table_schema, table_name } of rows) if (await holds(`"${table_schema}"."${table_name}"`)) names.push(table_name);
  return names;
}
