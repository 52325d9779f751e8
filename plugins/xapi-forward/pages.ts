import { formOf, page, pageQuery, pagerOf, redirect, t, type Context, type Form, type PageRequest, type RawRequest, type Reply, type Route, type RouteBuilder } from "cadre";
import * as queue from "./queue.ts";
import { byId, can, targetFields } from "./routes.ts";
import type { Outcome } from "./sending.ts";
import type { ForwardSettings } from "./settings.ts";
import * as targets from "./targets.ts";

const lines = t.String({ maxLength: 100_000, default: "" });
const here = "/xapi-forward";
const empty = { kind: "store", label: "", url: "", version: "1.0.3", username: "", verbs: "", activities: "" };

/** Targets as pages. */
export const targetPages = ({ page: pageRoute, form }: RouteBuilder<ForwardSettings>): readonly Route[] => [
  pageRoute("/", { can, summary: "Where statements are sent." }, (ctx) => targetsPage(ctx)),
  form(
    "/",
    {
      can,
      summary: "Send statements somewhere.",
      body: t.Object({ ...targetFields, verbs: lines, activities: lines }),
      invalid: (ctx, { body: { secret: _, ...values } }, error) => targetsPage(ctx, { form: formOf(values, error) }),
    },
    async (ctx, { body: { verbs, activities, ...wish }, request }) => {
      const { target, secret } = await targets.create(ctx, { ...wish, filter: { stores: [], verbs: linesOf(verbs), activities: linesOf(activities) } });
      if (secret !== null) return (await targetsPage(ctx, { made: { label: target.label, secret } })).with({ "Cache-Control": "no-store" });
      tell(request, target.label, await targets.tryOut(ctx, target.id));
      return redirect(`${here}/${target.id}`);
    },
  ),
  pageRoute("/:id", { can, summary: "One target, and what it would not take.", params: byId, query: t.Object(pageQuery) }, (ctx, { params, query, request }) => targetPage(ctx, params.id, query, request)),
  form("/:id/try", { can, summary: "Ask whether it could be sent to.", params: byId, body: t.Object({}) }, async (ctx, { params, request }) => {
    tell(request, (await targets.get(ctx, params.id)).label, await targets.tryOut(ctx, params.id));
    return redirect(`${here}/${params.id}`);
  }),
  form("/:id/pause", { can, summary: "Let statements wait.", params: byId, body: t.Object({}) }, async (ctx, { params, request }) => {
    await targets.pause(ctx, params.id);
    request.flash("info", "Paused. Statements wait until you resume.");
    return redirect(`${here}/${params.id}`);
  }),
  form("/:id/resume", { can, summary: "Send on.", params: byId, body: t.Object({}) }, async (ctx, { params, request }) => {
    await targets.resume(ctx, params.id);
    request.flash("good", "Resumed. What waits is sent now.");
    return redirect(`${here}/${params.id}`);
  }),
  form("/:id/replay", { can, summary: "Send what was set aside again.", params: byId, body: t.Object({}) }, async (ctx, { params, request }) => {
    const replayed = await queue.replay(ctx, params.id);
    request.flash("good", replayed === 1 ? "One statement is sent again." : `${replayed} statements are sent again.`);
    return redirect(`${here}/${params.id}`);
  }),
  form("/:id/resend", { can, summary: "Send what is stored already.", params: byId, body: t.Object({ since: t.String({ format: "date" }) }) }, async (ctx, { params, body, request }) => {
    await queue.resend(ctx, params.id, { store: 1, since: new Date(`${body.since}T00:00:00Z`) });
    request.flash("good", `What was stored since ${body.since} is being queued.`);
    return redirect(`${here}/${params.id}`);
  }),
  form("/:id/remove", { can, summary: "Send there no more.", params: byId, body: t.Object({}) }, async (ctx, { params, request }) => {
    await targets.remove(ctx, params.id);
    request.flash("good", "Removed. Nothing is sent there any more.");
    return redirect(here);
  }),
];

async function targetsPage(ctx: Context, { form = formOf(empty), made }: { form?: Form; made?: { label: string; secret: string } } = {}): Promise<Reply> {
  const all = await targets.list(ctx);
  return page("xapi-forward/targets", { page: { title: "Forwarding" }, targets: all.map((target) => ({ ...target, state: stateOf(target), href: `${here}/${target.id}` })), form, made: made ?? null });
}

async function targetPage(ctx: Context, id: string, place: PageRequest, request: RawRequest): Promise<Reply> {
  const target = await targets.get(ctx, id);
  const buried = await targets.buried(ctx, id, place);
  return page("xapi-forward/target", {
    page: { title: target.label, crumbs: [{ label: "Forwarding", href: here }] },
    target: { ...target, state: stateOf(target), href: `${here}/${id}` },
    buried: buried.items,
    pager: pagerOf(request, buried),
  });
}

function stateOf({ paused, failures }: targets.TargetView): string {
  if (paused) return "paused";
  return failures > 0 ? "failing" : "healthy";
}

function linesOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function tell(request: RawRequest, label: string, outcome: Outcome): void {
  if (outcome.is === "taken") request.flash("good", `“${label}” answers as it should.`);
  else request.flash("bad", `“${label}” can't be sent to yet. ${outcome.reason}`);
}
