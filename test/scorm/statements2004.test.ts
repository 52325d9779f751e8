import { expect } from "chai";
import { createSession2004, launch2004, presetObjective, replay2004, setup2004, type Session2004, type Setup2004, type State2004 } from "../../plugins/scorm/runtime/scorm2004/index.ts";
import { interruption2004, statements2004 } from "../../plugins/scorm/statements2004.ts";
import type { Statement } from "../../plugins/scorm/statements/profile.ts";
import type { StatementContext } from "../../plugins/scorm/statements/telling.ts";
import { record, statementContext, verbs, type Run } from "./recording.ts";

const context = statementContext;
const setup = setup2004({ learnerId: "l-1", learnerName: "Curie, Marie", objectives: [{ ...presetObjective("known"), success: "passed" }] });

const journalOf = (run: Run<Session2004>, on: Setup2004 = setup, state: State2004 = launch2004(on, null)) => record(createSession2004, on, state, (session, pass) => {
    session.initialize("");
    run(session, pass);
  });

function told(run: Run<Session2004>, on: Setup2004 = setup, state = launch2004(on, null)): Statement[] {
  return statements2004(context, on, state, journalOf(run, on, state).journal);
}

function setting(sets: Record<string, string>) {
  return (session: Session2004) => {
    for (const [element, value] of Object.entries(sets)) expect(session.setValue(element, value), element).to.equal("true");
    session.commit("");
  };
}

describe("statements of a SCORM 2004 run", () => {
  const rules: { title: string; sets?: Record<string, string>; terminate?: true; on?: Partial<Setup2004>; says: string[]; result?: object }[] = [
    { title: "nothing for a place, suspend_data and a preset objective", sets: { "cmi.suspend_data": "secret", "cmi.location": "4" }, says: [] },
    { title: "nothing for what is not known or not yet complete", sets: { "cmi.completion_status": "incomplete", "cmi.success_status": "unknown" }, says: [] },
    { title: "completed", sets: { "cmi.completion_status": "completed" }, says: ["completed"], result: { completion: true } },
    {
      title: "completed and passed, each once, the score with the success",
      sets: { "cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.score.scaled": "-0.5", "cmi.score.raw": "9" },
      says: ["completed", "passed"],
      result: { success: true, score: { scaled: -0.5, raw: 9 } },
    },
    { title: "completed and scored where nobody says passed or failed", sets: { "cmi.completion_status": "completed", "cmi.score.raw": "9" }, says: ["completed", "scored"], result: { score: { raw: 9 } } },
    { title: "failed where a threshold says so", sets: { "cmi.success_status": "passed", "cmi.score.scaled": "0.5" }, on: { scaledPassingScore: 0.6 }, says: ["failed"], result: { success: false, score: { scaled: 0.5 } } },
    { title: "completed where a threshold says so", sets: { "cmi.progress_measure": "0.6" }, on: { completionThreshold: 0.6 }, says: ["completed"], result: { completion: true } },
    { title: "a score without a min and max that contradict it", sets: { "cmi.score.raw": "9", "cmi.score.min": "10", "cmi.score.max": "20" }, says: ["scored"], result: { score: { raw: 9 } } },
    { title: "nothing of a min and max that contradict each other", sets: { "cmi.score.min": "10", "cmi.score.max": "10" }, says: [] },
    {
      title: "terminated with the outcome and the time",
      sets: { "cmi.session_time": "P1DT1M30.5S", "cmi.completion_status": "incomplete", "cmi.success_status": "failed" },
      terminate: true,
      says: ["failed", "terminated"],
      result: { completion: false, success: false, duration: "PT24H1M30.5S" },
    },
    { title: "suspended by its exit", sets: { "cmi.exit": "suspend" }, terminate: true, says: ["suspended"], result: { duration: "PT0S" } },
    { title: "suspended with everything else", sets: { "adl.nav.request": "suspendAll" }, terminate: true, says: ["suspended"] },
    {
      title: "beginning and end alone of a review",
      sets: { "cmi.success_status": "passed", "cmi.score.raw": "90", "cmi.interactions.0.id": "i", "cmi.interactions.0.result": "correct", "cmi.exit": "suspend" },
      terminate: true,
      on: { mode: "review" },
      says: ["terminated"],
      result: { duration: "PT0S" },
    },
  ];
  for (const { title, sets = {}, terminate, on, says, result } of rules) {
    it(`say ${title}`, () => {
      const statements = told((session) => {
        setting(sets)(session);
        if (terminate) session.terminate("");
      }, { ...setup, ...on });
      expect(verbs(statements)).to.deep.equal(["initialized", ...says]);
      if (result) expect(statements.at(-1)!.result).to.deep.equal(result);
      expect(JSON.stringify(statements)).not.to.include("secret");
    });
  }

  it("say a status and a score once, and again only when they change", () => {
    const statements = told((session) => {
      for (const [success, scaled] of [["unknown", "0.1"], ["unknown", "0.1"], ["failed", "0.2"], ["passed", "0.6"], ["passed", "0.6"], ["passed", "0.7"]]) {
        session.setValue("cmi.success_status", success);
        session.setValue("cmi.score.scaled", scaled);
        session.setValue("cmi.location", `${success}-${scaled}`);
        session.commit("");
      }
      session.terminate("");
    });
    expect(verbs(statements)).to.deep.equal(["initialized", "scored", "failed", "passed", "scored", "terminated"]);
  });

  it("say resumed where the attempt goes on", () => {
    expect(verbs(told(() => {}, { ...setup, entry: "resume" }))).to.deep.equal(["resumed"]);
    expect(verbs(told(() => {}, { ...setup, entry: "" }))).to.deep.equal(["initialized"]);
  });

  it("tell of objectives under their SCO", () => {
    const statements = told(setting({
      "cmi.objectives.1.id": "obj 1",
      "cmi.objectives.1.success_status": "failed",
      "cmi.objectives.1.completion_status": "completed",
      "cmi.objectives.1.score.raw": "3",
      "cmi.objectives.0.success_status": "passed",
      "cmi.objectives.0.score.scaled": "1",
    }));
    expect(verbs(statements)).to.deep.equal(["initialized", "scored", "completed", "failed"]);
    expect(statements[3]!.object).to.deep.equal({
      id: `${context.sco.id}/objectives/obj%201`,
      definition: { name: { "en-US": "obj 1" }, type: "http://adlnet.gov/expapi/activities/objective" },
    });
    expect(statements[3]!.result).to.deep.equal({ success: false, score: { raw: 3 } });
    expect(statements[3]!.context["contextActivities"]).to.have.nested.property("parent[0].id", context.sco.id);
  });

  it("tell of an interaction when it is answered, with its correct responses, and not again", () => {
    const statements = told((session) => {
      setting({ "cmi.interactions.0.id": "q/1", "cmi.interactions.0.type": "choice" })(session);
      setting({
        "cmi.interactions.0.correct_responses.0.pattern": "a[,]b",
        "cmi.interactions.0.learner_response": "a[,]c",
        "cmi.interactions.0.result": "incorrect",
        "cmi.interactions.0.latency": "PT12.5S",
      })(session);
      setting({ "cmi.interactions.0.timestamp": "2024", "cmi.interactions.1.id": "q/1", "cmi.interactions.1.result": "0.5" })(session);
      session.terminate("");
    });
    expect(verbs(statements)).to.deep.equal(["initialized", "responded", "responded", "terminated"]);
    expect(statements[1]).to.deep.include({
      object: {
        id: `${context.sco.id}/interactions/q%2F1`,
        definition: { type: "http://adlnet.gov/expapi/activities/cmi.interaction", interactionType: "choice", correctResponsesPattern: ["a[,]b"] },
      },
      result: { response: "a[,]c", success: false, duration: "PT12.5S" },
    });
    expect(statements[2]!.result).to.deep.equal({ score: { raw: 0.5 } });
  });

  it("have the same ids when they are made again, others in another launch, and are not made when a commit comes twice", () => {
    const { journal } = journalOf(setting({ "cmi.success_status": "passed" }));
    const first = launch2004(setup, null);
    const ids = (changed: Partial<StatementContext>) => statements2004({ ...context, ...changed }, setup, first, journal).map(({ id }) => id);
    expect(ids({})).to.deep.equal(ids({ receivedAtMs: context.receivedAtMs + 5000 }));
    expect(ids({})).to.have.length(2);
    for (const id of ids({ launchId: "launch-2" })) expect(ids({})).not.to.include(id);
    const replay = replay2004(setup, first, journal);
    expect(replay.ok && statements2004(context, setup, replay.state, journal)).to.deep.equal([]);
  });

  it("say of a session that was left without Terminate that it was suspended, when the next launch closes it", () => {
    const { state } = journalOf((session, pass) => {
      pass(90_000);
      session.setValue("cmi.completion_status", "incomplete");
    });
    const [statement] = interruption2004(context, setup, state);
    expect(statement!.verb.id).to.equal("http://adlnet.gov/expapi/verbs/suspended");
    expect(statement!.result).to.deep.equal({ completion: false, duration: "PT1M30S" });
    expect(interruption2004(context, setup, launch2004({ ...setup, entry: "resume" }, state))).to.deep.equal([]);
  });
});
