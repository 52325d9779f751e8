import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import type { RawRequest } from "../http/request.ts";
import { actorFor } from "./actors.ts";
import * as audit from "./audit.ts";
import { hashed, needsRehash, verified } from "./passwords.ts";
import * as sessions from "./sessions.ts";
import * as tries from "./sign-in-tries.ts";
import * as users from "./users.ts";

/** Whose email and password these are; takes as long and says the same whichever of them is wrong. @throws wrong_credentials (403), too_many_tries (429) */
export async function checkCredentials(ctx: Context, email: string, password: string): Promise<string> {
  await tries.count(ctx, email);
  const user = await users.findByEmail(ctx, email);
  if (!(await verified(user?.passwordHash, password)) || !user) {
    await tries.noteFailures(ctx, email, user?.id);
    throw refuse("wrong_credentials", "Email and password don't belong together.");
  }
  await tries.forgive(ctx, email);
  if (user.passwordHash !== null && needsRehash(user.passwordHash)) {
    await ctx.db.run(sql`update user_account set password_hash = ${await hashed(password)} where id = ${user.id} and password_hash = ${user.passwordHash}`);
  }
  return user.id;
}

/** Lets somebody in who has proved who they are: asks the guards, then begins this browser's session. Whoever may more than learn is noted. */
export async function complete(ctx: Context, userId: string, strategy: string, request: RawRequest): Promise<void> {
  const actor = await actorFor(ctx, userId, strategy);
  await ctx.by(actor).transact(async (tx) => {
    await tx.guard("user.signing-in", { userId, name: actor.name, email: actor.email ?? "", strategy });
    await sessions.open(tx, userId, request);
    const may = actor.roles.some(({ role }) => role !== "learner");
    if (may) await audit.record(tx, { action: "session.created", subject: { kind: "user", id: userId }, detail: { strategy } });
  });
}
