import type { Context } from "../../kernel/context.ts";
import { t } from "../../kernel/schema.ts";
import { page, redirect, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf, type Form } from "../../pages/form.ts";
import * as emailChanges from "../email-changes.ts";
import { emailField, labelField, nameField, passwordField, timeZoneField, timeZones } from "../fields.ts";
import * as passwordResets from "../password-resets.ts";
import * as tokens from "../tokens.ts";
import * as users from "../users.ts";

/** The fields of a new token, for the form and the API alike. */
export const newTokenFields = {
  label: labelField,
  scopes: t.Array(t.String({ maxLength: 100 }), { minItems: 1, maxItems: 200, description: "Permissions, each held by you." }),
  expiresInDays: t.Integer({ minimum: 1, maximum: 366 }),
};

/** Everybody's own account: profile, password, API tokens. */
export const accountRoutes = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/account", { can: "profile.read", summary: "One's own account." }, (ctx) => accountPage(ctx)),
  form(
    "/account",
    {
      can: "profile.edit",
      summary: "Edit one's own profile; a new email address waits to be confirmed.",
      body: t.Object({ name: nameField, email: emailField, timeZone: timeZoneField }),
      invalid: (ctx, { body }, error) => accountPage(ctx, { profile: formOf(body, error) }),
    },
    async (ctx, { body: { name, email, timeZone }, request }) => {
      const { email: before } = await users.edit(ctx, ownId(ctx), { name, timeZone });
      if (email === before) request.flash("good", "Saved.");
      else {
        await emailChanges.request(ctx, email);
        request.flash("info", `Saved. Follow the link we mail to ${email}; until then your address stays ${before}.`);
      }
      return redirect("/account");
    },
  ),
  form(
    "/account/password",
    {
      can: "profile.edit",
      summary: "Choose another password; other browsers are signed out.",
      limit: { points: 100, durationS: 3600 },
      body: t.Object({ currentPassword: passwordField, newPassword: passwordField }),
      invalid: (ctx, _, error) => accountPage(ctx, { password: formOf({}, error) }),
    },
    async (ctx, { body, request }) => {
      await passwordResets.change(ctx, body, request);
      request.flash("good", "Your new password is saved, and other devices are signed out.");
      return redirect("/account");
    },
  ),
  form(
    "/account/tokens",
    {
      can: "tokens.create",
      summary: "Make an API token; it is shown once.",
      body: t.Object(newTokenFields),
      invalid: (ctx, { body: { label, scopes, expiresInDays } }, error) => accountPage(ctx, { token: formOf({ label, scopes: [scopes ?? []].flat(), expiresInDays }, error) }),
    },
    async (ctx, { body }) => {
      const { label, secret } = await tokens.create(ctx, body);
      return (await accountPage(ctx, { newToken: { label, secret } })).with({ "Cache-Control": "no-store" });
    },
  ),
  form("/account/tokens/:id/revoke", { can: "tokens.create", summary: "Take an API token away.", params: t.Object({ id: t.Id() }), body: t.Object({}) }, async (ctx, { params, request }) => {
    await tokens.revoke(ctx, params.id);
    request.flash("good", "The token no longer works.");
    return redirect("/account");
  }),
];

interface AccountForms {
  profile?: Form;
  password?: Form;
  token?: Form;
  newToken?: { label: string; secret: string };
}

async function accountPage(ctx: Context, { profile, password, token, newToken }: AccountForms = {}): Promise<Reply> {
  const { name, email, timeZone } = await users.get(ctx, ownId(ctx));
  return page("account", {
    page: { title: "Account" },
    profile: profile ?? formOf({ name, email, timeZone }),
    timeZones: timeZones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
    password: password ?? formOf({}),
    token: token ?? formOf({ label: "", scopes: [], expiresInDays: 90 }),
    scopes: tokens.scopesOf(ctx).map(({ value, label }) => ({ value, label, hint: value })),
    newToken: newToken ?? null,
    tokens: await tokens.list(ctx),
  });
}

const ownId = ({ actor }: Context): string => actor.id ?? "";
