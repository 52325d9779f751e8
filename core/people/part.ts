import { sql } from "../db/sql.ts";
import type { Context } from "../kernel/context.ts";
import { definePlugin } from "../kernel/plugin.ts";
import { t } from "../kernel/schema.ts";
import { peopleErrors, peopleEvents, peopleHooks, peoplePermissions } from "./catalogue.ts";
import * as emailChanges from "./email-changes.ts";
import { emailField } from "./fields.ts";
import { ApiToken, AuditEntry, Identity, OneTimeLink, RoleAssignment, Session, SignInTry, User } from "./model.ts";
import * as passwordResets from "./password-resets.ts";
import { accountRoutes } from "./routes/account.ts";
import { auditRoutes } from "./routes/audit.ts";
import { linkRoutes } from "./routes/links.ts";
import { meRoutes } from "./routes/me.ts";
import { peopleRoutes } from "./routes/people.ts";
import { registerRoutes } from "./routes/register.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { userRoutes } from "./routes/users.ts";
import { listen } from "./session-cache.ts";
import * as sessions from "./sessions.ts";
import { peopleSettingsSchema } from "./settings.ts";
import { strategiesField } from "./strategies.ts";
import * as tokens from "./tokens.ts";

/** People: accounts, ways to sign in, sessions, API tokens, roles, privacy and the audit. */
export const peoplePart = definePlugin({
  name: "people",
  version: "1.0.0",
  summary: "Accounts, signing in, roles, API tokens and the audit.",
  config: peopleSettingsSchema,
  permissions: peoplePermissions,
  errors: peopleErrors,
  provides: { hooks: peopleHooks, events: peopleEvents, contributions: { strategies: strategiesField } },
  models: [User, RoleAssignment, Session, ApiToken, OneTimeLink, Identity, SignInTry, AuditEntry],
  authenticators: {
    session: { cookie: true, authenticate: sessions.identify, recheck: sessions.recheck },
    token: { cookie: false, authenticate: tokens.authenticate },
  },
  jobs: (job) => ({
    sendResetLink: job(t.Object({ email: emailField }), passwordResets.sendLink),
    sendInvitation: job(t.Object({ userId: t.Id(), invitedBy: t.Nullable(t.Id()) }), passwordResets.sendInvitation),
    sendEmailLink: job(t.Object({ userId: t.Id(), email: emailField }), emailChanges.sendLink),
    tellEmailChanged: job(t.Object({ userId: t.Id(), oldEmail: emailField }), emailChanges.tell),
    sweep: job(t.Object({}), sweep),
  }),
  schedules: { sweep: { cron: "40 3 * * *", job: "sweep" } },
  nav: [
    { place: "main", label: "Administration", href: "/admin/people", can: "people.read", order: "last" },
    { place: "account", label: "Account", href: "/account", can: "signed-in" },
    { place: "admin", label: "People", href: "/admin/people", can: "people.read" },
    { place: "admin", label: "Audit", href: "/admin/audit", can: "audit.read" },
  ],
  start: async ({ site }) => listen(site),
  routes: (build) => [signInRoutes, registerRoutes, linkRoutes, accountRoutes, peopleRoutes, auditRoutes, meRoutes, userRoutes].flatMap((routes) => routes(build as never)),
});

/** Takes away what is over: it is worth nothing any more, only in the way. */
async function sweep(ctx: Context): Promise<void> {
  const now = ctx.now();
  await ctx.db.run(sql`delete from session where expires_at < ${now}`);
  await ctx.db.run(sql`delete from one_time_link where expires_at < ${now}`);
  await ctx.db.run(sql`delete from sign_in_try where last_at < ${now}::timestamptz - interval '1 day' and wait_until < ${now}`);
}
