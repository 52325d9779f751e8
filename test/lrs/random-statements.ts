import { told } from "./multipart-support.ts";
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

/** The same list in an order from a seed (Fisher and Yates). */
export function shuffled<T>(random: (below: number) => number, list: readonly T[]): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
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
/** What statements have attached, in bytes that are no text. */
export const essays = Array.from({ length: 9 }, (_, number) => Buffer.from([0xff, 13, 10, number, 13, 10]));

/** A random statement, the version it is sent under, and which of `essays` come with it. */
export interface RandomStatement {
  statement: Record<string, unknown>;
  version: "1.0.3" | "2.0.0";
  attached: number[];
}

/** The statement with the id `uuid(number)` of `count`; targets may come earlier, later or never. */
export function randomStatement(random: (below: number) => number, number: number, count: number): RandomStatement {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const maybe = <T>(percent: number, value: () => T): T | undefined => (random(100) < percent ? value() : undefined);
  const version = pick(["1.0.3", "2.0.0"] as const);
  const map = () => ({ en: maybe(70, () => `Name ${random(5)}`), de: maybe(40, () => `Wort ${random(5)}`), fr: `nom ${random(5)}` });
  const agent = () => ({ ...pick(agents), name: maybe(20, () => `Name ${random(5)}`), objectType: maybe(30, () => "Agent") });
  const group = () => ({ ...(random(2) ? pick(groups) : { objectType: "Group" }), member: [agent(), agent()] });
  const who = () => (random(4) === 0 ? group() : agent());
  const activity = () => ({ id: pick(activities), objectType: maybe(30, () => "Activity"), definition: maybe(20, () => ({ name: maybe(70, map), description: maybe(50, map), type: maybe(30, () => pick(verbs)) })) });
  const context = () => ({
    registration: maybe(40, () => (random(2) ? pick(registrations) : pick(registrations).toUpperCase())),
    instructor: maybe(20, who),
    team: maybe(15, group),
    contextActivities: maybe(50, () => ({ parent: maybe(50, () => [activity()]), grouping: maybe(30, activity), category: maybe(30, () => [activity(), activity()]) })),
    contextAgents: version === "2.0.0" ? maybe(20, () => [{ objectType: "contextAgent", agent: agent() }]) : undefined,
    contextGroups: version === "2.0.0" ? maybe(20, () => [{ objectType: "contextGroup", group: group() }]) : undefined,
  });
  const target = () => ({ objectType: "StatementRef", id: uuid(random(count + 5)) });
  const verb = () => ({ id: pick(verbs), display: maybe(30, map) });
  const thing = (nested: boolean): object => {
    const kind = random(100);
    if (kind < 15) return { ...pick(agents), objectType: "Agent" };
    if (kind < 22) return group();
    if (kind < 34) return target();
    if (kind < 44 && !nested) return { objectType: "SubStatement", actor: who(), verb: verb(), object: thing(true), context: maybe(50, context) };
    return activity();
  };
  const voids = random(100) < 8;
  const attached = maybe(15, () => [...new Set([random(essays.length), random(essays.length)])]) ?? [];
  const linked = maybe(5, () => [told(pick(essays), { fileUrl: "http://example.org/essay" })]) ?? [];
  const attachments = [...attached.map((essay) => told(essays[essay]!, { display: map() })), ...(attached.length > 0 ? [] : linked)];
  const statement = {
    id: uuid(number),
    actor: who(),
    verb: voids ? { id: "http://adlnet.gov/expapi/verbs/voided" } : verb(),
    object: voids ? target() : thing(false),
    context: maybe(60, context),
    timestamp: maybe(50, () => `2025-01-${10 + random(20)}T0${random(10)}:00:00Z`),
    attachments: attachments.length > 0 ? attachments : undefined,
  };
  return { statement: JSON.parse(JSON.stringify(statement)) as Record<string, unknown>, version, attached };
}
