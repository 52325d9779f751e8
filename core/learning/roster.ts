import type { Context } from "../kernel/context.ts";
import { CadreError } from "../kernel/errors.ts";
import type { Row } from "../courses/model.ts";
import * as audit from "../people/audit.ts";
import * as users from "../people/users.ts";
import * as enrollments from "./enrollments.ts";
import type { Enrollment } from "./model.ts";
import { userIdOf } from "./outline.ts";

/** Enrolls somebody else, and notes in the audit who did. @throws as `enrollments.create` does */
export async function enroll(ctx: Context, given: enrollments.NewEnrollment): Promise<Row<Enrollment>> {
  return ctx.transact(async (tx) => {
    const enrollment = await enrollments.create(tx, given);
    await audit.record(tx, { action: "enrollment.created", subject: { kind: "user", id: given.userId }, detail: { courseId: given.courseId, enrollmentId: enrollment.id } });
    return enrollment;
  });
}

/** Enrolls whoever has this address; what they should have completed first does not count. @throws unknown_email (422), as `enrollments.create` does */
export async function enrollByEmail(ctx: Context, courseId: string, email: string): Promise<{ name: string }> {
  const person = await users.findByEmail(ctx, email);
  if (!person) {
    const message = "Nobody has an account with this address.";
    throw new CadreError("unknown_email", message, { status: 422, problems: [{ pointer: "/email", code: "unknown_email", message }] });
  }
  await enroll(ctx, { userId: person.id, courseId, overridePrerequisites: true });
  return { name: person.name };
}

/** Ends an enrollment; of somebody else, with a note in the audit. @throws already_withdrawn */
export async function withdraw(ctx: Context, { id, userId, courseId }: Pick<Row<Enrollment>, "id" | "userId" | "courseId">): Promise<void> {
  await ctx.transact(async (tx) => {
    await enrollments.withdraw(tx, id);
    if (userId !== userIdOf(tx)) await audit.record(tx, { action: "enrollment.withdrawn", subject: { kind: "user", id: userId }, detail: { courseId, enrollmentId: id } });
  });
}
