import type { Context } from "../../kernel/context.ts";
import { refuse, type CadreError } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { page, redirect, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf } from "../../pages/form.ts";
import * as administrators from "../administrators.ts";
import { emailField, nameField, passwordField } from "../fields.ts";
import * as links from "../links.ts";
import { safeNext } from "../next.ts";
import { mayRegister, register } from "../registration.ts";
import { complete } from "../sign-ins.ts";

const limit = { points: 200, durationS: 3600 };
const newcomer = { name: nameField, email: emailField, password: passwordField };
const tokenQuery = t.Object({ token: t.String({ maxLength: 100 }) }, { additionalProperties: true });

/** Making an account of one's own, the first administrator's among them. */
export const registerRoutes = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/register", { can: "anyone", summary: "Make an account.", query: t.Object({ next: t.Optional(t.String()) }, { additionalProperties: true }) }, (ctx, { query }) => {
    const next = safeNext(ctx.site, query.next);
    if (ctx.actor.kind === "user") return redirect(next);
    if (!mayRegister(ctx)) throw refuse("registration_closed", "Ask an administrator of this site for an account.");
    return registerPage({ next });
  }),
  form(
    "/register",
    {
      can: "anyone",
      summary: "Make an account and come in.",
      limit,
      body: t.Object({ ...newcomer, next: t.Optional(t.String()) }),
      invalid: async (ctx, { body: { name, email, next } }, error) => registerPage({ name, email, next: safeNext(ctx.site, next as string | undefined) }, error),
    },
    async (ctx, { body: { next, ...given }, request }) => {
      const { id } = await register(ctx, { ...given, strategy: "local" });
      await complete(ctx, id, "local", request);
      return redirect(safeNext(ctx.site, next));
    },
  ),
  pageRoute("/first-administrator", { can: "anyone", summary: "Make the first administrator's account, by the link printed at start.", limit, query: tokenQuery }, async (ctx, { query: { token } }) => {
    await links.look(ctx, "administrator", token);
    return administratorPage({ token });
  }),
  form(
    "/first-administrator",
    {
      can: "anyone",
      summary: "Make the first administrator's account and come in.",
      limit,
      body: t.Object({ ...newcomer, token: t.String({ maxLength: 100 }) }),
      invalid: async (_, { body: { name, email, token } }, error) => administratorPage({ name, email, token }, error),
    },
    async (ctx: Context, { body: { token, ...given }, request }) => {
      await complete(ctx, await administrators.create(ctx, token, given), "administrator link", request);
      return redirect("/admin/people");
    },
  ),
];

function registerPage(values: Record<string, unknown>, error?: CadreError): Reply {
  return page("register", { page: { title: "Create your account" }, form: formOf(values, error) });
}

function administratorPage(values: Record<string, unknown>, error?: CadreError): Reply {
  return page("first-administrator", { page: { title: "First administrator" }, form: formOf(values, error) });
}
