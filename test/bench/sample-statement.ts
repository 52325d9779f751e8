import { randomUUID } from "node:crypto";

/** A statement of a question in a course, of the size and kind that content sends. */
export function sample(number: number) {
  const activity = (id: number, kind: string) => ({
    objectType: "Activity",
    id: `https://lms.example/courses/${id % 40}/${kind}/${id % 400}`,
    definition: { type: `http://adlnet.gov/expapi/activities/${kind}`, name: { "en-US": `${kind} ${id % 400}` } },
  });
  return {
    id: randomUUID(),
    actor: { objectType: "Agent", name: `Learner ${number % 500}`, account: { homePage: "https://lms.example", name: `learner-${number % 500}` } },
    verb: { id: `http://adlnet.gov/expapi/verbs/${["attempted", "answered", "completed", "passed"][number % 4]}`, display: { "en-US": "did" } },
    object: activity(number, "question"),
    result: { score: { scaled: 0.8, raw: 8, min: 0, max: 10 }, success: true, completion: true, duration: "PT1M30.5S", response: "a[,]b" },
    context: {
      registration: `00000000-0000-4000-8000-${String(number % 500).padStart(12, "0")}`,
      contextActivities: { parent: [activity(number, "module")], grouping: [activity(number, "course")], category: [{ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" }] },
      extensions: { "https://w3id.org/xapi/cmi5/context/extensions/sessionid": `session-${number % 900}` },
    },
    timestamp: "2025-11-18T12:17:00.123Z",
  };
}
