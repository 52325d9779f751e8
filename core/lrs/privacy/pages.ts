import type { Context } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import { t, type Static } from "../../kernel/schema.ts";
import { sql } from "../../db/sql.ts";
import { pageQuery, pagerOf, type PageRequest } from "../../http/paging.ts";
import { page, redirect, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf, type Form } from "../../pages/form.ts";
import { recordPlaces } from "../places.ts";
import type { Members } from "../statement/shape.ts";
import { preview } from "./preview.ts";
import * as requests from "./requests.ts";
import { acts, roles, type Role } from "./roles.ts";
import { can, exported, ofRequest } from "./routes.ts";
import { agentsTyped, wordsOf } from "./typed.ts";

const path = "/admin/records/privacy";
const whoFields = {
  agents: t.String({ maxLength: 20_000, default: "" }),
  store: t.String({ pattern: "^([0-9]{1,9})?$", default: "" }),
};
const act = (chosen: (typeof acts)[number]) => t.Enum(acts, { default: chosen });
const fields = t.Object({
  ...whoFields,
  actor: act("erase"),
  instructor: act("pseudonymise"),
  authority: act("pseudonymise"),
  mention: act("pseudonymise"),
  documents: t.Enum(["keep", "erase"] as const, { default: "erase" }),
  later: t.Enum(requests.laterChoices, { default: "store" }),
  confirm: t.String({ maxLength: 4000, default: "" }),
});
const untouched = { actor: "erase", instructor: "pseudonymise", authority: "pseudonymise", mention: "pseudonymise", documents: "erase", later: "store", confirm: "" } as const;

/** The pages of privacy: who, what there is of them, what is to be done, and the reports. */
export const privacyPages = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute(path, { can, summary: "Export, erase or pseudonymise somebody in the record store.", query: t.Object(pageQuery) }, (ctx, { query, request }) => beginningPage(ctx, query, request)),
  form(
    `${path}/preview`,
    { can, summary: "What the record store has of somebody, and what is to be done with it.", body: t.Object(whoFields), invalid: (ctx, { body, request }, error) => beginningPage(ctx, firstPage, request, formOf(body, error)) },
    async (ctx, { body }) => choosingPage(ctx, { ...body, ...untouched }),
  ),
  form(
    `${path}/export`,
    { can, summary: "Download everything of somebody.", body: t.Object(whoFields), invalid: (ctx, { body, request }, error) => beginningPage(ctx, firstPage, request, formOf(body, error)) },
    async (ctx, { body }) => exported(ctx, await someAgents(ctx, body.agents), storeOf(body.store)),
  ),
  form(
    path,
    { can, summary: "Erase or pseudonymise somebody, as was chosen and confirmed.", body: fields, invalid: (ctx, { body }, error) => choosingPage(ctx, body as Static<typeof fields>, error) },
    async (ctx, { body, request }) => {
      const { agents: text, store, confirm, later, ...choices } = body;
      const agents = await someAgents(ctx, text);
      if (confirm.trim() !== wordsOf(agents[0]!)) throw notConfirmed();
      const { id } = await requests.begin(ctx, { agents, store: storeOf(store), choices, later });
      request.flash("good", "It is queued, and goes on without this page.");
      return redirect(`${path}/${id}`);
    },
  ),
  pageRoute(`${path}/:id`, { can, summary: "How a request stands, and its report.", params: ofRequest }, (ctx, { params }) => requestPage(ctx, params.id)),
  form(`${path}/:id/resume`, { can, summary: "Go on with a request that stopped.", params: ofRequest, body: t.Object({}) }, async (ctx, { params, request }) => {
    await requests.goOn(ctx, params.id);
    request.flash("good", "It goes on.");
    return redirect(`${path}/${params.id}`);
  }),
];

const firstPage: PageRequest = { limit: 25 };
const storeOf = (text: string): number | null => (text === "" ? null : Number(text));

/** @throws no_agents (422), invalid_agents (422) */
async function someAgents(ctx: Context, text: string): Promise<Members[]> {
  const agents = await agentsTyped(ctx, text);
  if (agents.length > 0) return agents;
  const message = "Say who: at least one identifier.";
  throw new CadreError("no_agents", message, { status: 422, problems: [{ pointer: "/agents", code: "no_agents", message }] });
}

function notConfirmed(): CadreError {
  const message = "This is not what was to be typed.";
  return new CadreError("not_confirmed", message, { status: 422, problems: [{ pointer: "/confirm", code: "not_confirmed", message }] });
}

const roleWords: Record<Role, { label: string; hint: string }> = {
  actor: { label: "Where they act", hint: "Actor or object, or a member of one; within a SubStatement too." },
  instructor: { label: "Where they teach", hint: "Instructor, team, context agents and groups." },
  authority: { label: "Where they vouch", hint: "Authority, of a key that spoke in their name." },
  mention: { label: "Where they are mentioned", hint: "An identifier anywhere else in the text: responses, extensions, names, ids. Found when it runs." },
};
const actWords: Record<(typeof acts)[number], string> = { keep: "Keep as it is", pseudonymise: "Put a pseudonym", erase: "Erase" };
const laterWords: Record<requests.Later, string> = { store: "Take them as any other", refuse: "Refuse them", pseudonymise: "Take them with the pseudonym" };
const stepWords: Record<requests.Step, string> = { statements: "Going through statements", late: "Going through what came meanwhile", belongings: "Documents, names and keys", proof: "Searching for what is left", report: "Writing the report" };
const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));
const actOptions = options(actWords);
const documentOptions = actOptions.filter(({ value }) => value !== "pseudonymise");

async function storeOptions({ db }: Context): Promise<{ value: string; label: string }[]> {
  const rows = await db.rows<{ id: number; name: string }>(sql`select id, name from lrs_store order by id`);
  return rows.length > 1 ? [{ value: "", label: "Every store" }, ...rows.map(({ id, name }) => ({ value: String(id), label: name }))] : [];
}

async function beginningPage(ctx: Context, place: PageRequest, request: RawRequest, form: Form = formOf({ agents: "", store: "" })): Promise<Reply> {
  const found = await requests.list(ctx, place);
  return page("admin/records/privacy", {
    page: { title: "Privacy" },
    places: recordPlaces(ctx, path),
    form,
    stores: await storeOptions(ctx),
    requests: found.items.map(({ id, state, reason, createdAt, tallies, report }) => ({ id, href: `${path}/${id}`, status: statusOf(state, report?.clean), reason, createdAt, statements: tallies.statements?.found ?? 0 })),
    pager: pagerOf(request, found),
  });
}

async function choosingPage(ctx: Context, body: Static<typeof fields>, error?: CadreError): Promise<Reply> {
  const agents = await someAgents(ctx, body.agents);
  const found = await preview(ctx, agents, storeOf(body.store));
  return page("admin/records/privacy-choices", {
    page: { title: "What the record store has of somebody", crumbs: [{ label: "Privacy", href: path }] },
    places: recordPlaces(ctx, path),
    form: formOf({ ...body }, error),
    agents: agents.map(wordsOf),
    found: { ...found, partly: found.looked < found.statements },
    counts: roles.filter((role) => role !== "mention").map((role) => ({ label: roleWords[role].label, count: found.byRole[role] })),
    roles: roles.map((role) => ({ role, ...roleWords[role] })),
    actOptions,
    documentOptions,
    laterOptions: options(laterWords),
    typed: wordsOf(agents[0]!),
  });
}

async function requestPage(ctx: Context, id: string): Promise<Reply> {
  const { agents, tallies, report, choices, later, step, state, ...request } = await requests.get(ctx, id);
  const under = state === "waiting" || state === "running";
  const reply = page("admin/records/privacy-request", {
    page: { title: "Request for privacy", crumbs: [{ label: "Privacy", href: path }] },
    places: recordPlaces(ctx, path),
    request: { ...request, state, status: statusOf(state, report?.clean), step: stepWords[step], later: laterWords[later] },
    under,
    agents: agents?.map(wordsOf) ?? [],
    tallies,
    rows: roles.map((role) => ({ label: roleWords[role].label, act: actWords[choices[role]], before: tallies.found?.[role] ?? 0, after: report?.after.byRole[role] ?? null })),
    documents: actWords[choices.documents],
    report,
    elsewhere: report?.after.elsewhere.filter(({ rows }) => rows > 0) ?? [],
    searched: report?.after.elsewhere.map(({ table }) => table).join(", "),
    reportHref: `/api/v1/records/privacy/${id}/report.json`,
    resumeHref: `${path}/${id}/resume`,
  });
  return under ? reply.with({ Refresh: "3" }) : reply;
}

/** A state as the badge of the same name has it. */
const statusOf = (state: requests.PrivacyRequest["state"], clean: boolean | undefined): string => (state === "done" ? (clean ? "completed" : "degraded") : state);
