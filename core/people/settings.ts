import type { Context } from "../kernel/context.ts";
import { t, type Static } from "../kernel/schema.ts";

export const peopleSettingsSchema = t.Object({
  registration: t.Enum(["open", "closed"] as const, { env: "CADRE_REGISTRATION", default: "open", description: "Whether people may make their own account, or only be added." }),
  sessionIdleHours: t.Number({ env: "CADRE_SESSION_IDLE_HOURS", default: 7 * 24, exclusiveMinimum: 0, description: "A browser that was away for longer signs in again." }),
  sessionMaxDays: t.Number({ env: "CADRE_SESSION_MAX_DAYS", default: 30, exclusiveMinimum: 0, description: "Every browser signs in again after this time." }),
});

export type PeopleSettings = Static<typeof peopleSettingsSchema>;

/** This part's settings, whoever's code is running. */
export const peopleSettings = (ctx: Context): PeopleSettings => ctx.as("people").config as PeopleSettings;
