import { t } from "../../kernel/schema.ts";
import { etagOf, matchedVersion } from "../../http/etag.ts";
import { listReply, pageQuery } from "../../http/paging.ts";
import { created, json, noContent, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { emailField, nameField, scopeField, searchField, timeZoneField } from "../fields.ts";
import * as privacy from "../privacy.ts";
import { add } from "../registration.ts";
import * as roles from "../roles.ts";
import * as users from "../users.ts";
import { assignmentShape, userShape } from "./shapes.ts";

const byId = t.Object({ id: t.Id() });
const roleField = t.Enum(roles.roleNames);

/** The API of people and their roles. */
export const userRoutes = ({ get, post, put, patch, del }: RouteBuilder): readonly Route[] => [
  get(
    "/users",
    {
      can: "people.read",
      summary: "People by name.",
      query: t.Object({ q: searchField, role: t.Optional(roleField), ...pageQuery }),
      answer: t.Array(userShape),
    },
    async (ctx, { query: { q, role, ...place }, request }) => listReply(request, await users.list(ctx, { query: q, role }, place), (user) => user),
  ),
  post(
    "/users",
    {
      can: "people.manage",
      summary: "Add a person, who gets a mail to choose a password.",
      status: 201,
      body: t.Object({ name: nameField, email: emailField, role: t.Optional(roleField) }),
      answer: userShape,
    },
    async (ctx, { body: { role = "learner", ...given } }) => {
      const user = await add(ctx, { ...given, role });
      return created(`/api/v1/users/${user.id}`, user).with({ ETag: etagOf(user.version) });
    },
  ),
  get("/users/:id", { can: "people.read", summary: "One person.", params: byId, answer: userShape }, async (ctx, { params }) => tagged(await users.get(ctx, params.id))),
  patch(
    "/users/:id",
    {
      can: "people.manage",
      ifMatch: "required",
      summary: "Edit a person's account.",
      params: byId,
      body: t.Object({ name: t.Optional(nameField), email: t.Optional(emailField), timeZone: t.Optional(timeZoneField) }),
      answer: userShape,
    },
    async (ctx, { params, body, request }) => tagged(await users.edit(ctx, params.id, body, matchedVersion(request))),
  ),
  del("/users/:id", { can: "people.manage", summary: "Erase a person: what is known of them goes, the id stays, nameless.", params: byId }, async (ctx, { params }) => {
    await privacy.erase(ctx, params.id);
    return noContent();
  }),
  get("/users/:id/export", { can: "people.manage", summary: "Everything that is known of a person.", params: byId, answer: t.Object({}, { additionalProperties: true }) }, (ctx, { params }) => privacy.exportPerson(ctx, params.id)),
  get("/users/:id/roles", { can: "people.read", summary: "The roles a person holds.", params: byId, answer: t.Array(assignmentShape) }, async (ctx, { params }) => {
    await users.get(ctx, params.id);
    return roles.of(ctx, params.id);
  }),
  put(
    "/users/:id/roles",
    { can: "roles.assign", summary: "Give a role, on the site or in a scope.", params: byId, body: t.Object({ role: roleField, scope: t.Optional(t.Nullable(scopeField)) }) },
    async (ctx, { params, body: { role, scope = null } }) => {
      await roles.assign(ctx, { userId: params.id, role, scope });
      return noContent();
    },
  ),
  del("/users/:id/roles", { can: "roles.assign", summary: "Take a role away.", params: byId, query: t.Object({ role: roleField, scope: t.Optional(scopeField) }) }, async (ctx, { params, query: { role, scope = null } }) => {
    await roles.remove(ctx, { userId: params.id, role, scope });
    return noContent();
  }),
  get("/roles", { can: "signed-in", summary: "Every role, and what it may do.", answer: t.Array(t.Object({ role: t.String(), label: t.String(), permissions: t.Array(t.String()) })) }, ({ site: { host } }) =>
    roles.roleNames.map((role) => ({
      role,
      label: roles.roleLabels[role],
      permissions: [...host.permissions].filter(([, { roles: held }]) => role === "administrator" || ["guest", "user", role].some((each) => held.includes(each))).map(([name]) => name),
    })),
  ),
  get("/permissions", { can: "signed-in", summary: "Every permission, and the roles that hold it.", answer: t.Array(t.Object({ permission: t.String(), label: t.String(), roles: t.Array(t.String()) })) }, ({ site: { host } }) =>
    [...host.permissions].map(([permission, { label, roles: held }]) => ({ permission, label, roles: [...held] })),
  ),
];

const tagged = (user: users.UserView): Reply => json(user, 200, { ETag: etagOf(user.version) });
