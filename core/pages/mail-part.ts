import { refuse } from "../kernel/errors.ts";
import { definePlugin } from "../kernel/plugin.ts";
import { t } from "../kernel/schema.ts";
import { pageQuery, pagerOf } from "../http/paging.ts";
import { page as reply } from "../http/reply.ts";
import { caught, CaughtMail, deliver, emptyCatcher, mailSettingsSchema, mailShape } from "./mail.ts";

/** Mail: templates in, a mail server or the development catcher out. */
export const mailPart = definePlugin({
  name: "mail",
  version: "1.0.0",
  summary: "Sends mail, or keeps it for administrators to read while there is no mail server.",
  config: mailSettingsSchema,
  permissions: { "mail.read": { label: "Read the mail that was caught", roles: ["administrator"] } },
  models: [CaughtMail],
  jobs: (job) => ({
    send: job(mailShape, deliver),
    emptyCatcher: job(t.Object({}), emptyCatcher),
  }),
  schedules: { emptyCatcher: { cron: "20 3 * * *", job: "emptyCatcher" } },
  nav: [{ place: "admin", label: "Mail", href: "/admin/mail", can: "mail.read", order: "last" }],
  routes: ({ page }) => [
    page("/admin/mail", { can: "mail.read", summary: "Mail that was caught.", query: t.Object(pageQuery) }, async (ctx, { query, request }) => {
      const mails = await caught(ctx, query);
      const shown = mails.items.map(({ id, at, recipient, subject }) => ({ id, at, recipient, subject, href: `/admin/mail/${id}` }));
      return reply("admin/mail", { page: { title: "Mail" }, sending: ctx.config.mailUrl !== "", mails: shown, pager: pagerOf(request, mails) });
    }),
    page("/admin/mail/:id", { can: "mail.read", summary: "One caught mail.", params: t.Object({ id: t.Id() }) }, async (ctx, { params }) => {
      const mail = (await ctx.db.table(CaughtMail).findById(params.id)) as CaughtMail | undefined;
      if (!mail) throw refuse("not_found", "There is no such mail.", { status: 404 });
      const { at, recipient, subject, text } = mail;
      const links = [...new Set(text.match(/https?:\/\/[^\s<>"]+/g) ?? [])];
      return reply("admin/caught-mail", { page: { title: subject, crumbs: [{ label: "Mail", href: "/admin/mail" }] }, mail: { at, recipient, subject, lines: text.split("\n").filter((line) => line.trim() !== "") }, links });
    }),
  ],
});
