import { t, type Static } from "cadre";
import type { Switches12 } from "./runtime/scorm12/index.ts";

/** How the content of this site is taken where the standard and the real world differ (see `Switches12`). */
export const settings = t.Object({
  strictSuspendData: t.Boolean({ env: "CADRE_SCORM_STRICT_SUSPEND_DATA", default: false, description: "Content may keep 4,096 characters of suspend_data, as SCORM 1.2 says, instead of 64,000." }),
  masteryScore: t.Enum(["follow manifest", "trust content"], {
    env: "CADRE_SCORM_MASTERY_SCORE",
    default: "follow manifest",
    description: "Who decides between passed and failed where the manifest has a mastery score and the content set a status as well.",
  }),
  elapsedTime: t.Enum(["when content is silent", "never"], {
    env: "CADRE_SCORM_ELAPSED_TIME",
    default: "when content is silent",
    description: "Whether our clock counts the time of a session in which the content told none.",
  }),
  newAttempt: t.Enum(["after explicit exit", "never"], {
    env: "CADRE_SCORM_NEW_ATTEMPT",
    default: "after explicit exit",
    description: "Whether content that was left by an exit other than suspend starts from its beginning the next time.",
  }),
  idleLimitMinutes: t.Integer({ env: "CADRE_SCORM_IDLE_LIMIT_MINUTES", default: 30, minimum: 1, maximum: 1440, description: "A silence of the content longer than this counts as this long." }),
});

export type ScormSettings = Static<typeof settings>;

/** The part of the settings that the run-time itself looks at. */
export function switchesOf({ strictSuspendData, masteryScore, elapsedTime, newAttempt }: ScormSettings): Switches12 {
  return { strictSuspendData, masteryScore, elapsedTime, newAttempt };
}
