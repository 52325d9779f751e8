import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { sql } from "../../core/db/sql.ts";
import scorm from "../../plugins/scorm/index.ts";
import { openCourse } from "./course2004.ts";
import { obedient, obedient2004, ownCourse, ownPackage } from "./own-packages.ts";
import { courseOf, learnerIn, type Learner } from "./support.ts";

const standards = [
  { standard: "SCORM 1.2", made: (host: TestHost) => ownPackage(host, { "index.html": obedient }), opened: (_: TestHost, learner: Learner) => learner.launch(), place: sql.raw("scorm.outcome") },
  { standard: "SCORM 2004", made: (host: TestHost) => ownCourse(host, [{ title: "One" }], { "index.html": obedient2004 }), opened: openCourse, place: sql.raw("scorm.course_state") },
];

// A launch holds the enrollment when the launcher is asked; a commit holds where the attempt stands, then its run, then the enrollment.
for (const { standard, made, opened, place } of standards) {
  describe(`Of two that work on an attempt at once in ${standard}`, () => {
    let host: TestHost;
    let learner: Learner;
    let item: string;

    before(async () => {
      host = await testHost({ plugins: [scorm] });
      const course = await courseOf(host, await made(host));
      item = course.item;
      learner = await learnerIn(host, course);
    });
    after(() => host?.stop());

    const ofLearner = () => sql`attempt_id in (select id from attempt where enrollment_id = ${learner.enrollmentId})`;

    it("a launch waits for nothing that a commit holds before it comes to the enrollment", async () => {
      await opened(host, learner, item);
      await host.context.transact(async (tx) => {
        await tx.db.rows(sql`select from ${place} where ${ofLearner()} for update`);
        await tx.db.rows(sql`select from scorm.run where ${ofLearner()} for update`);
        expect((await learner.play()).mode).to.equal("normal");
      });
    });

    it("a commit that waits for another one holds no run that this might write", async () => {
      const player = await opened(host, learner, item);
      const late = await host.context.transact(async (tx) => {
        await tx.db.rows(sql`select from ${place} where ${ofLearner()} for update`);
        const sent = player.send("initialize", "commit");
        const waits = sql`select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`;
        while ((await tx.db.rows(waits)).length === 0);
        await tx.db.rows(sql`select from scorm.run where ${ofLearner()} for update nowait`);
        return { sent };
      });
      expect((await late.sent).status).to.equal(200);
    });
  });
}
