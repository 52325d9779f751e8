import type { Context } from "../kernel/context.ts";
import { CadreError, refuse, type Problem } from "../kernel/errors.ts";
import type { Actor } from "../kernel/permissions.ts";
import type { Authenticator } from "./app.ts";
import { asCadreError } from "./problems.ts";
import type { RawRequest } from "./request.ts";
import type { RouteKind } from "./routes.ts";

/** Which ways of telling who asks count for a kind of route, unless the route says. */
export const defaultAuthenticators: Record<RouteKind, readonly string[]> = { api: ["token", "session"], page: ["session"], form: ["session"], raw: [], socket: ["token", "session"] };

/** Who asks, by the first authenticator that answers; nobody known otherwise. */
export async function identify(authenticators: readonly Authenticator[], ctx: Context, request: RawRequest): Promise<{ actor: Actor; authenticator: Authenticator } | undefined> {
  for (const authenticator of authenticators) {
    const actor = await authenticator.authenticate(ctx, request);
    if (actor) return { actor, authenticator };
  }
  return undefined;
}

/** @throws sign_in_required (401), forbidden (403) unless whoever asks may do this, in the scope if there is one */
export function permit(ctx: Context, can: string, scope?: string): void {
  if (can === "anyone" && scope === undefined) return;
  if (can !== "signed-in") return ctx.require(can, scope);
  if (ctx.actor.kind === "guest") throw refuse("sign_in_required", "Sign in first.", { status: 401 });
}

/** A path parameter that can't be (an id that is no id) means: there is no such thing. @throws not_found (404) */
export function notFoundUnless<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw refuse("not_found", "There is no such thing.", { status: 404, cause: error });
  }
}

/** Checks a part of the request; problems point into it by its name. @throws invalid_input (400) */
export function checkedPart<T>(check: () => T, part: string): T {
  try {
    return check();
  } catch (error) {
    const { problems, message } = asCadreError(error);
    throw new CadreError("invalid_input", message, { status: 400, problems: problems.map((problem): Problem => ({ ...problem, pointer: `/${part}${problem.pointer}` })) });
  }
}
