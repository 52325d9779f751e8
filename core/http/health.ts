import type { Context } from "../kernel/context.ts";

/** One thing whose health was looked at. */
export interface Health {
  /** What it is called: "database", "jobs". */
  name: string;
  ok: boolean;
  /** What was seen, and how to mend it when it is not ok. */
  detail: string;
}

/** Health with whose it is: a plugin's, or nobody's for the engine's own. */
export interface OwnedHealth extends Health {
  plugin?: string;
}

declare module "../kernel/context.ts" {
  interface Site {
    /** What the engine itself looks at when asked for its health. */
    readonly healthChecks: readonly (() => Promise<Health[]>)[];
  }
}

/** Everything that was looked at, for the administrator: the engine's own first, then what plugins answered. */
export async function healthOf(ctx: Context): Promise<OwnedHealth[]> {
  const checked = await Promise.all(ctx.site.healthChecks.map((look) => look()));
  const answered = await ctx.survey("health.checking", {});
  return [...checked.flat(), ...answered.map(({ plugin, answer }) => ({ ...answer, plugin }))];
}
