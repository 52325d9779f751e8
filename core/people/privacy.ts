import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import type { PersonalData, Table } from "../db/table.ts";
import * as audit from "./audit.ts";
import { guardAdministrator, keepAnAdministrator } from "./roles.ts";
import { forget } from "./session-cache.ts";
import * as users from "./users.ts";

type About = Exclude<PersonalData, "none">;

/** Everything that is known of a person: the rows of every table that knows whose they are, and what plugins add. @throws not_found */
export async function exportPerson(ctx: Context, userId: string): Promise<{ tables: Record<string, object[]>; more: Record<string, unknown> }> {
  await users.get(ctx, userId);
  const tables: Record<string, object[]> = {};
  for (const { model, about } of tablesAbout(ctx)) {
    const rows = await ctx.db.table(model).where(model.propertyNameToColumnName(about.subject), userId);
    tables[model.tableName] = rows.map((row) => Object.fromEntries(Object.entries(row.toJSON()).filter(([name]) => !about.secret?.includes(name))));
  }
  const answers = await ctx.survey("user.exporting", { userId });
  await ctx.transact((tx) => audit.record(tx, { action: "user.exported", subject: { kind: "user", id: userId } }));
  return { tables, more: Object.fromEntries(answers.map(({ plugin, answer }) => [plugin, answer])) };
}

/** Removes what is known of a person, as each table says; the id stays, nameless. All or nothing. @throws not_found, last_administrator (409), administrators_only (403) */
export async function erase(ctx: Context, userId: string): Promise<void> {
  await ctx.transact(async (tx) => {
    await users.get(tx, userId);
    await guardAdministrator(tx, userId);
    await keepAnAdministrator(tx, userId);
    await tx.step("user.erasing", { userId });
    await tx.db.run(sql`update user_account set erased_at = ${tx.now()}, version = version + 1 where id = ${userId}`);
    for (const { model, about } of tablesAbout(tx).reverse()) {
      const rows = tx.db.table(model).where(model.propertyNameToColumnName(about.subject), userId);
      await (about.onErase === "delete" ? rows.delete() : rows.patch((about.anonymised ?? {}) as never));
    }
    await audit.record(tx, { action: "user.erased", subject: { kind: "user", id: userId } });
    await tx.emit("user.erased", { userId });
  });
  forget(ctx, userId);
}

/** The tables that know whose a row is; what refers comes after what is referred to. */
function tablesAbout({ site }: Context): { model: typeof Table; about: About }[] {
  return site.host.contributions<(typeof Table)[]>("models").flatMap(({ value }) => value.flatMap((model) => (model.personalData === "none" ? [] : [{ model, about: model.personalData }])));
}
