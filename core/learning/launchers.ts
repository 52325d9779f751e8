import type { Context } from "../kernel/context.ts";
import type { Row } from "../courses/model.ts";
import type { PackageVersion } from "../courses/packages/store.ts";
import type { Attempt, Enrollment } from "./model.ts";
import type { LaunchMode } from "./launches.ts";

/** Content that is about to be opened. */
export interface LaunchRequest {
  launchId: string;
  /** Opens the content origin's addresses of this launch; only ever part of an address there. */
  token: string;
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
}

/** What the player shows. */
export interface Launched {
  /** Address on the content origin. */
  frameHref: string;
  /** The unit that plays, and all there are; one that stands alone needs no list. */
  unit?: string;
  units?: PlayableUnit[];
}

/** Plays packages of one standard. */
export interface Launcher {
  label: string;
  /** Whether a closed attempt may be followed by another; asked when somebody opens an item they completed. */
  launch(ctx: Context, request: LaunchRequest): Promise<Launched>;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** How packages are played, by their standard: `scorm12`. */
    launchers?: Record<string, Launcher>;
  }
}

/** The launcher of a standard, of whichever plugin. */
export function launcherOf({ site: { host } }: Context, standard: string): { plugin: string; launcher: Launcher } | undefined {
  for (const { plugin, value } of host.contributions<Record<string, Launcher>>("launchers")) {
    const launcher = value[standard];
    if (launcher) return { plugin, launcher };
  }
  return undefined;
}
