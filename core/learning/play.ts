import { randomUUID } from "node:crypto";
import type { Context } from "../kernel/context.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { itemOf } from "../courses/content.ts";
import type { CourseItem, Row } from "../courses/model.ts";
import { versionOf, type PackageVersion } from "../courses/packages/store.ts";
import * as attempts from "./attempts.ts";
import * as enrollments from "./enrollments.ts";
import { launcherOf, type Launched, type Launcher } from "./launchers.ts";
import * as launches from "./launches.ts";
import type { Attempt, Enrollment } from "./model.ts";
import { requireUser } from "./outline.ts";

/** Content on its way to a frame. */
export interface Playing extends Launched {
  launchId: string;
  mode: launches.LaunchMode;
  attemptId: string;
}

interface Playable {
  item: Row<CourseItem>;
  version: PackageVersion;
  plugin: string;
  launcher: Launcher;
}

/**
 * Opens a package for a learner: goes on with their attempt or begins it, and has the launcher of its format prepare the frame.
 * @throws enrollment_not_found, enrollment_ended, item_not_found, item_not_playable, no_launcher, and what guards refuse with
 */
export async function play(ctx: Context, enrollmentId: string, itemKey: string, unit?: string): Promise<Playing> {
  return ctx.transact(async (tx) => {
    const playable = await playableOf(tx, (await enrollments.find(tx, enrollmentId)).versionId, itemKey);
    const { reopens } = playable.launcher;
    const { attempt, enrollment } = await attempts.begin(tx, enrollmentId, itemKey, { next: reopens === "again" });
    const mode = reopens === "review" && attempts.isDone(attempt.status) ? "review" : "normal";
    return launch(tx, playable, { attempt, enrollment, mode, unit });
  });
}

/** Opens a package for somebody who only looks: nothing of it is kept. @throws item_not_found, item_not_playable, no_launcher */
export async function preview(ctx: Context, place: { courseId: string; versionId: string; itemKey: string; unit?: string }): Promise<Playing> {
  return ctx.transact(async (tx) => {
    const { courseId, versionId, itemKey, unit } = place;
    const playable = await playableOf(tx, versionId, itemKey);
    return launch(tx, playable, { ...pretended(tx, { courseId, versionId, itemKey }), mode: "browse", unit });
  });
}

interface Start {
  attempt: Row<Attempt>;
  enrollment: Row<Enrollment>;
  mode: launches.LaunchMode;
  unit?: string;
}

async function launch(ctx: Context, { item, version, plugin, launcher }: Playable, { attempt, enrollment, mode, unit }: Start): Promise<Playing> {
  const { userId, courseId } = enrollment;
  const { launchId, token } = await launches.open(ctx, { attemptId: mode === "browse" ? null : attempt.id, userId, courseId, itemKey: item.key, packageVersionId: version.id, mode });
  const contentUrl = launches.contentUrlOf(ctx.site, { registration: mode === "browse" ? launchId : enrollment.registration, itemKey: item.key });
  const launched = await launcher.launch(ctx.as(plugin), { launchId, token, contentUrl, mode, attempt, enrollment, version, unit });
  const { frameHref } = await ctx.filter("attempt.launching", { attemptId: attempt.id, frameHref: launched.frameHref });
  if (!URL.canParse(frameHref) || new URL(frameHref).origin !== contentUrl) {
    throw new CadreError("plugin_failed", `What plays ${launcher.label} answered with an address outside the content origin, so it is not opened.`, { status: 500, data: { plugin } });
  }
  return { ...launched, frameHref, launchId, mode, attemptId: attempt.id };
}

async function playableOf(ctx: Context, versionId: string, itemKey: string): Promise<Playable> {
  const item = await itemOf(ctx, versionId, itemKey);
  if (item.kind !== "package") throw refuse("item_not_playable", "This item does not open in the player.", { status: 409 });
  const version = await versionOf(ctx.db, String(item.content.packageVersionId));
  if (!version) throw refuse("item_not_playable", "The package of this item is not there any more.", { status: 409 });
  const found = launcherOf(ctx, version.format);
  if (!found) throw refuse("no_launcher", `No installed plugin plays ${version.standard} packages.`, { status: 409 });
  return { item, version, ...found };
}

/** An attempt of nobody, for a preview: like a first one, and stored nowhere. */
function pretended(ctx: Context, { courseId, versionId, itemKey }: { courseId: string; versionId: string; itemKey: string }): { attempt: Row<Attempt>; enrollment: Row<Enrollment> } {
  const now = ctx.now();
  const userId = requireUser(ctx);
  const enrollment: Row<Enrollment> = {
    id: newId(now), userId, courseId, versionId, registration: randomUUID(), status: "active", progress: 0, enrolledBy: null,
    createdAt: now, startedAt: null, completedAt: null, withdrawnAt: null, lastActivityAt: null,
  };
  const attempt: Row<Attempt> = {
    id: newId(now), enrollmentId: enrollment.id, itemKey, number: 1, status: "in-progress", score: null, scoreRaw: null, scoreMin: null, scoreMax: null,
    timeMs: "0", startedAt: now, updatedAt: now, completedAt: null,
  };
  return { attempt, enrollment };
}
