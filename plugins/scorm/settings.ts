import { t, type Static } from "cadre";
import type { Switches12 } from "./runtime/scorm12/index.ts";
import { switchesOf as switchesOf2004, type Switches2004 } from "./runtime/scorm2004/index.ts";
import { switchesOf as sequencingSwitchesOf, type SequencingEdition, type SequencingSwitches } from "./runtime/sequencing/index.ts";

const says = {
  strictSuspendData: "Content may keep 4,096 characters of suspend_data, as SCORM 1.2 says, instead of 64,000.",
  masteryScore: "Who decides between passed and failed where the manifest has a mastery score and the content set a status as well.",
  elapsedTime: "Whether our clock counts the time of a session in which the content told none.",
  newAttempt: "Whether content that was left by an exit other than suspend starts from its beginning the next time.",
  idleLimitMinutes: "A silence of the content longer than this counts as this long.",
};
const masteryScores = ["follow manifest", "trust content"] as const;
const elapsedTimes = ["when content is silent", "never"] as const;
const newAttempts = ["after explicit exit", "never"] as const;
const editions = ["2nd", "3rd", "4th"] as const;
const idleLimit = { minimum: 1, maximum: 1440 };

/** How the content of this site is taken where the standard and the real world differ (see `Switches12`). */
export const settings = t.Object({
  strictSuspendData: t.Boolean({ env: "CADRE_SCORM_STRICT_SUSPEND_DATA", default: false, description: says.strictSuspendData }),
  masteryScore: t.Enum(masteryScores, { env: "CADRE_SCORM_MASTERY_SCORE", default: "follow manifest", description: says.masteryScore }),
  elapsedTime: t.Enum(elapsedTimes, { env: "CADRE_SCORM_ELAPSED_TIME", default: "when content is silent", description: says.elapsedTime }),
  newAttempt: t.Enum(newAttempts, { env: "CADRE_SCORM_NEW_ATTEMPT", default: "after explicit exit", description: says.newAttempt }),
  idleLimitMinutes: t.Integer({ env: "CADRE_SCORM_IDLE_LIMIT_MINUTES", default: 30, ...idleLimit, description: says.idleLimitMinutes }),
});

/** The same for one package, each in place of the site's. */
export const packageSettings = t.Object({
  masteryScore: t.Optional(t.Enum(masteryScores, { label: "Passing by mastery score", description: says.masteryScore })),
  newAttempt: t.Optional(t.Enum(newAttempts, { label: "A new attempt", description: says.newAttempt })),
  elapsedTime: t.Optional(t.Enum(elapsedTimes, { label: "Time by our clock", description: says.elapsedTime })),
  idleLimitMinutes: t.Optional(t.Integer({ ...idleLimit, label: "Longest silence, in minutes", description: says.idleLimitMinutes })),
  strictSuspendData: t.Optional(t.Boolean({ label: "Short suspend_data", description: says.strictSuspendData })),
});

/** What can be said for one package of SCORM 2004: above all where its edition is not the one that its manifest names. */
export const packageSettings2004 = t.Object({
  edition: t.Optional(t.Enum(editions, { label: "Edition", description: "By the rules of which edition it is played, in place of the one that its manifest names." })),
  continueBehindTheLast: t.Optional(
    t.Enum(["ends the session", "is refused"], { label: "Continue behind the last activity", description: "What it does: the 4th edition ends the course, earlier ones refuse it." }),
  ),
  timeLimits: t.Optional(t.Enum(["told to content", "enforced"], { label: "Time limits", description: "Whether an attempt whose time is used up opens again; content is told in any case." })),
  elapsedTime: t.Optional(t.Enum(elapsedTimes, { label: "Time by our clock", description: says.elapsedTime })),
  idleLimitMinutes: t.Optional(t.Integer({ ...idleLimit, label: "Longest silence, in minutes", description: says.idleLimitMinutes })),
  strictSuspendData: t.Optional(t.Boolean({ label: "Short suspend_data", description: "Content may keep 4,000 characters of suspend_data, as the 2nd and 3rd edition say, instead of 64,000." })),
});

export type PackageSettings2004 = Static<typeof packageSettings2004>;
export type PackageSettings = Static<typeof packageSettings>;
export type ScormSettings = Static<typeof settings>;

/** The part of the settings that the run-time itself looks at. */
export function switchesOf({ strictSuspendData, masteryScore, elapsedTime, newAttempt }: ScormSettings): Switches12 {
  return { strictSuspendData, masteryScore, elapsedTime, newAttempt };
}

/** How a package of SCORM 2004 is played. */
export interface Played2004 {
  sequencing: SequencingSwitches;
  content: Switches2004;
  idleLimitMs: number;
}

/** The switches of a package's edition, or of the one that is said to hold for it, with what the site and the package say besides. Pure. */
export function played2004(site: ScormSettings, own: PackageSettings2004, manifestEdition: SequencingEdition): Played2004 {
  const edition = own.edition ?? manifestEdition;
  const { elapsedTime, idleLimitMinutes } = { ...site, ...own };
  const sequencing = sequencingSwitchesOf(edition);
  const content = switchesOf2004(edition);
  return {
    sequencing: { ...sequencing, continueBehindTheLast: own.continueBehindTheLast ?? sequencing.continueBehindTheLast, timeLimits: own.timeLimits ?? sequencing.timeLimits },
    content: { ...content, elapsedTime, suspendDataLimit: own.strictSuspendData ? 4000 : content.suspendDataLimit },
    idleLimitMs: idleLimitMinutes * 60_000,
  };
}
