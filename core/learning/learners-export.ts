import { csvLine } from "../http/csv.ts";
import type { Exporter } from "./exporters.ts";
import { list } from "./reading.ts";

/** The learners of a course as a table. */
export const learnersExport: Exporter = {
  label: "Learners",
  summary: "Everybody enrolled in a course, with progress, score and times.",
  can: "learners.read",
  of: "course",
  mediaType: "text/csv; charset=utf-8",
  fileName: () => "learners.csv",
  async *run(ctx, { courseId }) {
    yield csvLine(["Name", "Email", "Status", "Progress", "Score", "Minutes", "Version", "Enrolled", "Started", "Completed", "Last activity", "Registration"]);
    let cursor: string | undefined;
    do {
      const { items, next } = await list(ctx, { courseId, order: "name" }, { limit: 500, cursor });
      for (const { userName, userEmail, status, progress, score, timeMs, version, createdAt, startedAt, completedAt, lastActivityAt, registration } of items) {
        yield csvLine([userName, userEmail, status, progress, score, Math.round(timeMs / 60_000), version, createdAt, startedAt, completedAt, lastActivityAt, registration]);
      }
      cursor = next ?? undefined;
    } while (cursor !== undefined);
  },
};
