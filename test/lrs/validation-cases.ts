import { statement } from "./support.ts";

/** Values that are right and wrong at a place; the wrong ones show a problem there. */
interface Cases {
  right: unknown[];
  wrong: unknown[];
}

/** A valid statement with `value` at the path. */
export function statementWith(path: string, value: unknown): unknown {
  return at(statement(), path, value);
}

/** A copy of `into` with `value` at the path `a/b/0/c`; what is missing on the way is made. */
export function at(into: unknown, path: string, value: unknown): unknown {
  const [name = "", ...rest] = path.split("/");
  const copy = (Array.isArray(into) ? [...(into as unknown[])] : { ...(into as object) }) as Record<string, unknown>;
  copy[name] = rest.length === 0 ? value : at(copy[name] ?? (rest[0] === "0" ? [] : {}), rest.join("/"), value);
  return copy;
}

const long = `http://example.org/${"x".repeat(3000)}`;
const ann = { mbox: "mailto:ann@example.org" };
const account = { homePage: "https://lms.example", name: "ann" };
const id = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0";

const iris: Cases = {
  right: ["http://example.org/a", "urn:uuid:fd41c918-b88b-4b20-a0a5-a4c32391aaa0", "https://例え.jp/パス", "tag:example.org,2015:a", long, "a:b", "http://example.org/a?b=c#d"],
  wrong: ["", "example.org/a", "ab=c://should.fail.com", "/a", "http://a b", "http://a\u0000b", "http://a\nb", 3, true, {}, ["http://example.org"], "1http://a", "http:", "http://<a>"],
};
const uuids: Cases = {
  right: [id, id.toUpperCase(), "00000000-0000-0000-0000-000000000000", "01890a5d-ac96-774b-bcce-b302099a8057"],
  wrong: ["", "AA97B177-9383-4934-8543-0F91A7A028368", "MA97B177-9383-4934-8543-0F91A7A02836", 12345, {}, `{${id}}`, `urn:uuid:${id}`, id.replaceAll("-", ""), ` ${id}`],
};
const strings: Cases = { right: ["", "x", "\u0000", "x".repeat(10_000), "日本"], wrong: [3, true, {}, ["x"]] };
const booleans: Cases = { right: [true, false], wrong: ["true", "false", 0, 1, {}, []] };
const numbers: Cases = { right: [0, 0.5, -0], wrong: ["0", "", true, {}, [1]] };
const languageMaps: Cases = {
  right: [
    {}, { en: "" }, { "en-US": "a", de: "b" }, { "zh-Hant": "a" }, { "sr-Latn-RS": "a" }, { cmn: "a" }, { "es-419": "a" }, { und: "a" }, { "x-klingon": "a" },
    { "i-klingon": "a" }, { "de-CH-1996": "a" }, { "sl-rozaj-biske": "a" }, { "en-a-bbb-x-a-ccc": "a" }, { "zh-cmn-Hans-CN": "a" }, { EN: "a" }, { "de-1996": "a" },
  ],
  wrong: [
    "text", 3, ["en"], { en: 3 }, { en: {} }, { en: true }, { a12345678: "a" }, { "": "a" }, { en_US: "a" }, { "zh-z-aaa-z-bbb-c-ccc": "a" },
    { "de-1996-1996": "a" }, { a: "a" }, { "en-": "a" }, { "x": "a" }, { "verylonglanguage": "a" }, { "en-US-US": "a" },
  ],
};
const extensions: Cases = {
  right: [{}, { "http://example.org/e": null }, { "http://example.org/e": "" }, { "http://example.org/e": {} }, { "http://example.org/e": [null, { a: null }] }, { "http://example.org/e": 1e300 }],
  wrong: ["x", 3, [], { key: 1 }, { "example.org/e": null }],
};
const agents: Cases = {
  right: [
    ann, { ...ann, objectType: "Agent" }, { ...ann, name: "" }, { mbox_sha1sum: "cd9b00a5611f94eaa7b1661edab976068e364975" }, { openid: "https://openid.example/a" },
    { account }, { account: { ...account, name: "n".repeat(3000) } }, { mbox: "mailto:ann+tag@localhost" },
  ],
  wrong: [
    {}, 3, "ann", [], { name: "Ann" }, { ...ann, objectType: "agent" }, { ...ann, objectType: 3 }, { ...ann, objectType: "Person" }, { ...ann, name: 3 }, { ...ann, openid: "https://openid.example/a" },
    { ...ann, account }, { mbox: "ann@example.org" }, { mbox: "mailto:example.org" }, { mbox: "mailto:ann@" }, { mbox: "mailto:a b@example.org" }, { mbox: "" }, { mbox: 3 },
    { mbox_sha1sum: "cd9b" }, { mbox_sha1sum: `${"z".repeat(40)}` }, { mbox_sha1sum: "" }, { openid: "openid.example" }, { openid: "" }, { account: {} }, { account: { name: "ann" } }, { account: { homePage: "https://lms.example" } },
    { account: { ...account, homePage: "lms.example" } }, { account: { ...account, name: 3 } }, { account: { ...account, more: 1 } }, { account: [] }, { ...ann, email: "a@example.org" }, { ...ann, Mbox: "mailto:b@example.org" },
    { Account: account }, { ...ann, member: [ann] }, { mbox: null }, { ...ann, name: null },
  ],
};
const groups: Cases = {
  right: [
    { objectType: "Group", member: [ann] }, { objectType: "Group", ...ann }, { objectType: "Group", ...ann, member: [ann, { account }] }, { objectType: "Group", account, name: "Crew", member: [] },
    { objectType: "Group", member: [{ ...ann, objectType: "Agent" }] },
  ],
  wrong: [
    { objectType: "Group" }, { objectType: "Group", name: "x" }, { objectType: "group", member: [ann] }, { objectType: "Group", member: ann }, { objectType: "Group", member: [{}] },
    { objectType: "Group", member: [{ objectType: "Group", ...ann }] }, { objectType: "Group", ...ann, account }, { objectType: "Group", member: [null] }, { objectType: "Group", member: [ann], more: 1 },
    { objectType: "Group", ...ann, member: [{ objectType: "Group", member: [ann] }] }, { objectType: "Group", member: "ann" },
  ],
};
const actors: Cases = { right: [...agents.right, ...groups.right], wrong: [...agents.wrong, ...groups.wrong] };
const activity = { id: "http://example.org/a" };
const component = [{ id: "a", description: { en: "A" } }, { id: "b" }];
const activities: Cases = {
  right: [activity, { ...activity, objectType: "Activity" }, { ...activity, definition: {} }, { id: long }],
  wrong: [{}, 3, "http://example.org/a", { id: "a" }, { ...activity, objectType: "activity" }, { ...activity, more: 1 }, { ...activity, definition: [] }, { ...activity, definition: { more: 1 } }, { objectType: "Activity" }, { ...activity, id: null }],
};
const refs: Cases = {
  right: [{ objectType: "StatementRef", id }],
  wrong: [{ objectType: "StatementRef" }, { objectType: "StatementRef", id: "x" }, { objectType: "statementref", id }, { objectType: "StatementRef", id, more: 1 }],
};
const components: Cases = { right: [[], component, [{ id: "" }]], wrong: [component[0], "a", [{}], [{ id: 3 }], [{ id: "a" }, { id: "a" }], [{ id: "a", name: "x" }], [{ id: "a", description: "x" }], [null]] };
const attachment = {
  usageType: "http://example.org/usage", display: { en: "A" }, contentType: "text/plain; charset=utf-8", length: 27,
  sha2: "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
};
const activityLists: Cases = { right: [[], [activity], activity, [activity, { ...activity, definition: { name: { en: "A" } } }]], wrong: ["x", 3, ["http://example.org/a"], [{}], {}, [null], [{ ...activity, objectType: "Agent" }]] };

/** By place in a statement; the same for both versions. */
export const cases: Record<string, Cases> = {
  id: uuids,
  actor: actors,
  "verb/id": iris,
  "verb/display": languageMaps,
  verb: { right: [{ id: "http://example.org/v" }], wrong: [{}, "http://example.org/v", 3, [], { id: "http://example.org/v", name: "x" }, { display: { en: "x" } }] },
  object: { right: [...activities.right, { objectType: "Agent", ...ann }, ...groups.right, ...refs.right], wrong: [...activities.wrong, ann, { objectType: "Agent" }, { objectType: "Other", id: "http://example.org/a" }, ...refs.wrong, ...groups.wrong] },
  "object/id": iris,
  "object/definition/name": languageMaps,
  "object/definition/description": languageMaps,
  "object/definition/type": iris,
  "object/definition/moreInfo": iris,
  "object/definition/extensions": extensions,
  "object/definition/interactionType": {
    right: ["true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other"],
    wrong: ["", "true-faLse", "Choice", "essay", 3, {}, "http://example.org/choice"],
  },
  "object/definition": {
    right: [
      { interactionType: "choice", correctResponsesPattern: ["a[,]b"], choices: component }, { interactionType: "likert", scale: component }, { interactionType: "matching", source: component, target: component },
      { interactionType: "performance", steps: component }, { interactionType: "numeric", correctResponsesPattern: [] }, { interactionType: "other" },
    ],
    wrong: [
      { correctResponsesPattern: ["a"] }, { choices: component }, { scale: component }, { source: component }, { target: component }, { steps: component }, { interactionType: "choice", correctResponsesPattern: "a" },
      { interactionType: "choice", correctResponsesPattern: [3] }, { interactionType: "choice", correctResponsesPattern: [null] }, 3, "x", { title: "x" },
      ...components.wrong.map((choices) => ({ interactionType: "choice", choices })),
    ],
  },
  result: { right: [{}, { success: true, completion: false, response: "a" }], wrong: [3, "x", [], { passed: true }, { Success: true }] },
  "result/success": booleans,
  "result/completion": booleans,
  "result/response": strings,
  "result/extensions": extensions,
  "result/score": {
    right: [{}, { scaled: 1 }, { scaled: -1 }, { raw: 5, min: 5, max: 6 }, { raw: 6, min: 5, max: 6 }, { raw: -5 }, { min: 0 }, { max: 0 }],
    wrong: [3, "x", [], { scaled: 1.01 }, { scaled: -1.00001 }, { raw: 7, max: 6 }, { raw: 4, min: 5 }, { min: 6, max: 5 }, { min: 5, max: 5 }, { percent: 3 }],
  },
  "result/score/scaled": numbers,
  "result/score/raw": numbers,
  "result/score/min": numbers,
  "result/score/max": numbers,
  "result/duration": {
    right: ["PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P4W", "PT0S", "P1DT12H36M0.12567S", "PT1,5S", "P0D", "PT1.5H", "P1Y2M"],
    wrong: ["", "P", "PT", "P1", "1H", "P4W1D", "PA1H0M0S", "PT1S1H", "P1.5YT1S", "-PT1S", "PT1H ", "P1YT", 12345, {}, "P0003-06-04T12:30:05", "pt1s"],
  },
  context: { right: [{}], wrong: [3, "x", [], { course: "x" }, { Registration: id }] },
  "context/registration": uuids,
  "context/instructor": actors,
  "context/team": { right: groups.right, wrong: [...groups.wrong, ann, { objectType: "Agent", ...ann }] },
  "context/revision": strings,
  "context/platform": strings,
  "context/language": { right: ["en", "en-US", "cmn"], wrong: ["", "a12345678", "en_US", 3, {}] },
  "context/statement": { right: refs.right, wrong: [...refs.wrong, id, { id }, activity] },
  "context/extensions": extensions,
  "context/contextActivities": { right: [{}], wrong: [3, [], "x", { sibling: [activity] }, { Parent: [activity] }] },
  "context/contextActivities/parent": activityLists,
  "context/contextActivities/grouping": activityLists,
  "context/contextActivities/category": activityLists,
  "context/contextActivities/other": activityLists,
  timestamp: {
    right: ["2015-11-18T12:17:00Z", "2015-11-18T12:17:00.123456789Z", "2015-11-18T12:17:00+00:00", "2015-11-18T12:17:00+05:30", "2015-11-18T12:17:00-0330", "2015-11-18T12:17:00+02", "2016-02-29T00:00:00Z", "2015-11-18T12:17:00", "2999-01-01T00:00:00Z", "2015-12-31T23:59:60Z"],
    wrong: ["", "should fail", "01/011/2015", "2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000", "2008-09-15T15:53:00.601-00:00", "2015-02-29T00:00:00Z", "2015-13-01T00:00:00Z", "2015-11-18T24:01:00Z", "2015-11-18T12:60:00Z", "2015-11-31T12:00:00Z", 3, {}, "2015-11-18T12:17:00+25:00", "2015-11-18 12:17:00Z", "2015-W47-3"],
  },
  stored: { right: ["2015-11-18T12:17:00Z"], wrong: ["yesterday", 3] },
  authority: {
    right: [...agents.right, { objectType: "Group", member: [ann, { account }] }],
    wrong: [...agents.wrong, { objectType: "Group", member: [ann] }, { objectType: "Group", member: [ann, ann, ann] }, { objectType: "Group", ...ann, member: [ann, { account }] }, { objectType: "Group", account, member: [ann, ann] }],
  },
  version: { right: ["1.0", "1.0.0", "1.0.9"], wrong: ["", "should fail", "0.9.9", "1.1.0", "1", "3.0.0", 1, "1.0.0.0", "v1.0.0"] },
  attachments: {
    right: [[], [attachment], [{ ...attachment, fileUrl: "http://example.org/f", description: { en: "B" } }], [{ ...attachment, length: 0 }], [{ ...attachment, contentType: "application/octet-stream" }], [{ ...attachment, sha2: "a".repeat(128) }]],
    wrong: [
      attachment, 3, "x", [3], ["x"], [null], [{}], [{ ...attachment, usageType: "x" }], [{ ...attachment, display: "x" }], [{ ...attachment, display: undefined }], [{ ...attachment, contentType: 3 }], [{ ...attachment, contentType: "x" }],
      [{ ...attachment, length: "27" }], [{ ...attachment, length: 1.5 }], [{ ...attachment, length: -1 }], [{ ...attachment, sha2: "should fail" }], [{ ...attachment, sha2: 3 }], [{ ...attachment, fileUrl: "x" }], [{ ...attachment, more: 1 }], [{ ...attachment, description: 3 }],
      [{ ...attachment, length: undefined }], [{ ...attachment, usageType: undefined }], [{ ...attachment, sha2: undefined }],
    ],
  },
};

export const twoPointZeroOnly: Record<string, Cases> = {
  "context/contextAgents": {
    right: [[], [{ objectType: "contextAgent", agent: ann }], [{ objectType: "contextAgent", agent: ann, relevantTypes: ["http://example.org/type"] }]],
    wrong: [{}, [{}], [{ agent: ann }], [{ objectType: "contextagent", agent: ann }], [{ objectType: "contextAgent" }], [{ objectType: "contextAgent", agent: {} }], [{ objectType: "contextAgent", agent: { objectType: "Group", member: [ann] } }],
      [{ objectType: "contextAgent", agent: ann, relevantTypes: [] }], [{ objectType: "contextAgent", agent: ann, relevantTypes: ["x"] }], [{ objectType: "contextAgent", agent: ann, more: 1 }], null],
  },
  "context/contextGroups": {
    right: [[{ objectType: "contextGroup", group: { objectType: "Group", member: [ann] } }], [{ objectType: "contextGroup", group: { objectType: "Group", ...ann }, relevantTypes: ["http://example.org/type"] }]],
    wrong: [[{ objectType: "contextGroup", group: ann }], [{ objectType: "contextAgent", group: { objectType: "Group", ...ann } }], [{ objectType: "contextGroup" }], [{ objectType: "contextGroup", group: { objectType: "Group", ...ann }, relevantTypes: [] }], null],
  },
};
