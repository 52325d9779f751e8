import { bytes, csvLine, json, page, refuse, sql, t, type Context, type Reply, type Route, type RouteBuilder, type SlotContribution } from "cadre";
import { filtered, linesOf, parts, type Line, type Part } from "./diagnosis-lines.ts";
import { diagnosisOf } from "./play2004/diagnosis.ts";

const ofLaunch = t.Object({ courseId: t.Id(), launchId: t.Id() });
const shown = {
  part: t.Enum(parts, { default: "calls" }),
  q: t.String({ maxLength: 200, default: "" }),
  only: t.Union([t.Literal(""), t.Literal("failed")], { default: "" }),
};
const inCourse = (_: unknown, { params }: { params: { courseId: string } }): string => params.courseId;

/** What happened in a launch, for who may read the learner's record: to find out why content did not do what it should. */
export const diagnosisRoutes = ({ page: pageRoute }: RouteBuilder): readonly Route[] => [
  pageRoute("/courses/:courseId/launches/:launchId", { can: "learners.read", scope: inCourse, summary: "What happened in a launch of SCORM content.", params: ofLaunch, query: t.Object(shown) }, (ctx, { params, query }) =>
    diagnosisPage(ctx, params, query),
  ),
  pageRoute(
    "/courses/:courseId/launches/:launchId/download",
    { can: "learners.read", scope: inCourse, summary: "The same as a file.", params: ofLaunch, query: t.Object({ ...shown, as: t.Enum(["csv", "json"], { default: "csv" }) }) },
    (ctx, { params, query }) => download(ctx, params, query),
  ),
];

/** The learner's launches, beside their record. */
export const launchesOfLearner: SlotContribution = {
  template: "launches",
  async data(ctx, shownPage) {
    const { course, learner } = shownPage as { course?: { id: string }; learner?: { userId: string } };
    if (!course || !learner) return undefined;
    const launched = await ctx.db.rows<{ launchId: string; item: string | null; startedAt: Date; failures: number; refusals: number }>(sql`
      select run.launch_id, item.title as item, min(run.created_at) as started_at, count(journal.calls)::int as failures, count(journal.divergences)::int as refusals
      from scorm.run join attempt on attempt.id = run.attempt_id join enrollment on enrollment.id = attempt.enrollment_id
        left join item on item.version_id = enrollment.version_id and item.key = attempt.item_key left join scorm.journal on journal.run_id = run.id
      where enrollment.course_id = ${course.id} and run.user_id = ${learner.userId} group by run.launch_id, item.title order by started_at desc limit 20`);
    return launched.length === 0 ? undefined : { launches: launched.map((each) => ({ ...each, href: hrefOf(course.id, each.launchId) })) };
  },
};

type Place = { courseId: string; launchId: string };
type Shown = { part: Part; q: string; only: "" | "failed" };

const linesAtMost = 2000;

async function diagnosisPage(ctx: Context, place: Place, query: Shown): Promise<Reply> {
  const { launch, linesFor } = await read(ctx, place);
  const here = hrefOf(place.courseId, place.launchId);
  const lines = filtered(linesFor(query.part), query);
  const search = new URLSearchParams(query).toString();
  return page("scorm/launch", {
    page: {
      title: "What happened",
      crumbs: [
        { label: "Learners", href: `/teach/courses/${place.courseId}/learners` },
        { label: launch.userName, href: `/teach/courses/${place.courseId}/learners/${launch.userId}` },
      ],
    },
    launch,
    query,
    here,
    parts: parts.map((part) => ({ part, label: labels[part], count: linesFor(part).length, href: `${here}?part=${part}`, current: part === query.part })),
    lines: lines.slice(0, linesAtMost).map((line) => ({ ...line, clock: line.at.toISOString().slice(11, 23), failed: line.code !== "0" })),
    more: Math.max(lines.length - linesAtMost, 0),
    csvHref: `${here}/download?${search}&as=csv`,
    jsonHref: `${here}/download?${search}&as=json`,
  });
}

const labels: Record<Part, string> = { calls: "API calls", journal: "Journal", refused: "Refused by the server", sequencing: "Sequencing" };

async function download(ctx: Context, place: Place, { as, ...query }: Shown & { as: string }): Promise<Reply> {
  const { linesFor } = await read(ctx, place);
  const lines = filtered(linesFor(query.part), query);
  const headers = { "Content-Disposition": `attachment; filename="${query.part}-${place.launchId}.${as}"`, "Cache-Control": "no-store" };
  if (as === "json") return json(lines, 200, headers);
  const row = ({ at, activity, what, given, result, code }: Line) => csvLine([at, activity, what, given, result, code]);
  return bytes(csvLine(["Time", "Activity", "What", "Given", "Result", "Error"]) + lines.map(row).join(""), "text/csv; charset=utf-8").with(headers);
}

/** @throws launch_unknown (404) for one that is not of this course, or of which nothing was kept */
async function read(ctx: Context, { courseId, launchId }: Place) {
  const launch = await ctx.db.maybe<{ userId: string; userName: string; item: string | null; startedAt: Date; is2004: boolean }>(sql`
    select run.user_id, person.name as user_name, item.title as item, run.created_at as started_at, run.package_version_id is not null as is_2004
    from scorm.run join attempt on attempt.id = run.attempt_id join enrollment on enrollment.id = attempt.enrollment_id join user_account person on person.id = run.user_id
      left join item on item.version_id = enrollment.version_id and item.key = attempt.item_key
    where run.launch_id = ${launchId} and enrollment.course_id = ${courseId} order by run.id limit 1`);
  if (!launch) throw refuse("launch_unknown", "This course has no such launch.", { status: 404 });
  const diagnosis = await diagnosisOf(ctx, launchId);
  return { launch, linesFor: (part: Part) => linesOf(part, diagnosis, launch.is2004 ? "2004" : "1.2") };
}

function hrefOf(courseId: string, launchId: string): string {
  return `/scorm/courses/${courseId}/launches/${launchId}`;
}
