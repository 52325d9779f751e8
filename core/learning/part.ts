import { definePlugin } from "../kernel/plugin.ts";
import { t } from "../kernel/schema.ts";
import { contentRoutes } from "./content-routes.ts";
import { badExporters } from "./exporters.ts";
import { exportRoutes } from "./export-routes.ts";
import { learningEvents, learningHooks } from "./hooks.ts";
import { badLaunchers } from "./launchers.ts";
import { learnersExport } from "./learners-export.ts";
import { learningAnswers } from "./listeners.ts";
import * as launches from "./launches.ts";
import { Attempt, Enrollment, ItemProgressRow, LaunchRow } from "./model.ts";
import { learningPages } from "./pages.ts";
import { badQuestions } from "./questions.ts";
import { rosterPages } from "./roster-pages.ts";
import { learningRoutes } from "./routes.ts";
import { timelineRoutes } from "./timeline.ts";

/** Learning: enrollments, attempts, progress, and the player. */
export const learningPart = definePlugin({
  name: "learning",
  version: "1.0.0",
  summary: "Who learns what, and how far they are.",
  permissions: {
    "learning.enroll": { label: "Enroll oneself in courses, and learn", roles: ["user"] },
    "learners.read": { label: "See the learners of a course", roles: ["instructor"], scoped: true },
    "learners.manage": { label: "Enroll and withdraw learners of a course", roles: ["instructor"], scoped: true },
  },
  errors: {
    enrollment_not_found: { status: 404, summary: "There is no such enrollment, or not for you." },
    enrollment_ended: { status: 409, summary: "This person has left the course." },
    already_enrolled: { status: 409, summary: "This person is enrolled in the course already." },
    already_withdrawn: { status: 409, summary: "This person has left the course already." },
    course_not_open: { status: 409, summary: "The course is not published, or is archived." },
    no_seats_left: { status: 409, summary: "Every seat in the course is taken." },
    prerequisites_missing: { status: 409, summary: "Other courses must be completed first; `missing` names them." },
    attempt_not_found: { status: 404, summary: "There is no such attempt." },
    item_not_playable: { status: 409, summary: "The item does not open in the player." },
    item_not_shown: { status: 409, summary: "The plugin that shows this kind of item is not installed." },
    item_not_yours_to_complete: { status: 409, summary: "The item tells by itself when it is done." },
    no_launcher: { status: 409, summary: "No installed plugin plays packages of this format." },
    launch_unknown: { status: 404, summary: "The address does not open any content. Open it again from the course." },
    launch_over: { status: 410, summary: "The session of the content has ended. Open it again from the course." },
    unknown_email: { status: 422, summary: "Nobody has an account with this address." },
    exporter_not_found: { status: 404, summary: "There is no such file to download." },
    course_needed: { status: 400, summary: "The file is of a course; say which by `courseId`." },
    range_not_satisfiable: { status: 416, summary: "The range asked for begins after the end of the file." },
  },
  models: [Enrollment, Attempt, ItemProgressRow, LaunchRow],
  routes: (build) => [...learningPages(build), ...rosterPages(build), ...timelineRoutes(build), ...learningRoutes(build), ...exportRoutes(build), ...contentRoutes(build)],
  nav: [{ place: "main", label: "My learning", href: "/learning", can: "signed-in", order: "first" }],
  hooks: learningAnswers,
  exporters: { learners: learnersExport },
  jobs: (job) => ({ sweepLaunches: job(t.Object({}), launches.sweep) }),
  schedules: { sweepLaunches: { cron: "50 3 * * *", job: "sweepLaunches" } },
  provides: {
    hooks: learningHooks,
    events: learningEvents,
    contributions: {
      launchers: { summary: "How packages of a format are played.", check: badLaunchers },
      questions: { summary: "Types of questions, each with its schemas, its grading and its controls.", check: badQuestions },
      exporters: { summary: "Files to download, of the site or of a course.", check: badExporters },
    },
  },
});
