import { expect } from "chai";
import { system } from "../../core/kernel/permissions.ts";
import { checker } from "../../core/kernel/schema.ts";
import { routeTable } from "../../core/http/table.ts";
import type { TestAnswer, TestHost } from "../../core/testing/host.ts";
import { actorFor } from "../../core/people/actors.ts";
import * as roles from "../../core/people/roles.ts";
import * as tokens from "../../core/people/tokens.ts";
import * as users from "../../core/people/users.ts";

/** Somebody with a token that may do whatever their roles allow. */
export interface Person {
  id: string;
  email: string;
  password: string;
  /** For what is no JSON: sent as a bearer token. */
  token: string;
  /** A JSON request to /api/v1. */
  api<Answer = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer & { json: Answer }>;
}

let people = 0;

/** A new person with these roles on the whole site. */
export async function person(host: TestHost, ...given: string[]): Promise<Person> {
  const ctx = host.context.by(system);
  const email = `person-${++people}@example.org`;
  const password = "correct horse battery staple";
  const { id } = await users.create(ctx, { name: `Person ${people}`, email, password, strategy: "local" });
  for (const role of given) await roles.assign(ctx, { userId: id, role, scope: null });
  const actor = await actorFor(ctx, id, "test");
  const scopes = tokens.scopesOf(ctx.by(actor)).map(({ value }) => value);
  const { secret } = await tokens.create(ctx.by(actor), { label: "test", scopes, expiresInDays: 30 });
  return {
    id,
    email,
    password,
    token: secret,
    async api<Answer>(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
      const answer = await host.request(method, `/api/v1${path}`, { body, token: secret, headers });
      if (answer.status < 300) holdToDocuments(host, method, `/api/v1${path}`, answer);
      return answer as TestAnswer & { json: Answer };
    },
  };
}

/** Whatever is answered well has the status and the shape that its route declares. */
function holdToDocuments(host: TestHost, method: string, path: string, { status, json }: TestAnswer): void {
  const found = routeTable(host.context.site.routes).find(method, new URL(path, host.url).pathname);
  if (!found || "allowed" in found) throw new Error(`There is no route ${method} ${path}.`);
  const { answer, status: declared = 200 } = found.route.options;
  if (answer) checker(answer)(structuredClone(json), `answer of ${method} ${path}`);
  expect(status, `${method} ${path}`).to.equal(answer ? declared : 204);
}

/** What the API answers of a course. */
export interface CourseAnswer {
  id: string;
  slug: string;
  status: string;
  title: string;
  items: number;
  [member: string]: unknown;
}

export interface ProblemAnswer {
  code: string;
  errors?: { pointer: string; code: string; message: string }[];
}

/** A draft with one module of pages with these titles; answers the keys. */
export async function draftOf(by: Person, title: string, pages: readonly string[]): Promise<{ id: string; slug: string; module: string; items: string[] }> {
  const { id, slug } = (await by.api<CourseAnswer>("POST", "/courses", { title })).json;
  const module = (await by.api<{ key: string }>("POST", `/courses/${id}/modules`, { title: "Module" })).json.key;
  const items: string[] = [];
  for (const each of pages) {
    const added = await by.api<{ key: string }>("POST", `/courses/${id}/items`, { moduleKey: module, kind: "page", title: each, content: { markdown: `About ${each}.` } });
    items.push(added.json.key);
  }
  return { id, slug, module, items };
}
