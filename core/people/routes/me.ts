import type { Context } from "../../kernel/context.ts";
import { t } from "../../kernel/schema.ts";
import { etagOf, matchedVersion } from "../../http/etag.ts";
import { created, json, noContent, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import * as emailChanges from "../email-changes.ts";
import { emailField, nameField, timeZoneField } from "../fields.ts";
import * as privacy from "../privacy.ts";
import * as sessions from "../sessions.ts";
import * as tokens from "../tokens.ts";
import * as users from "../users.ts";
import { newTokenFields } from "./account.ts";
import { tokenShape, userShape } from "./shapes.ts";

/** The API of whoever asks: their account, sessions and tokens. */
export const meRoutes = ({ get, post, patch, del }: RouteBuilder): readonly Route[] => [
  get("/me", { can: "profile.read", summary: "Your own account, and what you may do on the whole site.", answer: userShape }, async (ctx) => shown(ctx, await users.get(ctx, ownId(ctx)))),
  patch(
    "/me",
    {
      can: "profile.edit",
      ifMatch: "required",
      summary: "Edit your own account. A new email address is used once the link that is mailed to it has been followed.",
      body: t.Object({ name: t.Optional(nameField), email: t.Optional(emailField), timeZone: t.Optional(timeZoneField) }),
      answer: userShape,
    },
    async (ctx, { body: { email, ...changes }, request }) => {
      const user = await users.edit(ctx, ownId(ctx), changes, matchedVersion(request));
      if (email !== undefined && email !== user.email) await emailChanges.request(ctx, email);
      return shown(ctx, user);
    },
  ),
  get("/me/export", { can: "profile.read", summary: "Everything that is known of you.", answer: t.Object({}, { additionalProperties: true }) }, (ctx) => privacy.exportPerson(ctx, ownId(ctx))),
  get("/me/sessions", { can: "profile.read", summary: "The browsers you are signed in with.", answer: t.Array(t.Object({}, { additionalProperties: true })) }, (ctx) => sessions.list(ctx, ownId(ctx))),
  del("/me/sessions", { can: "profile.edit", summary: "Sign out everywhere, here included." }, async (ctx) => {
    await sessions.closeAll(ctx, ownId(ctx));
    return noContent();
  }),
  get("/me/tokens", { can: "tokens.create", summary: "Your API tokens, without their text.", answer: t.Array(tokenShape) }, (ctx) => tokens.list(ctx)),
  post(
    "/me/tokens",
    { can: "tokens.create", summary: "Make an API token. Its text is in this answer and never again.", status: 201, body: t.Object(newTokenFields), answer: tokenShape },
    async (ctx, { body }) => {
      const token = await tokens.create(ctx, body);
      return created(`/api/v1/me/tokens/${token.id}`, token).with({ "Cache-Control": "no-store" });
    },
  ),
  del("/me/tokens/:id", { can: "tokens.create", summary: "Take an API token away.", params: t.Object({ id: t.Id() }) }, async (ctx, { params }) => {
    await tokens.revoke(ctx, params.id);
    return noContent();
  }),
];

function shown(ctx: Context, user: users.UserView): Reply {
  const permissions = [...ctx.site.host.permissions.keys()].filter((name) => ctx.can(name));
  return json({ ...user, permissions }, 200, { ETag: etagOf(user.version) });
}

const ownId = ({ actor }: Context): string => actor.id ?? "";
