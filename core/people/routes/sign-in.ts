import type { Context } from "../../kernel/context.ts";
import type { CadreError } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { page, redirect, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf } from "../../pages/form.ts";
import { emailField, passwordField } from "../fields.ts";
import { safeNext } from "../next.ts";
import { mayRegister } from "../registration.ts";
import * as sessions from "../sessions.ts";
import * as strategies from "../strategies.ts";

const strategyParams = t.Object({ strategy: t.String({ pattern: "^[a-z][a-z0-9-]*$" }) });
const nextQuery = t.Object({ next: t.Optional(t.String()) }, { additionalProperties: true });

/** Coming in, by email and password or by another site, and going out. */
export const signInRoutes = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/sign-in", { can: "anyone", summary: "Sign in.", query: nextQuery }, (ctx, { query }) => {
    const next = safeNext(ctx.site, query.next);
    return ctx.actor.kind === "user" ? redirect(next) : signInPage(ctx, { next });
  }),
  form(
    "/sign-in",
    {
      can: "anyone",
      summary: "Sign in by email and password.",
      limit: { points: 300, durationS: 300 },
      body: t.Object({ email: emailField, password: passwordField, next: t.Optional(t.String()) }),
      invalid: async (ctx, { body }, error) => signInPage(ctx, { email: body.email, next: safeNext(ctx.site, body.next as string | undefined) }, error),
    },
    async (ctx, { body: { email, password, next }, request }) => {
      await strategies.signInLocally(ctx, { email, password }, request);
      return redirect(safeNext(ctx.site, next));
    },
  ),
  form("/sign-out", { can: "anyone", summary: "Sign out in this browser.", body: t.Object({}) }, async (ctx, { request }) => {
    await sessions.close(ctx, request);
    return redirect("/");
  }),
  pageRoute("/sign-in/:strategy", { can: "anyone", summary: "Go to another site to sign in.", params: strategyParams, query: nextQuery, limit: { points: 300, durationS: 300 } }, async (ctx, { params, query, request }) =>
    redirect(await strategies.begin(ctx, params.strategy, safeNext(ctx.site, query.next), request)),
  ),
  pageRoute("/sign-in/:strategy/callback", { can: "anyone", summary: "Come back from another site.", params: strategyParams, limit: { points: 300, durationS: 300 } }, async (ctx, { params, request }) =>
    redirect(await strategies.comeBack(ctx, params.strategy, request)),
  ),
];

function signInPage(ctx: Context, values: Record<string, unknown> & { next: string }, error?: CadreError): Reply {
  return page("sign-in", { page: { title: "Sign in" }, form: formOf(values, error), strategies: strategies.list(ctx, values.next), mayRegister: mayRegister(ctx) });
}
