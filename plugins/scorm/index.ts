import { definePlugin } from "cadre";
import { diagnosisRoutes, launchesOfLearner } from "./diagnosis-pages.ts";
import { scorm12Format } from "./format12.ts";
import { scorm2004Format } from "./format2004.ts";
import { scorm12Launcher } from "./launcher.ts";
import { CourseState, Decision, GlobalObjective, JournalPiece, Outcome, Run, SharedBucket } from "./model.ts";
import { scorm2004Launcher } from "./play2004/launcher.ts";
import { scormRoutes } from "./routes.ts";
import { settings } from "./settings.ts";

export default definePlugin({
  name: "scorm",
  version: "1.0.0",
  summary: "Reads and plays SCORM packages, and tells in statements what learners did.",
  engine: "^1.0",
  config: settings,
  errors: {
    scorm_unit_unknown: { status: 404, summary: "The package has no such part." },
    scorm_unit_locked: { status: 409, summary: "The part's prerequisites are not met; `unit` names it." },
    scorm_run_unknown: { status: 404, summary: "The journal belongs to no page that this launch may write for." },
    scorm_journal_gap: { status: 409, summary: "Entries are missing; send again from `expectedSeq`." },
    scorm_entries_malformed: { status: 422, summary: "What was sent is no journal; `errors` points to each place." },
  },
  models: [Outcome, Run, JournalPiece, CourseState, GlobalObjective, SharedBucket, Decision],
  migrations: new URL("./migrations/", import.meta.url),
  templates: new URL("./templates/", import.meta.url),
  slots: { "learner.aside": launchesOfLearner },
  browser: new URL("./browser/", import.meta.url),
  formats: { scorm12: scorm12Format, scorm2004: scorm2004Format },
  launchers: { scorm12: scorm12Launcher, scorm2004: scorm2004Launcher },
  routes: (build) => [...scormRoutes(build), ...diagnosisRoutes(build)],
});
