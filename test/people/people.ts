import { actorFor } from "../../core/people/actors.ts";
import * as roles from "../../core/people/roles.ts";
import * as tokens from "../../core/people/tokens.ts";
import * as users from "../../core/people/users.ts";
import type { Context } from "../../core/kernel/context.ts";
import { system } from "../../core/kernel/permissions.ts";
import type { TestBrowser, TestHost } from "../../core/testing/index.ts";

export const password = "a horse on a staircase";

let made = 0;

export interface Person extends users.UserView {
  /** A browser that has signed in. */
  browser(): Promise<TestBrowser>;
  /** A token with these scopes; everything the person may do, unless told. */
  token(...scopes: string[]): Promise<string>;
  /** A context that acts as the person. */
  context(): Promise<Context>;
}

/** Somebody with an account on this engine. */
export async function person(host: TestHost, { name = "Ada Lovelace", role }: { name?: string; role?: string } = {}): Promise<Person> {
  const ctx = host.context.by(system);
  const user = await users.create(ctx, { name, email: `person-${++made}@example.org`, password, strategy: "local" });
  if (role) await roles.assign(ctx, { userId: user.id, role, scope: null });
  const context = async (): Promise<Context> => host.context.by(await actorFor(ctx, user.id, "test"));
  return {
    ...user,
    context,
    async browser() {
      const browser = host.browser();
      await signIn(browser, user.email);
      return browser;
    },
    async token(...scopes) {
      const own = await context();
      const all = tokens.scopesOf(own).map(({ value }) => value);
      return (await tokens.create(own, { label: "Test", scopes: scopes.length > 0 ? scopes : all, expiresInDays: 30 })).secret;
    },
  };
}

export async function signIn(browser: TestBrowser, email: string, secret = password, next = "/account") {
  await browser.get("/sign-in");
  return browser.post("/sign-in", { email, password: secret, next });
}

/** True while the browser's session counts. */
export async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  return (await browser.get("/account")).status === 200;
}

/** The latest mail that was caught for an address, and the first link in it. */
export async function mailTo(host: TestHost, email: string): Promise<{ subject: string; text: string; link: string } | undefined> {
  await host.drain();
  const mail = await host.database.knex<{ subject: string; text: string }>("caught_mail").where("recipient", email).orderBy("id", "desc").first("subject", "text");
  return mail && { ...mail, link: (/https?:\/\/[^/\s]+(\S*token=\S*)/.exec(mail.text) ?? [])[1] ?? "" };
}

/** The code of a problem+json answer. */
export const codeOf = (answer: { json: unknown }): string | undefined => (answer.json as { code?: string } | undefined)?.code;
