import type { Context } from "../../kernel/context.ts";
import type { CadreError } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { page, redirect, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf } from "../../pages/form.ts";
import * as emailChanges from "../email-changes.ts";
import { emailField, passwordField } from "../fields.ts";
import * as links from "../links.ts";
import * as passwordResets from "../password-resets.ts";
import { complete } from "../sign-ins.ts";

const limit = { points: 100, durationS: 3600 };
const tokenField = t.String({ maxLength: 100 });
const tokenQuery = t.Object({ token: tokenField }, { additionalProperties: true });

/** What is done by a link that was mailed: a new password, a new address. */
export const linkRoutes = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/forgot-password", { can: "anyone", summary: "Ask for a link to choose a new password." }, () => forgotPage({}, { sent: false })),
  form(
    "/forgot-password",
    {
      can: "anyone",
      summary: "Mail a link to choose a new password, if the address is known.",
      limit,
      body: t.Object({ email: emailField }),
      invalid: async (_, { body: { email } }, error) => forgotPage({ email }, { sent: false }, error),
    },
    async (ctx, { body: { email } }) => {
      await passwordResets.request(ctx, email);
      return forgotPage({ email }, { sent: true });
    },
  ),
  pageRoute("/reset-password", { can: "anyone", summary: "Choose a new password by a link.", limit, query: tokenQuery }, (ctx, { query: { token } }) => resetPage(ctx, token)),
  form(
    "/reset-password",
    {
      can: "anyone",
      summary: "Choose a new password by a link, and come in.",
      limit,
      body: t.Object({ token: tokenField, password: passwordField }),
      invalid: (ctx, { body }, error) => {
        if (error.code === "link_expired") throw error;
        return resetPage(ctx, typeof body.token === "string" ? body.token : "", error);
      },
    },
    async (ctx, { body: { token, password }, request }) => {
      await complete(ctx, await passwordResets.reset(ctx, token, password), "password link", request);
      request.flash("good", "Your new password is saved.");
      return redirect("/");
    },
  ),
  pageRoute("/confirm-email", { can: "anyone", summary: "Confirm a new email address by a link.", limit, query: tokenQuery }, async (ctx, { query: { token } }) => {
    const { email } = await links.look(ctx, "email", token);
    return page("confirm-email", { page: { title: "Confirm your email address" }, form: formOf({ token }), email });
  }),
  form("/confirm-email", { can: "anyone", summary: "Take a new email address into use.", limit, body: t.Object({ token: tokenField }) }, async (ctx, { body: { token }, request }) => {
    const { email } = await emailChanges.confirm(ctx, token);
    request.flash("good", `From now on you sign in with ${email}.`);
    return redirect("/account");
  }),
];

function forgotPage(values: Record<string, unknown>, { sent }: { sent: boolean }, error?: CadreError): Reply {
  return page("forgot-password", { page: { title: "Choose a new password" }, form: formOf(values, error), sent });
}

async function resetPage(ctx: Context, token: string, error?: CadreError): Promise<Reply> {
  const { email } = await passwordResets.ownerOf(ctx, token);
  return page("reset-password", { page: { title: "Choose a new password" }, form: formOf({ token }, error), email }).with({ "Referrer-Policy": "no-referrer" });
}
