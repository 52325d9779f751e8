import { expect } from "chai";
import { problemsOf } from "../../../core/lrs/statement/statement.ts";
import type { Entry } from "../../../plugins/scorm/runtime/journal.ts";
import { createSession2004, launch2004, presetObjective, setup2004, summary2004, type Summary2004 } from "../../../plugins/scorm/runtime/scorm2004/index.ts";
import { statements2004 } from "../../../plugins/scorm/statements2004.ts";
import { isoDuration, type Result, type Statement } from "../../../plugins/scorm/statements/profile.ts";
import type { StatementContext } from "../../../plugins/scorm/statements/telling.ts";
import { statementContext } from "../recording.ts";
import { adlCase, caseIds, needCases, type Delivery } from "./cases.ts";
import { disagreement } from "./compare.ts";

const context: StatementContext = { ...statementContext, sentAtMs: 1_000_000 };

const named = (array: RegExp, { steps }: Delivery): string[] => [...new Set(steps.flatMap((step) => ("element" in step ? (array.exec(step.element)?.[1] ?? []) : [])))];

/** Runs the steps of one delivery by themselves, with the records they ask for, and tells of them, looking after every `every`th set. */
function told(delivery: Delivery, every: number): { statements: Statement[]; summary: Summary2004 } {
  const sharedData = named(/^adl\.data\.&(.*)&/, delivery).map((id) => ({ id, value: "", read: true, write: true }));
  const setup = setup2004({ learnerId: "l-1", learnerName: "Testtaker, John", objectives: named(/^cmi\.objectives\.&(.*)&/, delivery).map(presetObjective), sharedData });
  const journal: Entry[] = [];
  const first = launch2004(setup, null);
  const session = createSession2004(setup, first, () => 1_000_000, (entry) => journal.push(entry));
  for (const [at, step] of delivery.steps.entries()) {
    disagreement(step, session, setup.learnerId);
    if (step.op === "SetValue" && at % every === 0) session.commit("");
  }
  session.terminate("");
  return { statements: statements2004(context, setup, first, journal), summary: summary2004(setup, session.state()) };
}

const verbOf = ({ verb }: Statement) => verb.id.replace(/.*\//, "");
const about = (statements: Statement[], id: string) => statements.filter(({ object }) => object.id === id);

/** What xAPI takes of a score: one that contradicts itself without its bounds. */
function truthful(score: Summary2004["score"]): Result["score"] {
  const { raw, min, max } = score ?? {};
  const contradicts = (min !== undefined && max !== undefined && min >= max) || (raw !== undefined && (raw < (min ?? raw) || raw > (max ?? raw)));
  const { min: _, max: __, ...rest } = score ?? {};
  return contradicts ? rest : (score ?? {});
}

/** What a thing has come to, as statements that were told of it must say in the end, each verb once. */
function expected({ completion, success, score }: Pick<Summary2004, "completion" | "success" | "score">): Record<string, Result> {
  const points = truthful(score);
  const scored = Object.keys(points ?? {}).length > 0 ? { score: points } : {};
  return {
    ...(completion === "completed" && { completed: { completion: true } }),
    ...(success !== "unknown" ? { [success]: { ...scored, success: success === "passed" } } : scored.score && { scored }),
  };
}

describe("the statements of ADL's cases", function () {
  this.timeout(60_000);

  before(function () {
    needCases(this);
  });

  const cases = caseIds().map((id) => ({ id, deliveries: adlCase(id).activities.filter(({ steps }) => steps.some(({ op }) => op === "Initialize")) }));

  it("say every status, score, interaction and objective once, and what the data model says", () => {
    const met = { statuses: 0, objectives: 0, interactions: 0 };
    for (const { id, deliveries } of cases) {
      for (const delivery of deliveries) {
        const { statements, summary } = told(delivery, Infinity);
        const where = `${id} ${delivery.key}`;
        const results = (all: Statement[]) => Object.fromEntries(all.map((statement) => [verbOf(statement), statement.result]));
        const own = about(statements, context.sco.id).filter((statement) => !["initialized", "terminated", "suspended"].includes(verbOf(statement)));
        expect(results(own), where).to.deep.equal(expected(summary));
        expect(own, where).to.have.length(Object.keys(expected(summary)).length);
        const { completion, success } = summary;
        expect(statements.at(-1)?.result, where).to.deep.equal({
          ...expected({ ...summary, completion: "unknown", success: "unknown" })["scored"],
          ...(success !== "unknown" && { success: success === "passed" }),
          ...(completion !== "unknown" && { completion: completion === "completed" }),
          duration: isoDuration(summary.timeSpentMs),
        });
        met.statuses += own.length;
        for (const objective of summary.objectives) {
          const of = about(statements, `${context.sco.id}/objectives/${encodeURIComponent(objective.id)}`);
          expect(results(of), `${where} ${objective.id}`).to.deep.equal(expected(objective));
          expect(of, `${where} ${objective.id}`).to.have.length(Object.keys(expected(objective)).length);
          met.objectives += of.length;
        }
        const answered = summary.interactions.filter(({ learner_response, result }) => learner_response !== undefined || result !== undefined);
        const responded = statements.filter((statement) => verbOf(statement) === "responded");
        expect(responded.map(({ result }) => result?.response), where).to.deep.equal(answered.map(({ learner_response }) => learner_response));
        expect(responded.map(({ object }) => object.definition?.["correctResponsesPattern"] ?? []), where).to.deep.equal(answered.map(({ patterns }) => patterns.filter(Boolean)));
        met.interactions += responded.length;
        expect(statements, where).to.have.length(2 + own.length + responded.length + summary.objectives.reduce((sum, objective) => sum + Object.keys(expected(objective)).length, 0));
      }
    }
    expect(met.statuses).to.be.above(100);
    expect(met.objectives).to.be.above(100);
    expect(met.interactions).to.be.above(10);
  });

  it("end with what the data model says where it is looked at after every call, and tell nothing twice over", () => {
    for (const { id, deliveries } of cases.filter(({ id }) => id !== "DMI")) {
      for (const delivery of deliveries) {
        const { statements, summary } = told(delivery, 1);
        const where = `${id} ${delivery.key}`;
        const things = [{ iri: context.sco.id, ...summary }, ...summary.objectives.map((objective) => ({ iri: `${context.sco.id}/objectives/${encodeURIComponent(objective.id)}`, ...objective }))];
        for (const { iri, ...thing } of things) {
          const of = about(statements, iri);
          for (const [verb, result] of Object.entries(expected(thing))) {
            const said = of.filter((statement) => verbOf(statement) === verb).at(-1);
            const { score, ...status } = result;
            expect(said?.result, `${where} ${iri} ${verb}`).to.deep.include(status);
            if (score) expect(of.filter((statement) => statement.result?.score).at(-1)?.result?.score, `${where} ${iri}`).to.deep.equal(score);
          }
          const lines = of.map((statement) => JSON.stringify([verbOf(statement), statement.result]));
          expect(lines.filter((line, at) => line === lines[at - 1]), `${where} ${iri}`).to.deep.equal([]);
        }
      }
    }
  });

  it("are statements that a record store takes, each with an id of its own", () => {
    for (const { id, deliveries } of cases) {
      for (const delivery of deliveries) {
        const { statements } = told(delivery, Infinity);
        expect(new Set(statements.map((statement) => statement.id)).size, id).to.equal(statements.length);
        for (const statement of statements) expect(problemsOf(JSON.parse(JSON.stringify(statement)), "1.0.3"), `${id} ${delivery.key}`).to.deep.equal([]);
      }
    }
  });
});
