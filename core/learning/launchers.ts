import type { Context } from "../kernel/context.ts";
import type { Row } from "../courses/model.ts";
import type { PackageVersion } from "../courses/packages/store.ts";
import type { Attempt, Enrollment } from "./model.ts";
import type { LaunchMode } from "./launches.ts";

/**
 * Content that is about to be opened. In mode `browse` (a preview by the course's staff) nothing may be kept: `attempt` and
 * `enrollment` are then made up for the occasion and stored nowhere.
 */
export interface LaunchRequest {
  launchId: string;
  /** Opens the content origin's addresses of this launch; only ever part of an address there. */
  token: string;
  /** The content origin of this launch, where its addresses are. */
  contentUrl: string;
  mode: LaunchMode;
  attempt: Row<Attempt>;
  enrollment: Row<Enrollment>;
  version: PackageVersion;
  /** The unit of a package with several; the launcher picks one where none is asked for. */
  unit?: string;
}

/** A unit of a package in the player's table of contents. */
export interface PlayableUnit {
  identifier: string;
  title: string;
  /** Depth in the tree, from 0. */
  level: number;
  /** False for a heading that opens nothing. */
  playable: boolean;
  status: "not-started" | "in-progress" | "completed" | "passed" | "failed";
  /** True while other units come first; asking for it is refused until then. */
  locked?: boolean;
}

/** What the player shows. */
export interface Launched {
  /** Address on the content origin. */
  frameHref: string;
  /** The unit that plays, and all there are; one that stands alone needs no list. */
  unit?: string;
  units?: PlayableUnit[];
}

/** Plays packages of one format. */
export interface Launcher {
  label: string;
  /**
   * How an item that is completed opens again: `continue` its attempt as it was left (unless told otherwise), `again` in a new
   * attempt, or `review` it without changing anything.
   */
  reopens?: "continue" | "again" | "review";
  /**
   * Prepares what the frame needs, within the transaction of the launch, which holds the enrollment: lock nothing here that is locked where
   * `attempts.record` is called, for that locks the enrollment last. What opening the content changes, its page does when it comes.
   */
  launch(ctx: Context, request: LaunchRequest): Promise<Launched>;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** How packages are played, by the name of their format: `scorm12`. */
    launchers?: Record<string, Launcher>;
  }
}

/** The launcher of a format, of whichever plugin. */
export function launcherOf({ site: { host } }: Context, format: string): { plugin: string; launcher: Launcher } | undefined {
  for (const { plugin, value } of host.contributions<Record<string, Launcher>>("launchers")) {
    const launcher = Object.hasOwn(value, format) ? value[format] : undefined;
    if (launcher) return { plugin, launcher };
  }
  return undefined;
}

/** What boot finds wrong with a plugin's launchers. */
export function badLaunchers(value: unknown): string[] {
  return Object.entries(value as Record<string, Partial<Launcher> | undefined>).flatMap(([format, launcher]) => [
    ...(launcher?.label ? [] : [`${format} has no label`]),
    ...(typeof launcher?.launch === "function" ? [] : [`${format} has no function "launch"`]),
  ]);
}
