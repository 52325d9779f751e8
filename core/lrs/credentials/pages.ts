import type { Context } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import { t, type Static } from "../../kernel/schema.ts";
import { pageQuery, pagerOf, type PageRequest } from "../../http/paging.ts";
import { page, redirect, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf, type Form } from "../../pages/form.ts";
import { labelField } from "../../people/fields.ts";
import * as credentials from "./commands.ts";
import { ofCredential, overlapField, scopeLabels, scopesField } from "./routes.ts";
import type { Members } from "../statement/shape.ts";
import { recordPlaces } from "../places.ts";

const lifetimes = ["never", "30", "90", "365"] as const;
const lineField = t.String({ maxLength: 10_000, pattern: "^[^\\p{Cc}]*$", default: "" });
const fields = t.Object({
  label: labelField,
  scopes: scopesField,
  expires: t.Enum(lifetimes),
  store: t.Optional(t.String({ maxLength: 200 })),
  activity: lineField,
  registration: lineField,
  agent: lineField,
  authority: t.String({ maxLength: 10_000, default: "" }),
  requestsPerMinute: t.String({ pattern: "^(?:[1-9]\\d{0,6})?$", default: "" }),
});
const can = "records.manage";

/** The page of the record store's keys, and its forms. */
export const credentialPages = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/admin/records", { can, summary: "The record store and its keys.", query: t.Object(pageQuery) }, (ctx, { query, request }) => recordsPage(ctx, query, request)),
  form(
    "/admin/records/keys",
    {
      can,
      summary: "Make a key; its secret is shown once.",
      body: fields,
      invalid: (ctx, { body, request }, error) => recordsPage(ctx, firstPage, request, { form: formOf({ ...body, scopes: [body.scopes ?? []].flat() }, error) }),
    },
    async (ctx, { body, request }) => (await recordsPage(ctx, firstPage, request, { told: await credentials.create(ctx, wishOf(body)) })).with({ "Cache-Control": "no-store" }),
  ),
  form("/admin/records/keys/:id/rename", { can, summary: "Rename a key.", params: ofCredential, body: t.Object({ label: labelField }) }, async (ctx, { params, body, request }) => {
    const { label } = await credentials.rename(ctx, params.id, body.label);
    request.flash("good", `The key is called “${label}” now.`);
    return redirect("/admin/records");
  }),
  form(
    "/admin/records/keys/:id/rotate",
    { can, summary: "Give a key a new secret; it is shown once.", params: ofCredential, body: t.Object({ overlapHours: overlapField }) },
    async (ctx, { params, body, request }) => {
      const told = await credentials.rotate(ctx, params.id, body.overlapHours);
      return (await recordsPage(ctx, firstPage, request, { told })).with({ "Cache-Control": "no-store" });
    },
  ),
  form("/admin/records/keys/:id/revoke", { can, summary: "Revoke a key.", params: ofCredential, body: t.Object({}) }, async (ctx, { params, request }) => {
    await credentials.revoke(ctx, params.id);
    request.flash("good", "The key is revoked, and works nowhere in a few seconds.");
    return redirect("/admin/records");
  }),
];

const firstPage: PageRequest = { limit: 50 };
const empty = { label: "", scopes: ["statements/write", "statements/read/mine", "define"], expires: "365" };
const overlaps = [0, 1, 24, 168];

/** Everything of the form as a command wants it: what is empty is left out. */
function wishOf({ expires, store, activity, registration, agent, authority, requestsPerMinute, ...wish }: Static<typeof fields>): credentials.CredentialWish {
  return {
    ...wish,
    expiresInDays: expires === "never" ? null : Number(expires),
    store: store || undefined,
    limits: { activity: activity || undefined, registration: registration.trim() || undefined, agent: agentOf(agent.trim()) },
    authority: authority.trim() || undefined,
    requestsPerMinute: requestsPerMinute === "" ? undefined : Number(requestsPerMinute),
  };
}

/** An agent as it is typed: an email address, or JSON. @throws invalid_limits (422) */
function agentOf(text: string): Members | undefined {
  if (text === "") return undefined;
  if (!text.startsWith("{")) return { mbox: `mailto:${text}` };
  try {
    return JSON.parse(text) as Members;
  } catch (cause) {
    const message = "The agent is neither an email address nor JSON.";
    throw new CadreError("invalid_limits", message, { status: 422, problems: [{ pointer: "/agent", code: "invalid_limits", message }], cause });
  }
}

interface Shown {
  form?: Form;
  /** A key whose secret is to be shown. */
  told?: { label: string; key: string; secret: string; formerUntil: Date | null };
}

async function recordsPage(ctx: Context, place: PageRequest, request: RawRequest, { form = formOf(empty), told }: Shown = {}): Promise<Reply> {
  const [found, stores] = await Promise.all([credentials.list(ctx, place), credentials.stores(ctx)]);
  return page("admin/records", {
    places: recordPlaces(ctx, "/admin/records"),
    page: { title: "Records" },
    endpoint: `${ctx.site.url}/xapi/`,
    form,
    narrowed: ["activity", "registration", "agent", "authority", "requestsPerMinute"].some((name) => form.values[name] !== undefined && form.values[name] !== ""),
    scopes: Object.entries(scopeLabels).map(([value, label]) => ({ value, label, hint: value })),
    lifetimes: lifetimes.map((value) => ({ value, label: value === "never" ? "Never" : `In ${value} days` })),
    overlaps: overlaps.map((hours) => ({ value: String(hours), label: hours === 0 ? "The old secret stops now" : hours === 168 ? "Both work for a week" : `Both work for ${hours === 1 ? "an hour" : "a day"}` })),
    stores: stores.length > 1 ? stores.map((name) => ({ value: name, label: name })) : null,
    told: told ? { label: told.label, key: told.key, secret: told.secret, formerUntil: told.formerUntil } : null,
    keys: found.items.map((key) => ({ ...key, agent: key.agent && wordsOf(key.agent), authority: (key.authority.account as Members | undefined)?.name === key.key ? "The key itself" : wordsOf(key.authority) })),
    pager: pagerOf(request, found),
  });
}

/** An agent in a few words: its identifier, or those of a group's members. */
function wordsOf({ account, mbox, mbox_sha1sum: digest, openid, member }: Members): string {
  if (Array.isArray(member) && !account && !mbox && !digest && !openid) return (member as Members[]).map(wordsOf).join(" and ");
  if (account) return `${(account as Members).name as string} at ${(account as Members).homePage as string}`;
  return String(mbox ?? digest ?? openid).replace(/^mailto:/, "");
}
