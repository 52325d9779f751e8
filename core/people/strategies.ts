import { Strategy as LocalStrategy } from "passport-local";
import type { Context } from "../kernel/context.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import type { ContributionDeclaration } from "../kernel/plugin.ts";
import { fits, t, type Static } from "../kernel/schema.ts";
import type { RawRequest } from "../http/request.ts";
import * as identities from "./identities.ts";
import { runStrategy, type PassportStrategy, type StrategyRequest } from "./passport.ts";
import { sealed, unsealed } from "./secrets.ts";
import { checkCredentials, complete } from "./sign-ins.ts";

/** Who somebody is elsewhere: what a plugin's strategy succeeds with (`done(null, identity)`). `subject` never changes there. */
const identityShape = t.Object({ subject: t.String({ minLength: 1, maxLength: 500 }), email: t.String({ format: "email", maxLength: 254 }), name: t.String({ minLength: 1, maxLength: 200 }) });
export type ForeignIdentity = Static<typeof identityShape>;

/** A way to sign in by another site. */
export interface SignInStrategy<Config = unknown> {
  /** The words of the link on the sign-in page. */
  label: string;
  /** True when the other site has made sure of the address: then it opens the account that has it here. */
  trustsEmail: boolean;
  /** A Passport strategy for one request. It begins at `/sign-in/<name>` and comes back to `callbackUrl`, `/sign-in/<name>/callback`. */
  create(ctx: Context<Config>, options: { callbackUrl: string }): PassportStrategy | Promise<PassportStrategy>;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Ways to sign in by another site, by name. */
    strategies?: Record<string, SignInStrategy<Config>>;
  }
}

export const strategiesField: ContributionDeclaration = {
  summary: "Ways to sign in by another site.",
  check: (value, plugin, { plugins }) =>
    Object.entries(value as Record<string, Partial<SignInStrategy>>).flatMap(([name, strategy]) => {
      const owner = plugins.find((other) => other !== plugin && Object.keys(other.strategies ?? {}).includes(name));
      return [
        ...(/^[a-z][a-z0-9-]*$/.test(name) && name !== "local" ? [] : [`"${name}" is no name for a strategy`]),
        ...(owner ? [`the strategy ${name} is ${owner.name}'s`] : []),
        ...(strategy.label ? [] : [`${name} has no label`]),
        ...(typeof strategy.create === "function" ? [] : [`${name} has no function "create"`]),
      ];
    }),
};

/** The links of the sign-in page. */
export function list(ctx: Context, next: string): { label: string; href: string }[] {
  return contributed(ctx).map(({ name, strategy }) => ({ label: strategy.label, href: `/sign-in/${name}?next=${encodeURIComponent(next)}` }));
}

/** Signs in by email and password. @throws wrong_credentials (403), too_many_tries (429) */
export async function signInLocally(ctx: Context, credentials: { email: string; password: string }, request: RawRequest): Promise<void> {
  const strategy = new LocalStrategy({ usernameField: "email" }, (email, password, done) => {
    checkCredentials(ctx, email, password).then((userId) => done(null, { userId }), done);
  });
  const outcome = await runStrategy(strategy as PassportStrategy, requestFor(request, credentials, {}));
  if (outcome.kind !== "known") throw refuse("wrong_credentials", "Email and password don't belong together.");
  await complete(ctx, (outcome.identity as { userId: string }).userId, "local", request);
}

const cookie = "cadre_sign_in";
const patienceS = 600;

interface Underway {
  strategy: string;
  next: string;
  until: number;
  session: Record<string, unknown>;
}

/** Sends the browser to the other site. Answers where. @throws unknown_strategy (404) */
export async function begin(ctx: Context, name: string, next: string, request: RawRequest): Promise<string> {
  const underway: Underway = { strategy: name, next, until: ctx.now().getTime() + patienceS * 1000, session: {} };
  const outcome = await run(ctx, name, requestFor(request, {}, underway.session));
  if (outcome.kind === "redirect") {
    request.setCookie(cookie, sealed(ctx.site, "sign-in", underway), { maxAgeS: patienceS });
    return outcome.location;
  }
  if (outcome.kind === "unknown") throw signInFailed(name);
  await complete(ctx, await identities.resolve(ctx, name, strategyOf(ctx, name).strategy, foreign(name, outcome.identity)), name, request);
  return next;
}

/** Takes the other site's answer, in the browser that asked, and signs in. Answers where to go on. @throws sign_in_expired, sign_in_failed (403) */
export async function comeBack(ctx: Context, name: string, request: RawRequest): Promise<string> {
  const underway = unsealed(ctx.site, "sign-in", request.cookie(cookie) ?? "") as Underway | undefined;
  request.setCookie(cookie, null);
  if (underway?.strategy !== name || underway.until < ctx.now().getTime()) throw refuse("sign_in_expired", "This took too long, or began in another browser. Begin again.");
  const outcome = await run(ctx, name, requestFor(request, {}, underway.session));
  if (outcome.kind !== "known") throw signInFailed(name);
  await complete(ctx, await identities.resolve(ctx, name, strategyOf(ctx, name).strategy, foreign(name, outcome.identity)), name, request);
  return underway.next;
}

async function run(ctx: Context, name: string, request: StrategyRequest) {
  const { plugin, strategy } = strategyOf(ctx, name);
  const made = await strategy.create(ctx.as(plugin), { callbackUrl: `${ctx.site.url}/sign-in/${name}/callback` });
  return runStrategy(made, request);
}

function strategyOf(ctx: Context, name: string) {
  const found = contributed(ctx).find((each) => each.name === name);
  if (!found) throw refuse("unknown_strategy", "There is no such way to sign in.", { status: 404 });
  return found;
}

function contributed({ site }: Context): { plugin: string; name: string; strategy: SignInStrategy }[] {
  return site.host
    .contributions<Record<string, SignInStrategy>>("strategies")
    .flatMap(({ plugin, value }) => Object.entries(value).map(([name, strategy]) => ({ plugin, name, strategy })));
}

function requestFor({ method, url, parameters, headers }: RawRequest, body: Record<string, unknown>, session: Record<string, unknown>): StrategyRequest {
  return { method, url: url.pathname + url.search, headers, query: Object.fromEntries(parameters), body, session };
}

function foreign(strategy: string, identity: unknown): ForeignIdentity {
  if (fits(identityShape, identity)) return identity;
  throw new CadreError("sign_in_failed", `The strategy ${strategy} answered with something that is no identity: { subject, email, name }.`, { status: 500 });
}

const signInFailed = (name: string) => refuse("sign_in_failed", "The other site did not say who you are. Try again.", { data: { strategy: name } });
