import type { Engine } from "../../../plugins/scorm/runtime/engine/index.ts";
import { readZip } from "../packages2004.ts";
import { tell, type Circumstances, type Step } from "./story.ts";

/** Registers a learner's path through one of the golf packages; skipped where they are not there. */
function golf(sentence: string, name: string, steps: Step[], circumstances: Circumstances = {}, after: (engine: Engine) => void = () => {}): void {
  it(sentence, async function () {
    const read = await readZip(`scorm2004/golf-${name}.zip`);
    if (!read) return this.skip();
    after(tell(read.course, steps, circumstances));
  });
}

const done = "passed, completed";
const course = "golf_sample_default_org";
const topics: Step[] = [
  ["start", "playing_item"],
  [`${done}, continue`, "etuqiette_item"],
  [`${done}, continue`, "handicapping_item"],
  [`${done}, continue`, "havingfun_item"],
];

describe("the golf packages, a learner's path by path", () => {
  golf("forced sequential: opens one after the other", "SequencingForcedSequential_SCORM20043rdEdition", [
    ["start", "playing_item"],
    ["may choose etuqiette_item", "no"],
    ["incomplete, choice etuqiette_item", "DB.1.1-3"],
    ["choice playing_item", "playing_item"],
    [`${done}, continue`, "etuqiette_item"],
    ["may choose handicapping_item", "no"],
    ["may choose playing_item", "yes"],
    [`${done}, continue`, "handicapping_item"],
    [`${done}, continue`, "havingfun_item"],
    [`${done}, continue`, "assessment_item"],
    [`${done}, score 0.9, exitAll`, "ended"],
    [`status ${course}`, "completed passed - - 1x"],
  ]);

  golf("simple remediation: comes back for what was failed, and for nothing else", "SequencingSimpleRemediation_SCORM20043rdEdition", [
    ...topics,
    ["completed, continue", "test_1"],
    [`${done}, score 1, continue`, "test_2"],
    [`${done}, score 1, continue`, "test_3"],
    ["failed, completed, score 0.2, continue", "test_4"],
    [`${done}, score 1, continue`, "handicapping_item"],
    ["completed, continue", "test_3"],
    [`${done}, score 1, continue`, "test_4"],
    [`${done}, score 1, continue`, "ended"],
    [`status ${course}`, "completed passed 1 - 1x"],
  ]);

  golf("random test: opens the test when all is read, and draws another after a failure", "SequencingRandomTest_SCORM20043rdEdition", [
    ...topics.slice(0, 3),
    ["may choose posttest_item", "no"],
    [`${done}, continue`, "havingfun_item"],
    [`${done}, continue`, "test_4"],
    ["may choose test_2", "no"],
    ["failed, completed, score 0.3, continue", "test_2"],
    ["status posttest_item", "- - 0.3 - 2x"],
    ["failed, completed, score 0.4, continue", "ended"],
    ["status posttest_item", "- failed 0.4 - 2x"],
    [`status ${course}`, "completed failed 0.4 - 1x"],
  ]);

  golf("pre-test or post-test: a passed pre-test is enough", "SequencingPreOrPostTestRollup_SCORM20043rdEdition", [
    ["start", "pretest_item"],
    ["may choose posttest_item", "no"],
    [`${done}, score 0.9, continue`, "playing_item"],
    [`status ${course}`, "completed passed 0.9 - 1x"],
    ["may choose pretest_item", "no"],
  ]);

  golf("pre-test or post-test: after a failed pre-test the post-test counts", "SequencingPreOrPostTestRollup_SCORM20043rdEdition", [
    ["start", "pretest_item"],
    ["failed, completed, score 0.1, continue", "playing_item"],
    ...topics.slice(1),
    [`${done}, continue`, "posttest_item"],
    [`${done}, score 0.8, exitAll`, "ended"],
    [`status ${course}`, "completed passed 0.8 - 1x"],
  ]);

  golf("4th edition: jumps to the test over all rules, and rolls progress up by weight", "SequencingPostTestRollup4thEd_SCORM20044thEdition", [
    ["start", "playing_item"],
    ["sees assessment_item", "no"],
    ["may jump assessment_item", "yes"],
    ["completed, progress 1, continue", "etuqiette_item"],
    [`status ${course}`, "- - - 0.3125 1x"],
    ["incomplete, progress 0.5, asks jump assessment_item, nothing", "assessment_item"],
    ["sees assessment_item", "yes"],
    [`${done}, progress 1, score 0.9, exitAll`, "ended"],
    [`status ${course}`, "completed passed 0.9 0.4687 1x"],
  ]);
});
