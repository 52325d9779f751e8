import { randomUUID } from "node:crypto";
import * as courses from "../../core/courses/courses.ts";
import * as items from "../../core/courses/items.ts";
import * as modules from "../../core/courses/modules.ts";
import { savePackage } from "../../core/courses/packages/store.ts";
import { system } from "../../core/kernel/permissions.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import { play } from "../../core/learning/play.ts";
import { person, type TestHost } from "../../core/testing/index.ts";
import type { CourseItem } from "../../plugins/scorm/runtime/engine/index.ts";
import type { BenchPlayer } from "./seed.ts";
import { courseOf187 } from "./sequencing.ts";

/** Learners with a SCORM 2004 course of 187 activities open, in its first one. */
export async function coursePlayers(host: TestHost, count: number): Promise<(BenchPlayer & { frameHref: string })[]> {
  const place = await publishedCourse187(host);
  const opened: (BenchPlayer & { frameHref: string })[] = [];
  for (let number = 0; number < count; number++) {
    const learner = await person(host);
    const ctx = await learner.context();
    const { id } = await enrollments.create(ctx, { userId: learner.id, courseId: place.courseId });
    const { frameHref } = await play(ctx, id, place.item);
    const html = await (await fetch(frameHref)).text();
    const { commitUrl, token, delivery } = JSON.parse(/id="cadre-launch">(.*)<\/script>/.exec(html)?.[1] ?? "") as { commitUrl: string; token: string; delivery: { launchId: string } };
    const begun = await fetch(commitUrl, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ launchId: delivery.launchId, fromSeq: 1, entries: [[1, Date.now(), "initialize"]], sentAtMs: Date.now() }),
    });
    if (!begun.ok) throw new Error(`A player could not begin: ${await begun.text()}`);
    opened.push({ commitUrl, token, launchId: delivery.launchId, seq: 1, frameHref });
  }
  return opened;
}

async function publishedCourse187(host: TestHost): Promise<{ courseId: string; item: string }> {
  const ctx = host.context.by(system);
  const { items: parts, title, ...data } = courseOf187();
  const structure = { standard: "SCORM", edition: "2004 4th Edition", identifier: "bench", title, data: data as never, items: parts.map(structureItem) };
  const imported = { format: "scorm2004", fileName: "bench.zip", sizeBytes: 0, structure, files: [], diagnostics: [], digest: randomUUID() };
  const { versionId } = await ctx.transact((tx) => savePackage(tx.db, imported, { at: tx.now() }));
  const { id: courseId } = await courses.create(ctx, { title: "A large course", summary: "Of many parts." });
  const { module } = await modules.add(ctx, courseId, { title: "All" });
  const { item } = await items.add(ctx, courseId, { moduleKey: module.key, kind: "package", title, content: { packageVersionId: versionId } });
  await courses.publish(ctx, courseId);
  return { courseId, item: item.key };
}

function structureItem({ identifier, title, visible, scormType, children, ...data }: CourseItem): Parameters<typeof savePackage>[1]["structure"]["items"][number] {
  const launch = children.length === 0 ? { launch: { path: "index.html", query: "" } } : {};
  return { identifier, title, visible, ...launch, kind: scormType ?? "asset", data: data as never, children: children.map(structureItem) };
}
