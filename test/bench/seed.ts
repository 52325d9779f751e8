import * as attempts from "../../core/learning/attempts.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import { person, publishedCourse, type TestHost } from "../../core/testing/index.ts";

/** A course of six modules with five pages each, and a learner who is a third through it. */
export async function seed(host: TestHost): Promise<{ cookie: string; coursePath: string }> {
  const numbers = [1, 2, 3, 4, 5, 6];
  const modules = Object.fromEntries(numbers.map((module) => [`Module ${module}`, [1, 2, 3, 4, 5].map((page) => `Page ${page} of module ${module}`)]));
  const course = await publishedCourse(host, { title: "Security+ SY0-701 foundations", modules });
  const learner = await person(host);
  const ctx = await learner.context();
  const { id } = await enrollments.create(ctx, { userId: learner.id, courseId: course.id });
  for (const item of course.items.slice(0, 10)) {
    const { attempt } = await attempts.begin(ctx, id, item);
    await attempts.record(ctx, attempt.id, { status: "completed", timeMs: 60_000 });
  }
  const { cookies } = await learner.browser();
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "), coursePath: `/courses/${course.slug}` };
}
