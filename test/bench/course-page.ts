import { Agent } from "node:http";
import { performance } from "node:perf_hooks";
import pg from "pg";
import { system } from "../../core/kernel/permissions.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import * as items from "../../core/learning/items.ts";
import { mochaHooks } from "../../core/testing/database.ts";
import { testHost } from "../../core/testing/index.ts";
import { person, publishedCourse, rawGet } from "../learning/support.ts";

const clients = 16;
const times = 600;

/** Runs `work` so many times for 16 clients at once: how many a second, and this process's own computing for each (PostgreSQL's not counted). */
async function measured(work: () => Promise<unknown>): Promise<{ perSecond: number; microseconds: number; cpuMicroseconds: number }> {
  for (let warm = 0; warm < 200; warm++) await work();
  const started = performance.now();
  const before = process.cpuUsage();
  let left = times;
  await Promise.all(Array.from({ length: clients }, async () => { while (left-- > 0) await work(); }));
  const durationMs = performance.now() - started;
  const { user, system: kernel } = process.cpuUsage(before);
  return { cpuMicroseconds: Math.round((user + kernel) / times), perSecond: Math.round((times / durationMs) * 1000), microseconds: Math.round((durationMs / times) * 1000) };
}

/** The course page of an enrolled learner, against the same SQL through pg alone. */
const host = await testHost({ settings: { http: { requestsPerMinute: 10_000_000 } } });
try {
  const course = await publishedCourse(host, "Measured", Array.from({ length: 20 }, (_, number) => `Item ${number + 1}`), { capacity: 100 });
  const learner = await person(host);
  const { id } = await enrollments.create(host.context.by(system), { userId: learner.id, courseId: course.id });
  for (const item of course.items.slice(0, 7)) await items.complete(await learner.as(), id, item);
  const browser = await learner.browser();
  const path = `/courses/${course.slug}`;
  const questions: { name?: string; text: string; values: readonly unknown[] }[] = [];
  const { rows, maybe } = host.database;
  Object.assign(host.database, { rows: (question: never) => (questions.push(question), rows(question)), maybe: (question: never) => (questions.push(question), maybe(question)) });
  const sizeBytes = (await browser.get(path)).text.length;
  Object.assign(host.database, { rows, maybe });
  const asked = questions.filter(({ text }) => !text.includes("from session"));
  const pool = new pg.Pool({ connectionString: host.database.url, max: 10 });
  const bare = await measured(async () => { for (const { name, text, values } of asked) await pool.query({ name, text, values: values as unknown[] }); });
  await pool.end();
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const page = await measured(() => rawGet(host.url, path, { agent, headers: { Cookie: cookie } }));
  agent.destroy();
  const told = ({ perSecond, microseconds, cpuMicroseconds }: typeof page) => `${perSecond}/s, ${microseconds} µs each, ${cpuMicroseconds} µs of them computing here`;
  console.log(`course page (${asked.length} questions, ${sizeBytes} bytes; client included): ${told(page)}\nthe same SQL through pg alone: ${told(bare)}\nratio: ${(page.microseconds / bare.microseconds).toFixed(1)}`);
} finally {
  await host.stop();
  await mochaHooks.afterAll();
}
