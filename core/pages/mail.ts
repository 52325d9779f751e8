import { createTransport } from "nodemailer";
import type { Context } from "../kernel/context.ts";
import { newId } from "../kernel/ids.ts";
import { t, type Static } from "../kernel/schema.ts";
import { sql } from "../db/sql.ts";
import { Table, type PersonalData } from "../db/table.ts";
import { readPage, type PageOf, type PageRequest } from "../http/paging.ts";
import "./part.ts";

export const mailSettingsSchema = t.Object({
  mailUrl: t.String({ env: "MAIL_URL", secret: true, default: "", description: "The mail server, smtp://user:password@host:587. Empty: mail is kept for administrators to read, and nothing is sent." }),
  mailFrom: t.String({ env: "MAIL_FROM", default: "Cadre <cadre@localhost>", description: "The sender of every mail." }),
});

const line = (maxLength: number) => t.String({ minLength: 1, maxLength, pattern: "^[^\\p{Cc}]*$" });

/** A mail by a template: `mail/<template>.hbs` and `mail/<template>.txt.hbs`, a plugin's `<plugin>/mail/<template>`. */
export const mailShape = t.Object({
  to: t.Object({ name: line(200), email: t.String({ format: "email", maxLength: 254 }) }),
  subject: line(200),
  template: t.String({ pattern: "^[a-z0-9-]+(/mail/[a-z0-9-]+)?$" }),
  /** Why this person gets it, a sentence at its foot. */
  reason: line(500),
  /** What the template is given besides `site`, `subject` and `reason`; it is kept with the job, so no secrets. */
  data: t.Record(t.String(), t.Unknown()),
});
export type Mail = Static<typeof mailShape>;

/** Sends a mail soon, and again until the mail server takes it; in a transaction, only if that is committed. */
export function sendMail(ctx: Context, mail: Mail): Promise<void> {
  return ctx.enqueue("mail.send", mail);
}

/** Sends a mail now: for jobs, whose data may hold a secret because nothing keeps it. Without a mail server it is caught. @throws what the mail server says */
export async function deliver(ctx: Context, { to, subject, template, reason, data }: Mail): Promise<void> {
  const { templates, name, url } = ctx.site;
  const { mailUrl, mailFrom } = ctx.as("mail").config as Static<typeof mailSettingsSchema>;
  const path = template.includes("/") ? template : `mail/${template}`;
  const given = { ...data, site: { name, href: url }, subject, reason };
  const html = templates.render(path, given);
  const text = templates.render(`${path}.txt`, given);
  if (mailUrl === "") {
    await ctx.db.run(sql`insert into caught_mail (id, at, recipient, subject, html, text) values (${newId(ctx.now())}, ${ctx.now()}, ${to.email}, ${subject}, ${html}, ${text})`);
    return;
  }
  const transport = createTransport(mailUrl);
  try {
    await transport.sendMail({ from: mailFrom, to: { name: to.name, address: to.email }, subject, html, text, headers: { "Auto-Submitted": "auto-generated" } });
  } finally {
    transport.close();
  }
}

/** A mail that was caught because there is no mail server. */
export class CaughtMail extends Table {
  static override tableName = "caught_mail";
  // told by address, of people who may have no account: the catcher is for trying things out and is emptied after a week
  static override personalData: PersonalData = "none";
  declare id: string;
  declare at: Date;
  declare recipient: string;
  declare subject: string;
  declare html: string;
  declare text: string;
}

/** What was caught, the newest first. */
export function caught(ctx: Context, page: PageRequest): Promise<PageOf<CaughtMail>> {
  return readPage<CaughtMail>(page, { columns: [{ column: "id", type: "uuid" }], descending: true, keyOf: ({ id }) => [id] }, (condition, order) =>
    ctx.db.rows(sql`select id, at, recipient, subject, html, text from caught_mail where ${condition} ${order}`),
  );
}

/** Forgets what was caught more than a week ago. */
export async function emptyCatcher(ctx: Context): Promise<void> {
  await ctx.db.run(sql`delete from caught_mail where at < ${ctx.now()}::timestamptz - interval '7 days'`);
}
