import type { Context } from "../kernel/context.ts";
import { system } from "../kernel/permissions.ts";
import * as courses from "../courses/courses.ts";
import * as items from "../courses/items.ts";
import * as modules from "../courses/modules.ts";
import { actorFor } from "../people/actors.ts";
import * as roles from "../people/roles.ts";
import * as tokens from "../people/tokens.ts";
import * as users from "../people/users.ts";
import type { TestAnswer, TestBrowser, TestHost } from "./host.ts";

/** Somebody with an account, in every way they can act. */
export interface TestPerson {
  id: string;
  name: string;
  email: string;
  password: string;
  /** The engine's context in their name, with the roles they hold now. */
  context(): Promise<Context>;
  /** A browser in which they have signed in. */
  browser(): Promise<TestBrowser>;
  /** A token with these scopes; everything they may do, unless told. */
  token(...scopes: string[]): Promise<string>;
  /** An API call below `/api/v1` with a token of theirs. */
  api<Json = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer & { json: Json }>;
}

let people = 0;
const password = "a horse on a staircase";

/** A new person. A role is held on the whole site, `instructor:<courseId>` in one course. */
export async function person(host: TestHost, { name = "Ada Lovelace", roles: held = [] }: { name?: string; roles?: readonly string[] } = {}): Promise<TestPerson> {
  const ctx = host.context.by(system);
  const email = `person-${++people}@example.org`;
  const { id } = await users.create(ctx, { name, email, password, strategy: "local" });
  for (const each of held) {
    const [role = "", scope] = each.split(":");
    await roles.assign(ctx, { userId: id, role, scope: scope ?? null });
  }
  const context = async (): Promise<Context> => ctx.by(await actorFor(ctx, id, "test"));
  const token = async (...scopes: string[]): Promise<string> => {
    const own = await context();
    const all = tokens.scopesOf(own).map(({ value }) => value);
    return (await tokens.create(own, { label: "Test", scopes: scopes.length > 0 ? scopes : all, expiresInDays: 30 })).secret;
  };
  let secret: Promise<string> | undefined;
  return {
    id,
    name,
    email,
    password,
    context,
    token,
    async browser() {
      const browser = host.browser();
      await browser.get("/sign-in");
      await browser.post("/sign-in", { email, password });
      return browser;
    },
    api: async <Json>(method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
      (await host.request(method, `/api/v1${path}`, { body, token: await (secret ??= token()), headers })) as TestAnswer & { json: Json },
  };
}

/** What a course of a test is made of: titles of pages by module. */
export interface TestCourse {
  title?: string;
  modules?: Record<string, readonly string[]>;
  capacity?: number;
}

/** A published course of pages; `items` are their keys, in order. */
export async function publishedCourse(host: TestHost, { title = "A course", modules: given = { Basics: ["The first page", "The second page"] }, capacity }: TestCourse = {}): Promise<{ id: string; slug: string; items: string[] }> {
  const ctx = host.context.by(system);
  const { id, slug } = await courses.create(ctx, { title, summary: `About ${title}.` });
  const keys: string[] = [];
  for (const [name, pages] of Object.entries(given)) {
    const { module } = await modules.add(ctx, id, { title: name });
    for (const page of pages) {
      const { item } = await items.add(ctx, id, { moduleKey: module.key, kind: "page", title: page, content: { markdown: `Read about **${page}**.` } });
      keys.push(item.key);
    }
  }
  if (capacity !== undefined) await courses.edit(ctx, id, { capacity });
  await courses.publish(ctx, id);
  return { id, slug, items: keys };
}
