import { uuid } from "./support.ts";

/** Numbers from a seed, the same on every machine (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

export const verbs = [1, 2, 3, 4, 5].map((number) => `http://example.org/verbs/${number}`);
export const activities = Array.from({ length: 12 }, (_, number) => `http://example.org/activities/${number}`);
export const registrations = [901, 902, 903, 904].map(uuid);
export const agents = [
  { mbox: "mailto:ann@example.org" },
  { mbox: "mailto:bo@example.org" },
  { mbox_sha1sum: "cd9b00a5611f94eaa7b1661edab976068e364975" },
  { openid: "https://openid.example/carla" },
  { account: { homePage: "https://lms.example", name: "dan" } },
  { account: { homePage: "https://other.example", name: "dan" } },
];
export const groups = [{ objectType: "Group", mbox: "mailto:team@example.org" }, { objectType: "Group", account: { homePage: "https://lms.example", name: "crew" } }];

/** The statement with the id `uuid(number)` of `count`; targets may come earlier, later or never. */
export function randomStatement(random: (below: number) => number, number: number, count: number): Record<string, unknown> {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const maybe = <T>(percent: number, value: () => T): T | undefined => (random(100) < percent ? value() : undefined);
  const group = () => ({ ...(random(2) ? pick(groups) : { objectType: "Group" }), member: [pick(agents), pick(agents)] });
  const who = () => (random(4) === 0 ? group() : pick(agents));
  const activity = () => ({ id: pick(activities), definition: maybe(20, () => ({ name: { en: `Name ${random(5)}` } })) });
  const context = () => ({
    registration: maybe(40, () => pick(registrations)),
    instructor: maybe(20, who),
    team: maybe(15, group),
    contextActivities: maybe(50, () => ({ parent: maybe(50, () => [activity()]), grouping: maybe(30, activity), category: maybe(30, () => [activity(), activity()]) })),
    contextAgents: maybe(10, () => [{ objectType: "contextAgent", agent: pick(agents) }]),
    contextGroups: maybe(10, () => [{ objectType: "contextGroup", group: group() }]),
  });
  const target = () => ({ objectType: "StatementRef", id: uuid(random(count + 5)) });
  const thing = (nested: boolean): object => {
    const kind = random(100);
    if (kind < 15) return { objectType: "Agent", ...pick(agents) };
    if (kind < 22) return group();
    if (kind < 40) return target();
    if (kind < 48 && !nested) return { objectType: "SubStatement", actor: who(), verb: { id: pick(verbs) }, object: thing(true), context: maybe(50, context) };
    return activity();
  };
  const voids = random(100) < 8;
  return {
    id: uuid(number),
    actor: who(),
    verb: { id: voids ? "http://adlnet.gov/expapi/verbs/voided" : pick(verbs) },
    object: voids ? target() : thing(false),
    context: maybe(60, context),
  };
}
