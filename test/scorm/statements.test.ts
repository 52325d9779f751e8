import { expect } from "chai";
import { createSession12, launch12, replay12, setup12, type Session12, type Setup12, type State12 } from "../../plugins/scorm/runtime/scorm12/index.ts";
import { interruption12, statements12, type Statement } from "../../plugins/scorm/statements.ts";
import { xapiResponse } from "../../plugins/scorm/statements/interaction.ts";
import { innerIri, isoDuration } from "../../plugins/scorm/statements/profile.ts";
import { uuid5 } from "../../plugins/scorm/statements/uuid5.ts";
import type { StatementContext } from "../../plugins/scorm/statements/telling.ts";
import { record, statementContext, verbs, type Run } from "./recording.ts";

const context = statementContext;
const setup = setup12({ learnerId: "l-1", learnerName: "Curie, Marie" });

const journalOf = (run: Run<Session12>, on: Setup12 = setup, state: State12 = launch12(on, null)) => record(createSession12, on, state, run);

function told(run: Run<Session12>, on: Setup12 = setup, state = launch12(on, null)): Statement[] {
  return statements12(context, on, state, journalOf(run, on, state).journal);
}

function running(sets: Record<string, string>) {
  return (session: Session12) => {
    session.initialize("");
    for (const [element, value] of Object.entries(sets)) session.setValue(element, value);
    session.commit("");
  };
}

describe("statements of a SCORM 1.2 run", () => {
  it("say who did what in which attempt of which course, by the profile", () => {
    const [statement] = told(running({}));
    const attempt = uuid5("498ce032-1f21-41b7-bc32-fcd90b47eb5a", `${context.registration} ${context.sco.id} 1`);
    expect(statement).to.deep.equal({
      id: statement!.id,
      actor: context.actor,
      verb: { id: "http://adlnet.gov/expapi/verbs/initialized", display: { "en-US": "initialized" } },
      object: { id: context.sco.id, definition: { name: { "en-US": "Etiquette" }, type: "http://adlnet.gov/expapi/activities/lesson" } },
      context: {
        registration: context.registration,
        contextActivities: {
          grouping: [
            { id: context.course.id, definition: { name: { "en-US": "Golf" }, type: "http://adlnet.gov/expapi/activities/course" } },
            { id: `${context.sco.id}?attemptId=${attempt}`, definition: { type: "http://adlnet.gov/expapi/activities/attempt" } },
          ],
          category: [{ id: "https://w3id.org/xapi/scorm", definition: { type: "http://adlnet.gov/expapi/activities/profile" } }],
        },
      },
      timestamp: "2030-01-01T12:00:01.000Z",
    });
    expect(statement!.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  const rules: { title: string; sets?: Record<string, string>; finish?: true; on?: Partial<Setup12>; says: string[]; result?: object }[] = [
    { title: "nothing for a place and suspend_data", sets: { "cmi.suspend_data": "secret", "cmi.core.lesson_location": "4" }, says: [] },
    { title: "nothing for incomplete", sets: { "cmi.core.lesson_status": "incomplete" }, says: [] },
    { title: "completed", sets: { "cmi.core.lesson_status": "completed" }, says: ["completed"], result: { completion: true } },
    { title: "passed with its score", sets: { "cmi.core.lesson_status": "passed", "cmi.core.score.raw": "90" }, says: ["passed"], result: { success: true, completion: true, score: { raw: 90, scaled: 0.9 } } },
    { title: "failed", sets: { "cmi.core.lesson_status": "failed", "cmi.core.score.raw": "9" }, says: ["failed"], result: { success: false, score: { raw: 9, scaled: 0.09 } } },
    { title: "scored for a score alone", sets: { "cmi.core.score.raw": "30", "cmi.core.score.min": "0", "cmi.core.score.max": "60" }, says: ["scored"], result: { score: { raw: 30, min: 0, max: 60, scaled: 0.5 } } },
    { title: "a score without scaled where max tells no scale", sets: { "cmi.core.score.raw": "5", "cmi.core.score.max": "10" }, says: ["scored"], result: { score: { raw: 5, max: 10 } } },
    { title: "terminated with the outcome and the time", sets: { "cmi.core.session_time": "00:01:30.5", "cmi.core.exit": "" }, finish: true, says: ["completed", "terminated"], result: { completion: true, duration: "PT1M30.5S" } },
    { title: "terminated when no exit was set", sets: { "cmi.core.lesson_status": "incomplete" }, finish: true, says: ["terminated"], result: { completion: false, duration: "PT0S" } },
    { title: "suspended", sets: { "cmi.core.lesson_status": "incomplete", "cmi.core.exit": "suspend" }, finish: true, says: ["suspended"], result: { completion: false, duration: "PT0S" } },
    { title: "what the mastery score made of it", sets: { "cmi.core.lesson_status": "incomplete", "cmi.core.score.raw": "90" }, finish: true, on: { masteryScore: "80" }, says: ["scored", "passed", "terminated"] },
    { title: "beginning and end alone of a browsing", sets: { "cmi.core.lesson_status": "passed", "cmi.core.score.raw": "90", "cmi.interactions.0.student_response": "a" }, finish: true, on: { mode: "review" }, says: ["terminated"], result: { duration: "PT0S" } },
  ];
  for (const { title, sets = {}, finish, on, says, result } of rules) {
    it(`say ${title}`, () => {
      const statements = told((session) => {
        running(sets)(session);
        if (finish) session.finish("");
      }, setup12({ ...setup, ...on }));
      expect(verbs(statements)).to.deep.equal(["initialized", ...says]);
      if (result) expect(statements.at(-1)!.result).to.deep.equal(result);
      expect(JSON.stringify(statements)).not.to.include("secret");
    });
  }

  it("say a status and a score once, and again only when they change", () => {
    const statements = told((session) => {
      session.initialize("");
      for (const [status, raw] of [["incomplete", "10"], ["incomplete", "10"], ["failed", "20"], ["passed", "60"], ["passed", "60"], ["passed", "70"]]) {
        session.setValue("cmi.core.lesson_status", status);
        session.setValue("cmi.core.score.raw", raw);
        session.setValue("cmi.core.lesson_location", `${raw}-${status}`);
        session.commit("");
      }
      session.finish("");
    });
    expect(verbs(statements)).to.deep.equal(["initialized", "scored", "failed", "passed", "scored", "terminated"]);
  });

  it("say resumed after a suspended or interrupted session and initialized in a new attempt", () => {
    const left = journalOf((session) => (session.initialize(""), session.setValue("cmi.core.exit", "suspend"), session.finish(""))).state;
    const cut = journalOf((session) => session.initialize("")).state;
    const done = journalOf((session) => (session.initialize(""), session.setValue("cmi.core.exit", ""), session.finish(""))).state;
    expect([left, cut, done].map((state) => verbs(told(running({}), setup, launch12(setup, state)))[0])).to.deep.equal(["resumed", "resumed", "initialized"]);
    const attempts = [left, done].map((state) => JSON.stringify(told(running({}), setup, launch12(setup, state))[0]!.context));
    expect(attempts[0]).not.to.equal(attempts[1]);
  });

  it("give each session of a launch its own", () => {
    const statements = told((session) => {
      for (let round = 0; round < 3; round += 1) {
        session.initialize("");
        session.finish("");
      }
    });
    expect(verbs(statements)).to.deep.equal(["initialized", "completed", "terminated", "initialized", "terminated", "initialized", "terminated"]);
    expect(new Set(statements.map(({ id }) => id)).size).to.equal(7);
  });

  it("tell of objectives under their SCO", () => {
    const statements = told(running({ "cmi.objectives.0.id": "obj 1".replace(" ", "_"), "cmi.objectives.0.status": "passed", "cmi.objectives.0.score.raw": "80", "cmi.objectives.1.score.raw": "7" }));
    expect(verbs(statements)).to.deep.equal(["initialized", "passed", "scored"]);
    expect(statements[1]!.object).to.deep.equal({
      id: `${context.sco.id}/objectives/obj_1`,
      definition: { name: { "en-US": "obj_1" }, type: "http://adlnet.gov/expapi/activities/objective" },
    });
    expect(statements[1]!.result).to.deep.equal({ success: true, completion: true, score: { raw: 80, scaled: 0.8 } });
    expect(statements[1]!.context["contextActivities"]).to.have.nested.property("parent[0].id", context.sco.id);
    expect(statements[2]!.object.id).to.equal(`${context.sco.id}/objectives/1`);
  });

  it("tell of an interaction when it is answered, with its correct responses, and not again", () => {
    const statements = told((session) => {
      session.initialize("");
      session.setValue("cmi.interactions.0.id", "q/1");
      session.setValue("cmi.interactions.0.type", "choice");
      session.commit("");
      session.setValue("cmi.interactions.0.correct_responses.0.pattern", "a,b");
      session.setValue("cmi.interactions.0.student_response", "{a, c}");
      session.setValue("cmi.interactions.0.result", "wrong");
      session.setValue("cmi.interactions.0.latency", "00:00:12.5");
      session.commit("");
      session.setValue("cmi.core.lesson_location", "2");
      session.finish("");
    });
    expect(verbs(statements)).to.deep.equal(["initialized", "responded", "completed", "terminated"]);
    expect(statements[1]).to.deep.include({
      object: {
        id: `${context.sco.id}/interactions/q%2F1`,
        definition: { type: "http://adlnet.gov/expapi/activities/cmi.interaction", interactionType: "choice", correctResponsesPattern: ["a[,]b"] },
      },
      result: { response: "a[,]c", success: false, duration: "PT12.5S" },
    });
  });

  const notations: [type: string | undefined, text: string, xapi: string][] = [
    ["true-false", "t", "true"],
    ["true-false", "0", "false"],
    ["true-false", "False", "false"],
    ["true-false", "perhaps", "perhaps"],
    ["choice", "a", "a"],
    ["choice", "1,3", "1[,]3"],
    ["sequencing", "c,a,b", "c[,]a[,]b"],
    ["matching", "1.c,2.b", "1[.]c[,]2[.]b"],
    ["matching", "{1.c}", "1[.]c"],
    ["fill-in", "one, two", "one, two"],
    ["numeric", "4.2", "4.2"],
    ["likert", "agree", "agree"],
    ["performance", "a.b,c", "a.b,c"],
    [undefined, "\ud800x\u0000", "\ufffdx\ufffd"],
  ];
  for (const [type, text, xapi] of notations) {
    it(`write a response of type ${type ?? "unknown"} as ${JSON.stringify(xapi)}`, () => expect(xapiResponse(type, text)).to.equal(xapi));
  }

  it("give a number as the result of an interaction as its raw score", () => {
    const statements = told(running({ "cmi.interactions.0.student_response": "x", "cmi.interactions.0.result": "0.5" }));
    expect(statements[1]!.result).to.deep.equal({ response: "x", score: { raw: 0.5 } });
    expect(statements[1]!.object.definition).to.include({ interactionType: "other" });
  });

  it("have the same ids when they are made again, and others in another launch", () => {
    const { journal } = journalOf(running({ "cmi.core.lesson_status": "passed" }));
    const ids = (changed: Partial<StatementContext>) => statements12({ ...context, ...changed }, setup, launch12(setup, null), journal).map(({ id }) => id);
    expect(ids({})).to.deep.equal(ids({ receivedAtMs: context.receivedAtMs + 5000 }));
    expect(ids({})).to.have.length(2);
    for (const id of ids({ launchId: "launch-2" })) expect(ids({})).not.to.include(id);
  });

  it("say nothing again when a commit comes twice", () => {
    const { journal } = journalOf(running({ "cmi.core.lesson_status": "passed" }));
    const replay = replay12(setup, launch12(setup, null), journal);
    expect(replay.ok && statements12(context, setup, replay.state, journal)).to.deep.equal([]);
  });

  it("carry the time of the call by the server's clock, never later than its arrival", () => {
    const run = (session: Session12, pass: (ms: number) => void) => {
      session.initialize("");
      pass(3000);
      session.setValue("cmi.core.lesson_status", "passed");
      session.commit("");
      pass(60_000);
      session.finish("");
    };
    expect(told(run).map(({ timestamp }) => timestamp)).to.deep.equal(["2030-01-01T12:00:01.000Z", "2030-01-01T12:00:04.000Z", "2030-01-01T12:00:10.000Z"]);
  });

  it("say of a session that was left without LMSFinish that it was suspended, when the next launch closes it", () => {
    const { state } = journalOf((session, pass) => {
      session.initialize("");
      pass(90_000);
      session.setValue("cmi.core.lesson_status", "incomplete");
    });
    const [statement] = interruption12(context, setup, state);
    expect(statement!.verb.id).to.equal("http://adlnet.gov/expapi/verbs/suspended");
    expect(statement!.result).to.deep.equal({ completion: false, duration: "PT1M30S" });
    expect(interruption12(context, setup, launch12(setup, state))).to.deep.equal([]);
  });
});

describe("the parts of statements", () => {
  it("make a UUID version 5 as RFC 9562 has it", () => {
    expect(uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")).to.equal("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  });

  const durations: [number, string][] = [[0, "PT0S"], [990, "PT0.99S"], [60_000, "PT1M"], [3_600_000, "PT1H"], [3_661_010, "PT1H1M1.01S"], [-5, "PT0S"]];
  for (const [ms, iso] of durations) it(`write ${ms} ms as ${iso}`, () => expect(isoDuration(ms)).to.equal(iso));

  it("put an inner IRI before a query and survive any id", () => {
    expect(innerIri("https://x.example/a/?b=1", "objectives", "ä\ud800/")).to.equal("https://x.example/a/objectives/%C3%A4%EF%BF%BD%2F?b=1");
  });
});
