import { request as httpRequest, type Agent, type IncomingHttpHeaders } from "node:http";
import type { Context } from "../../core/kernel/context.ts";
import { system } from "../../core/kernel/permissions.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { sql } from "../../core/db/sql.ts";
import * as courses from "../../core/courses/courses.ts";
import * as items from "../../core/courses/items.ts";
import * as modules from "../../core/courses/modules.ts";
import { savePackage } from "../../core/courses/packages/store.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import type { LaunchRequest } from "../../core/learning/launchers.ts";
import { play } from "../../core/learning/play.ts";
import { actorFor } from "../../core/people/actors.ts";
import * as roles from "../../core/people/roles.ts";
import * as tokens from "../../core/people/tokens.ts";
import * as users from "../../core/people/users.ts";
import type { TestAnswer, TestBrowser, TestHost } from "../../core/testing/host.ts";

/** Somebody as an actor, in a browser that is signed in, and with a token. */
export interface Person {
  id: string;
  name: string;
  email: string;
  /** The engine's context in their name, as of now. */
  as(): Promise<Context>;
  browser(): Promise<TestBrowser>;
  api<Answer = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer & { json: Answer }>;
}

let people = 0;
export const password = "correct horse battery staple";

/** A new person with these roles: `instructor` on the whole site, `instructor:<courseId>` in a course. */
export async function person(host: TestHost, ...given: string[]): Promise<Person> {
  const ctx = host.context.by(system);
  const number = ++people;
  const [name, email] = [`Person ${number}`, `person-${number}@example.org`];
  const { id } = await users.create(ctx, { name, email, password: given.includes("no-password") ? undefined : password, strategy: "local" });
  for (const role of given.filter((each) => each !== "no-password")) {
    const [held = "", scope] = role.split(":");
    await roles.assign(ctx, { userId: id, role: held, scope: scope ?? null });
  }
  let secret: string | undefined;
  return {
    id,
    name,
    email,
    as: async () => ctx.by(await actorFor(ctx, id, "test")),
    async browser() {
      const browser = host.browser();
      await browser.get("/sign-in");
      await browser.post("/sign-in", { email, password });
      return browser;
    },
    api: async <Answer>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      if (secret === undefined) {
        const own = ctx.by(await actorFor(ctx, id, "test"));
        secret = (await tokens.create(own, { label: "test", scopes: tokens.scopesOf(own).map(({ value }) => value), expiresInDays: 1 })).secret;
      }
      return (await host.request(method, `/api/v1${path}`, { body, token: secret, headers })) as TestAnswer & { json: Answer };
    },
  };
}

/** A published course of pages with these titles, and of packages for those that are ids. */
export async function publishedCourse(host: TestHost, title: string, contents: readonly string[], rules: { capacity?: number; requires?: string[] } = {}): Promise<{ id: string; slug: string; items: string[] }> {
  const ctx = host.context.by(system);
  const { id, slug } = await courses.create(ctx, { title, summary: `About ${title}.` });
  const { module } = await modules.add(ctx, id, { title: "Basics" });
  const keys: string[] = [];
  for (const each of contents) keys.push(await addItem(ctx, id, module.key, each));
  await courses.setRules(ctx, id, { completion: { type: "all-required" }, capacity: rules.capacity ?? null, requires: rules.requires ?? [] });
  await courses.publish(ctx, id);
  return { id, slug, items: keys };
}

/** Adds a page, or a package where `each` is the id of one. */
export async function addItem(ctx: Context, courseId: string, moduleKey: string, each: string): Promise<string> {
  const isPackage = /^[0-9a-f-]{36}$/.test(each);
  const content = isPackage ? { packageVersionId: each } : { markdown: `Read about **${each}** well.` };
  const { item } = await items.add(ctx, courseId, { moduleKey, kind: isPackage ? "package" : "page", title: isPackage ? "The package" : each, content });
  return item.key;
}

/** A stored package with these files; answers its version's id. */
export async function storedPackage(host: TestHost, files: Record<string, { bytes: Buffer; mediaType: string }>, format = "testformat"): Promise<string> {
  const { blobs } = host.context.site;
  const stored = await Promise.all(Object.entries(files).map(async ([path, { bytes, mediaType }]) => ({ path, ...(await blobs.put([bytes])), mediaType })));
  const structure = { standard: "Test", identifier: "test", title: "The package", items: [] };
  const sizeBytes = stored.reduce((sum, each) => sum + each.sizeBytes, 0);
  const { versionId } = await host.context.transact((tx) =>
    savePackage(tx.db, { structure, format, diagnostics: [], fileName: "test.zip", sizeBytes, digest: "0".repeat(64), files: stored } as never, { at: tx.now() }),
  );
  return versionId;
}

/** Plays packages of the format `testformat`; keeps what it was asked. */
export function testPlayer(options: { reopens?: "continue" | "again" | "review"; frameHref?: string } = {}) {
  const asked: LaunchRequest[] = [];
  const plugin = definePlugin({
    name: "test-player",
    version: "1.0.0",
    summary: "Plays packages of the tests.",
    formats: { testformat: { label: "Test packages", manifests: ["test.xml"], detect: async () => true, read: async () => ({ standard: "Test", identifier: "test", title: "The package", items: [] }) } },
    launchers: {
      testformat: {
        label: "Test packages",
        reopens: options.reopens,
        launch: async ({ site }: Context, request: LaunchRequest) => {
          asked.push(request);
          const units = ["one", "two"].map((identifier) => ({ identifier, title: `Unit ${identifier}`, level: 0, playable: true, status: "not-started" as const }));
          return { frameHref: options.frameHref ?? `${site.contentUrl}/content/${request.token}/index.html`, unit: request.unit ?? "one", units };
        },
      },
    },
  });
  return { plugin, asked };
}

/** A learner of their own who has opened this package, with the token of the launch: `asked` is the player's. */
export async function launchedFor(host: TestHost, asked: readonly LaunchRequest[], packageVersionId: string) {
  const course = await publishedCourse(host, "Course", [packageVersionId]);
  const ctx = await (await person(host, "no-password")).as();
  const enrollment = await enrollments.enrollOneself(ctx, course.id);
  const playing = await play(ctx, enrollment.id, course.items[0] as string);
  return { ...playing, enrollment, token: asked.at(-1)?.token ?? "" };
}

/** What came back for an address exactly as it is written; `fetch` would tidy it. */
export function rawGet(origin: string, path: string, { method = "GET", headers = {}, agent }: { method?: string; headers?: Record<string, string>; agent?: Agent } = {}): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ hostname, port, path, method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** How many rows a table has, where a condition holds. */
export async function countOf(host: TestHost, table: string, column?: string, value?: string): Promise<number> {
  const condition = column === undefined ? sql.raw("true") : sql`${sql.id(column)} = ${value}`;
  return (await host.context.db.one<{ count: number }>(sql`select count(*)::int as count from ${sql.id(table)} where ${condition}`)).count;
}
