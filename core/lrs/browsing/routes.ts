import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { pageQuery, pagerOf, type PageRequest } from "../../http/paging.ts";
import { page, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { sizeOf } from "../../pages/words.ts";
import { agentFrom, namedAgent, personHref } from "./agents.ts";
import { emptyFilter, filterQuery, queryOf, readFilter, storesOf, type FilterFields, type ReadFilter } from "./filter.ts";
import { authorityWords, wholeStatement } from "./whole-statement.ts";
import { activityHref, agentHref, browse, objectHref, statementHref } from "./statements.ts";
import { identityOf } from "../keys.ts";
import { definitionsOf } from "../mentions.ts";
import { recordPlaces } from "../places.ts";
import { seenVerbs } from "./seen-verbs.ts";
import { daysOf, lastPart, wordsIn } from "../sentences.ts";
import { isObject, type Members } from "../statement/shape.ts";
import { countedAtMost, verbCounts } from "./verb-counts.ts";

const can = "records.read";
const statementsPath = "/admin/records/statements";
const listed = t.Object({ ...filterQuery, ...pageQuery });

/** Where statements are looked for, looked at, and followed along an agent or an activity. */
export const browseRoutes = ({ page: pageRoute }: RouteBuilder): readonly Route[] => [
  pageRoute(statementsPath, { can, summary: "The statements of the record store, by filters.", query: listed }, (ctx, { query, request }) => statementsPage(ctx, query, request)),
  pageRoute(
    `${statementsPath}/:id`,
    { can, summary: "One statement, with what it points at and what points at it.", params: t.Object({ id: t.Id() }), query: t.Object({ store: filterQuery.store }) },
    (ctx, { params, query }) => statementPage(ctx, query.store, params.id),
  ),
  pageRoute("/admin/records/agents", { can, summary: "What is recorded of an agent, in order of time.", query: listed }, (ctx, { query, request }) => agentPage(ctx, query, request)),
  pageRoute("/admin/records/activities", { can, summary: "What is recorded of an activity, in order of time.", query: listed }, (ctx, { query, request }) => activityPage(ctx, query, request)),
];

/** What the form of filters shows, for every page that has it. */
export async function filterForm(ctx: Context, fields: FilterFields, { meant, problems }: ReadFilter): Promise<object> {
  const [verbs, stores] = [await seenVerbs(ctx, fields.store), await storesOf(ctx)];
  const known = verbs.some(({ id }) => id === fields.verb) || fields.verb === "";
  const { store: _, ...asked } = fields;
  return {
    form: { values: fields, problems },
    store: String(fields.store),
    verbs: [...verbs.map(({ id, label }) => ({ value: id, label })), ...(known ? [] : [{ value: fields.verb, label: lastPart(fields.verb) }])],
    stores: stores.length > 1 ? stores.map(({ id, name }) => ({ value: String(id), label: name })) : [],
    // a time in an address is no date a date field could show
    dates: { since: dayOrEmpty(fields.since), until: dayOrEmpty(fields.until) },
    meant: { name: meant.chosen?.name ?? null, others: meant.others.map(({ name, text }) => ({ name, text, query: queryOf(fields, { agent: text }) })) },
    filtered: Object.values(asked).some((value) => value !== ""),
  };
}

type Listed = FilterFields & PageRequest;

async function statementsPage(ctx: Context, { limit, cursor, ...fields }: Listed, request: RawRequest): Promise<Reply> {
  const asked = await readFilter(ctx, fields);
  const found = asked.problems.length > 0 ? { items: [], previous: null, next: null } : await browse(ctx, asked.filter, { limit, cursor });
  const query = queryOf(fields);
  return page("admin/records/statements", {
    page: { title: "Statements" },
    places: recordPlaces(ctx, statementsPath),
    filter: await filterForm(ctx, fields, asked),
    action: statementsPath,
    statements: found.items,
    pager: pagerOf(request, found),
    liveHref: `/admin/records/live${query}`,
    exports: asked.problems.length > 0 ? null : exportsOf(query),
  });
}

/** Where the statements of a filter are downloaded. */
const exportsOf = (query: string): { csv: string; ndjson: string; whole: string } => ({
  csv: `/api/v1/records/statements.csv${query}`,
  ndjson: `/api/v1/records/statements.ndjson${query}`,
  whole: `/api/v1/records/statements.ndjson${query}${query === "" ? "?" : "&"}attachments=true&documents=true&voided=true`,
});

async function statementPage(ctx: Context, store: number, id: string): Promise<Reply> {
  const { line, json, statement, voided, pointing, target, attachments } = await wholeStatement(ctx, store, id);
  const { context, object, version, timestamp, authority } = statement as Record<"context" | "object" | "authority", Members | undefined> & { version?: string; timestamp: string };
  const registration = context?.registration as string | undefined;
  return page("admin/records/statement", {
    page: { title: "Statement", crumbs: [{ label: "Statements", href: `${statementsPath}${queryOf(emptyFilter, { store })}` }] },
    places: recordPlaces(ctx, statementsPath),
    line,
    json,
    voided,
    voidedBy: pointing.filter(({ voiding }) => voiding),
    referredTo: pointing.filter(({ voiding }) => !voiding),
    target: target ? { ...target, href: statementHref(store, target.id) } : null,
    facts: {
      stored: line.stored,
      timestamp,
      actorHref: line.actorHref,
      verbId: line.verbId,
      objectId: isObject(object) ? ((object.id as string | undefined) ?? null) : null,
      objectHref: objectHref(store, object),
      registration: registration ?? null,
      registrationHref: registration === undefined ? null : `${statementsPath}${queryOf(emptyFilter, { store, registration })}`,
      authority: authorityWords(statement),
      authorityHref: authority ? agentHref(store, authority) : null,
      version: version ?? null,
      activities: relatedActivities(store, context),
    },
    attachments: attachments.map((each) => ({ ...each, size: sizeOf(each.sizeBytes) })),
  });
}

function relatedActivities(store: number, context: Members | undefined): { kind: string; name: string; href: string }[] {
  const kinds = isObject(context?.contextActivities) ? context.contextActivities : {};
  return Object.entries(kinds).flatMap(([kind, activities]) =>
    [activities].flat().map((activity) => {
      const { id, definition } = activity as Members & { id: string };
      return { kind, name: (isObject(definition) ? wordsIn(definition.name) : undefined) ?? lastPart(id), href: activityHref(store, id) };
    }),
  );
}

async function agentPage(ctx: Context, { limit, cursor, ...fields }: Listed, request: RawRequest): Promise<Reply> {
  const agent = agentFrom(fields.agent.trim());
  if (!agent) throw refuse("not_found", "Say which agent: ?agent=mailto:…", { status: 404 });
  const { name, text } = await namedAgent(ctx, fields.store, agent);
  const counts = await verbCounts(ctx, fields.store, fields.related ? "related-agent" : "agent", identityOf(agent)!);
  const person = ctx.can("people.read") ? personHref(ctx, agent) : null;
  return timelinePage(ctx, { ...fields, agent: text }, { limit, cursor }, request, { kind: "agent", path: "/admin/records/agents", name, identifier: text, person, type: null, counts });
}

async function activityPage(ctx: Context, { limit, cursor, ...fields }: Listed, request: RawRequest): Promise<Reply> {
  const id = fields.activity.trim();
  if (id === "") throw refuse("not_found", "Say which activity: ?activity=https://…", { status: 404 });
  const definition = (await definitionsOf(ctx.db, fields.store, [id])).get(id);
  const counts = await verbCounts(ctx, fields.store, fields.related ? "related-activity" : "activity", id);
  const name = wordsIn(definition?.name) ?? lastPart(id);
  const type = typeof definition?.type === "string" ? lastPart(definition.type) : null;
  return timelinePage(ctx, fields, { limit, cursor }, request, { kind: "activity", path: "/admin/records/activities", name, identifier: id, person: null, type, counts });
}

interface Subject {
  kind: "agent" | "activity";
  path: string;
  name: string;
  identifier: string;
  person: string | null;
  type: string | null;
  counts: Awaited<ReturnType<typeof verbCounts>>;
}

async function timelinePage(ctx: Context, fields: FilterFields, place: PageRequest, request: RawRequest, { counts, path, ...subject }: Subject): Promise<Reply> {
  const asked = await readFilter(ctx, fields);
  const found = asked.problems.length > 0 ? { items: [], previous: null, next: null } : await browse(ctx, asked.filter, place);
  const most = counts.verbs[0]?.count ?? 1;
  return page("admin/records/timeline", {
    page: { title: subject.name, crumbs: [{ label: "Statements", href: `${statementsPath}${queryOf(emptyFilter, { store: fields.store })}` }] },
    places: recordPlaces(ctx, statementsPath),
    subject,
    problems: asked.problems,
    days: daysOf(found.items, ctx.actor.timeZone),
    verbs: counts.verbs.map(({ id, label, count }) => ({ label, count, share: count / most, href: `${path}${queryOf(fields, { verb: id })}`, current: id === fields.verb })),
    counted: counts.counted,
    countedAll: counts.counted < countedAtMost,
    shownVerb: fields.verb === "" ? null : (counts.verbs.find(({ id }) => id === fields.verb)?.label ?? lastPart(fields.verb)),
    allHref: `${path}${queryOf(fields, { verb: "" })}`,
    related: { on: fields.related === "on", href: `${path}${queryOf(fields, { related: fields.related === "on" ? "" : "on" })}` },
    filterHref: `${statementsPath}${queryOf(fields)}`,
    exports: exportsOf(queryOf(fields)),
    pager: pagerOf(request, found),
  });
}

const dayOrEmpty = (text: string): boolean => text === "" || /^\d{4}-\d\d-\d\d$/.test(text);
