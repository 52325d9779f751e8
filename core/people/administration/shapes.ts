import { t } from "../../kernel/schema.ts";

/** One thing whose health was looked at. */
export const healthShape = t.Object({ name: t.String(), ok: t.Boolean(), detail: t.String(), plugin: t.Optional(t.String({ description: "Whose answer it is; the engine's own without." })) });

const state = {
  name: t.String(),
  version: t.String(),
  summary: t.String(),
  kind: t.Enum(["part", "plugin"] as const),
  health: t.Enum(["healthy", "failing", "left-out"] as const),
  message: t.Nullable(t.String({ description: "What is wrong and how to mend it." })),
};

/** A part or plugin and how it is doing. */
export const pluginShape = t.Object(state);

/** One of them in full. */
export const pluginViewShape = t.Object({
  ...state,
  engine: t.String(),
  requires: t.Array(t.String()),
  settings: t.Array(
    t.Object({
      name: t.String(),
      description: t.String(),
      variable: t.Optional(t.String({ description: "The environment variable that sets it." })),
      key: t.String({ description: "Where it lies in the settings file." }),
      source: t.Enum(["environment", "file", "default"] as const),
      secret: t.Boolean(),
      value: t.Optional(t.Unknown({ description: "Masked for secrets." })),
    }),
  ),
  adds: t.Array(t.Object({ label: t.String(), items: t.Array(t.String()) })),
});

/** A queue with its counts. */
export const queueShape = t.Object({
  name: t.String(),
  plugin: t.Optional(t.String({ description: "Whose it is; nobody's when its plugin is gone." })),
  kind: t.Optional(t.Enum(["job", "event"] as const)),
  waiting: t.Integer(),
  delayed: t.Integer(),
  active: t.Integer(),
  buried: t.Integer({ description: "Failed in every try." }),
  completed: t.Integer({ description: "In the last day." }),
  oldestWaitingSeconds: t.Number(),
  schedule: t.Nullable(t.String({ description: "The cron expression (UTC) that fills it by itself." })),
  nextAt: t.Nullable(t.Time()),
});

/** A job or delivery that failed in every try. */
export const jobShape = t.Object({
  id: t.Id(),
  queue: t.String(),
  letterId: t.Id({ description: "The job's or event's own id." }),
  attempts: t.Integer(),
  queuedAt: t.Time(),
  failedAt: t.Time(),
  message: t.String({ description: "What the last try failed with." }),
  code: t.Nullable(t.String()),
  payload: t.Unknown(),
});
