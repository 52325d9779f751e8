import { definePlugin } from "../kernel/plugin.ts";
import { t } from "../kernel/schema.ts";
import { sql } from "../db/sql.ts";
import type { RoleScope } from "../people/catalogue.ts";
import { catalogueRoutes } from "./catalogue.ts";
import { contentRoutes } from "./content-routes.ts";
import { courseEvents, courseHooks } from "./hooks.ts";
import { badItemKinds } from "./item-kinds.ts";
import { Course, CourseItem, CourseModule, CoursePrerequisite, CourseVersion, SampleCourse } from "./model.ts";
import { packageKind } from "./package-kind.ts";
import { packageErrors } from "./packages/errors.ts";
import { formatsField } from "./packages/formats.ts";
import { packageEvents, packageHooks } from "./packages/hooks.ts";
import { BlobRow, PackageFileRow, PackageRow, PackageVersionRow } from "./packages/model.ts";
import { packagePages } from "./packages/pages.ts";
import { packageRoutes } from "./packages/routes.ts";
import { packageSettings } from "./packages/settings.ts";
import { removeUnusedBlobs } from "./packages/unused-blobs.ts";
import { pageKind } from "./page-kind.ts";
import { courseRoutes } from "./routes.ts";
import { teachForms } from "./teach-forms.ts";
import { teachPages } from "./teach-pages.ts";

const dayMs = 86_400_000;

/** Courses: versions of modules and items, published for learners to begin. */
export const coursesPart = definePlugin({
  name: "courses",
  version: "1.0.0",
  summary: "Courses with modules and items, in versions, and the packages they play.",
  config: packageSettings,
  permissions: {
    "courses.browse": { label: "See the published courses", roles: ["guest"] },
    "courses.create": { label: "Make a course", roles: ["instructor"] },
    "courses.read": { label: "See the draft and the versions of a course", roles: ["instructor"], scoped: true },
    "courses.edit": { label: "Edit a course", roles: ["instructor"], scoped: true },
    "courses.publish": { label: "Publish and archive a course", roles: ["instructor"], scoped: true },
    "packages.upload": { label: "Upload packages", roles: ["instructor"] },
    "packages.read": { label: "See packages of one's own and of one's courses", roles: ["instructor"] },
    "packages.delete": { label: "Delete packages of one's own and of one's courses", roles: ["instructor"] },
  },
  errors: {
    ...packageErrors,
    package_in_use: { status: 409, summary: "A course has the package, or learners have worked in it; it can't be deleted." },
    course_not_found: { status: 404, summary: "There is no such course, or not for you." },
    module_not_found: { status: 404, summary: "The course has no such module." },
    item_not_found: { status: 404, summary: "The course has no such item." },
    version_not_found: { status: 404, summary: "The course has no published version of this number." },
    slug_taken: { status: 409, summary: "Another course has this address; choose another." },
    nothing_to_publish: { status: 409, summary: "The draft is the same as the published version." },
    course_unpublishable: { status: 422, summary: "The draft can't be published; `errors` holds every reason." },
    course_full: { status: 422, summary: "The course has as many modules or items as a course may have." },
    unknown_item_kind: { status: 422, summary: "No plugin of this site has items of this kind." },
    invalid_prerequisites: { status: 422, summary: "A required course is not there, or requires this one itself." },
  },
  models: [Course, CourseVersion, CourseModule, CourseItem, CoursePrerequisite, SampleCourse, PackageRow, PackageVersionRow, PackageFileRow, BlobRow],
  itemKinds: { page: pageKind, package: packageKind },
  jobs: (job) => ({
    removeUnusedBlobs: job(t.Object({}), async (ctx) => {
      const { removed } = await removeUnusedBlobs(ctx.db, ctx.site.blobs, new Date(ctx.now().getTime() - dayMs));
      ctx.log.info({ removed }, "Content that no package has any more was removed");
    }),
  }),
  schedules: { removeUnusedBlobs: { cron: "10 3 * * *", job: "removeUnusedBlobs", catchUp: true } },
  routes: (build) => [courseRoutes, contentRoutes, teachPages, teachForms, catalogueRoutes, packageRoutes, packagePages].flatMap((routes) => routes(build as never)),
  nav: [
    { place: "main", label: "Courses", href: "/courses", can: "courses.browse" },
    { place: "main", label: "Teach", href: "/teach/courses", under: "/teach", can: "courses.create" },
  ],
  hooks: {
    "role.scoping": (ctx) =>
      ctx.db.rows<RoleScope>(sql`select course.id::text as scope, title as label from course
        join course_version version on version.id = coalesce(draft_version_id, published_version_id) order by lower(title), course.id`),
  },
  provides: {
    hooks: { ...courseHooks, ...packageHooks },
    events: { ...courseEvents, ...packageEvents },
    contributions: { formats: formatsField, itemKinds: { summary: "Kinds of items that courses are made of.", check: badItemKinds } },
  },
});
