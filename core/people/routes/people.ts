import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { pageQuery, pagerOf } from "../../http/paging.ts";
import { page, redirect, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf, type Form } from "../../pages/form.ts";
import { initialsOf } from "../../pages/renderer.ts";
import { emailField, nameField, scopeField, searchField } from "../fields.ts";
import { add } from "../registration.ts";
import * as roles from "../roles.ts";
import * as users from "../users.ts";

const byId = t.Object({ id: t.Id() });
const roleOptions = roles.roleNames.map((value) => ({ value, label: roles.roleLabels[value] }));
const wholeSite = { value: "", label: "The whole site" };
const listQuery = t.Object({ q: searchField, role: t.String({ maxLength: 100, pattern: "^[a-z-]*$", default: "" }), ...pageQuery });

/** The administrator's pages of people and their roles. */
export const peopleRoutes = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/admin/people", { can: "people.read", summary: "Everybody, by name.", query: listQuery }, (ctx, { query, request }) => peoplePage(ctx, query, request)),
  form(
    "/admin/people",
    {
      can: "people.manage",
      summary: "Add a person, who gets a mail to choose a password.",
      body: t.Object({ name: nameField, email: emailField, role: t.Enum(roles.roleNames) }),
      invalid: (ctx, { body, request }, error) => peoplePage(ctx, { q: "", role: "", limit: 50 }, request, formOf(body, error)),
    },
    async (ctx, { body, request }) => {
      const { id, name, email } = await add(ctx, body);
      request.flash("good", `${name} is added, and a mail is on its way to ${email}.`);
      return redirect(`/admin/people/${id}`);
    },
  ),
  pageRoute("/admin/people/:id", { can: "people.read", summary: "One person and their roles.", params: byId }, (ctx, { params: { id } }) => personPage(ctx, id)),
  form(
    "/admin/people/:id/roles",
    {
      can: "roles.assign",
      summary: "Give a role, on the site or in a course.",
      params: byId,
      body: t.Object({ role: t.Enum(roles.roleNames), courseId: t.Union([t.Literal(""), scopeField], { default: "" }) }),
      invalid: (ctx, { params, body }, error) => personPage(ctx, params.id ?? "", formOf(body, error)),
    },
    async (ctx, { params: { id }, body: { role, courseId } }) => {
      await roles.assign(ctx, { userId: id, role, scope: courseId || null });
      return redirect(`/admin/people/${id}`);
    },
  ),
  form(
    "/admin/people/:id/roles/:assignment/remove",
    {
      can: "roles.assign",
      summary: "Take a role away.",
      params: t.Object({ id: t.Id(), assignment: t.Id() }),
      body: t.Object({}),
      invalid: (ctx, { params }, error) => personPage(ctx, params.id ?? "", formOf({}, error)),
    },
    async (ctx, { params: { id, assignment } }) => {
      const held = (await roles.of(ctx, id)).find((each) => each.id === assignment);
      if (!held) throw refuse("not_found", "This role is not held any more.", { status: 404 });
      await roles.remove(ctx, { userId: id, role: held.role, scope: held.scope });
      return redirect(`/admin/people/${id}`);
    },
  ),
];

async function peoplePage(ctx: Context, { q, role, ...place }: { q: string; role: string; limit: number; cursor?: string }, request: RawRequest, form?: Form): Promise<Reply> {
  const people = await users.list(ctx, { query: q, role }, place);
  return page("admin/people", {
    page: { title: "People" },
    query: q,
    role,
    roles: roleOptions,
    people: people.items.map(({ id, name, email, roles: held, lastSeenAt, createdAt }) => ({
      id,
      name,
      email,
      initials: initialsOf(name),
      href: `/admin/people/${id}`,
      roles: [...new Set(held.map((each) => roles.roleLabels[each.role] ?? each.role))],
      lastSeenAt,
      createdAt,
    })),
    pager: pagerOf(request, people),
    form: form ?? formOf({ role: "learner" }),
  });
}

/** What other parts know of the person (`enrollments`) they add by the filter `page.rendering`. */
async function personPage(ctx: Context, id: string, form?: Form): Promise<Reply> {
  const { name, email, createdAt, lastSeenAt } = await users.get(ctx, id);
  const scopes = await roles.scopes(ctx);
  const titles = new Map(scopes.map(({ scope, label }) => [scope, label]));
  const isAdministrator = ctx.actor.roles.some((held) => held.role === "administrator" && held.scope === null);
  const mayTake = (role: string): boolean => ctx.can("roles.assign") && (role !== "administrator" || isAdministrator);
  return page("admin/person", {
    page: { title: name, crumbs: [{ label: "People", href: "/admin/people" }] },
    person: { id, name, email, initials: initialsOf(name), createdAt, lastSeenAt },
    assignments: (await roles.of(ctx, id)).map(({ id: assignment, role, scope, givenBy, givenAt }) => ({
      id: assignment,
      role: roles.roleLabels[role] ?? role,
      scope: scope === null ? wholeSite.label : (titles.get(scope) ?? scope),
      by: givenBy,
      at: givenAt,
      removable: mayTake(role),
    })),
    form: form ?? formOf({ role: "instructor", courseId: "" }),
    roles: roleOptions,
    courses: [wholeSite, ...scopes.map(({ scope, label }) => ({ value: scope, label }))],
    enrollments: [],
  });
}
