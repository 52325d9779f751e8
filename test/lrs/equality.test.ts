import { expect } from "chai";
import { canonicalNumber, elementsOf, membersOf, read, withMember, written } from "../../core/lrs/raw-json.ts";
import { isMentioned } from "../../core/lrs/privacy/roles.ts";
import { repeatedMember } from "../../core/lrs/repeated-members.ts";
import { digestOf } from "../../core/lrs/statement/equality.ts";
import { statement } from "./support.ts";

const other = { mbox: "mailto:bo@example.org" };
const group = (...member: object[]) => statement({ actor: { objectType: "Group", member } });
const score = (raw: string) => `{"actor":{"mbox":"mailto:ann@example.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/a"},"result":{"score":{"raw":${raw}},"extensions":{"http://e/x":[${raw}]}}}`;
const duration = (text: string) => statement({ result: { duration: text } });
const timestamp = (text: string) => statement({ timestamp: text });

const same: [string, unknown, unknown][] = [
  ["the order of members", statement(), Object.fromEntries(Object.entries(statement()).reverse())],
  ["what the LRS sets", statement(), statement({ id: "00000000-0000-4000-8000-000000000000", stored: "2015-01-01T00:00:00Z", authority: other, version: "1.0.0" })],
  ["the zone of a timestamp", timestamp("2015-11-18T12:17:00+02:00"), timestamp("2015-11-18T10:17:00Z")],
  ["zeros after a second", timestamp("2015-11-18T10:17:00.500Z"), timestamp("2015-11-18T10:17:00.5Z")],
  ["verb.display", statement({ verb: { id: "http://e/v", display: { en: "a" } } }), statement({ verb: { id: "http://e/v" } })],
  ["an activity's definition", statement({ object: { id: "http://e/a", definition: { name: { en: "A" } } } }), statement({ object: { id: "http://e/a" } })],
  ["objectType where it is the default", statement({ object: { id: "http://e/a", objectType: "Activity" }, actor: { ...other, objectType: "Agent" } }), statement({ object: { id: "http://e/a" }, actor: other })],
  ["the order of a group's members", group(other, { openid: "https://o" }), group({ openid: "https://o" }, other)],
  ["1, 1.0 and 10e-1", score("1"), score("1.0")],
  ["1 and 10e-1", score("1"), score("10e-1")],
  ["0 and -0.0", score("0"), score("-0.0")],
  ["100 and 1E2", score("100"), score("1E2")],
  ["20 digits and their zeros after the point", score("12345678901234567890"), score("12345678901234567890.00")],
  ["durations beyond 0.01 s", duration("PT1.129S"), duration("PT1.12S")],
  ["the case of UUIDs", statement({ context: { registration: "AA97B177-9383-4934-8543-0F91A7A02836" } }), statement({ context: { registration: "aa97b177-9383-4934-8543-0f91a7a02836" } })],
  ["the case of an email domain", statement({ actor: { mbox: "mailto:ann@EXAMPLE.org" } }), statement()],
  ["one activity and an array of it", statement({ context: { contextActivities: { parent: { id: "http://e/p" } } } }), statement({ context: { contextActivities: { parent: [{ id: "http://e/p" }] } } })],
  ["escapes in strings", '{"actor":{"mbox":"mailto:\\u0061nn@example.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/a"}}', '{"actor":{"mbox":"mailto:ann@example.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/a"}}'],
];

const different: [string, unknown, unknown][] = [
  ["the verb", statement(), statement({ verb: { id: "http://example.org/verbs/passed" } })],
  ["the actor's name", statement(), statement({ actor: { mbox: "mailto:ann@example.org", name: "Ann" } })],
  ["the case of an email's local part", statement({ actor: { mbox: "mailto:Ann@example.org" } }), statement()],
  ["the timestamp", timestamp("2015-11-18T12:17:00Z"), timestamp("2015-11-18T12:17:01Z")],
  ["a timestamp and none", timestamp("2015-11-18T12:17:00Z"), statement()],
  ["the last of 20 digits", score("12345678901234567890"), score("12345678901234567891")],
  ["2^53 and the next number", score("9007199254740992"), score("9007199254740993")],
  ["a number and its text", score("1"), score('"1"')],
  ["1e400 and 1e401", score("1e400"), score("1e401")],
  ["the order of context activities", statement({ context: { contextActivities: { other: [{ id: "http://e/p" }, { id: "http://e/q" }] } } }), statement({ context: { contextActivities: { other: [{ id: "http://e/q" }, { id: "http://e/p" }] } } })],
  ["durations by 0.01 s", duration("PT1.12S"), duration("PT1.13S")],
  ["how a duration is told", duration("PT60S"), duration("PT1M")],
  ["null and nothing in an extension", statement({ result: { extensions: { "http://e/x": null } } }), statement({ result: { extensions: {} } })],
  ["a platform", statement({ context: { platform: "a" } }), statement({ context: { platform: "b" } })],
];

describe("records: when two statements are the same (Data 2.3.1)", () => {
  for (const [what, one, other] of same) {
    it(`makes no difference: ${what}`, () => expect(digest(one)).to.equal(digest(other)));
  }
  for (const [what, one, other] of different) {
    it(`makes a difference: ${what}`, () => expect(digest(one)).to.not.equal(digest(other)));
  }
});

describe("records: JSON text that is kept as it was sent", () => {
  const text = ' [ {"a" : "x,]}\\"" , "b":[1,{"c":"\\\\"}] } ,\n3.50,"t", [] ,null ] ';

  const texts = (json: string) => elementsOf(json).map((element) => element.text);

  it("finds the elements of an array", () => {
    expect(texts(text)).to.deep.equal(['{"a" : "x,]}\\"" , "b":[1,{"c":"\\\\"}] }', "3.50", '"t"', "[]", "null"]);
    expect(texts(" [ ] ")).to.deep.equal([]);
    expect(texts(' {"a":1} ')).to.deep.equal(['{"a":1}']);
  });

  for (const number of ["0", "-1", "1.5", "123456789012345", "-0.00001", "[1,2]", '{"a":"1e5"}', '"12345678901234567890"', "true", "null", "[]"]) {
    it(`is certain of ${number}`, () => expect(elementsOf(`[{"a":[${number}]} , ${number}]`).map(({ certain }) => certain)).to.deep.equal([true, true]));
  }

  for (const number of ["1e5", "-1E5", "1E+2", "1234567890123456", "0.123456789012345", "-12345678901234567890.5"]) {
    it(`is not certain of ${number}`, () => expect(elementsOf(`[{"a":[${number} ],"b":1} , ${number},1]`).map(({ certain }) => certain)).to.deep.equal([false, false, true]));
  }

  it("finds the members of an object", () => {
    const object = '{ "a" : 1 ,"\\u0062":"x", "c":{"d":[]}}';
    const found = membersOf(object).map(({ name, valueStart, end }) => [name, object.slice(valueStart, end)]);
    expect(found).to.deep.equal([["a", "1"], ["b", '"x"'], ["c", '{"d":[]}']]);
    expect(membersOf("{ }")).to.deep.equal([]);
  });

  it("changes one member and nothing else", () => {
    expect(withMember('{"a": 1.0, "b": 2}', "a", (value) => `[${value}]`)).to.equal('{"a": [1.0], "b": 2}');
    expect(withMember('{"a": 1.0}', "z", () => "0")).to.equal('{"a": 1.0}');
  });

  it("refuses what is nested too deep, and says how deep it may be", () => {
    expect(() => elementsOf(`${"[".repeat(300)}${"]".repeat(300)}`, 200)).to.throw().with.property("data").deep.equal({ maxDepth: 200 });
    expect(elementsOf(`${"[".repeat(100)}${"]".repeat(100)}`)).to.have.length(1);
  });

  for (const number of ["1", "-0.5", "12345678901234567890", "1.00000000000000000001", "1e400", "-1E-7", "0.1"]) {
    it(`reads and writes ${number} without loss`, () => expect(written(read(`{"a":[${number}],"b":"${number}"}`))).to.equal(JSON.stringify({ a: ["X"], b: number }).replace('"X"', Number(number) === 0.1 ? "0.1" : number)));
  }

  for (const [text, pointer] of [
    ['{"a":1,"b":{"a":1,"c":[{"a":1},{"a":1}]},"__proto__":{"__proto__":1}}', undefined],
    ['{"a":1,"a":1}', "/a"],
    ['{"a":1,"\\u0061":1}', "/a"],
    ['{"o":{"x~/y":[0,{"b":1 , "c":":","b" :2}]}}', "/o/x~0~1y/1/b"],
    ['{"o":[[],{"b":{}},{"":[], "":1}]}', "/o/2/"],
    ['{"a":{"__proto__":1,"__proto__":2}}', "/a/__proto__"],
  ] as const) {
    it(`${pointer === undefined ? "finds no name twice" : `finds the name that is there twice at ${pointer}`} in ${text}`, () => {
      expect(repeatedMember(elementsOf(text)[0]!, JSON.parse(text))).to.equal(pointer);
    });
  }

  it("has one spelling for a number", () => {
    const table = { "1": "1e0", "1.0": "1e0", "10e-1": "1e0", "-120": "-12e1", "0.00": "0", "-0": "0", "1e400": "1e400", "123.4500": "12345e-2", "5e+0003": "5e3", "5E-003": "5e-3", "0e5": "0" };
    for (const [lexeme, spelling] of Object.entries(table)) expect(canonicalNumber(lexeme), lexeme).to.equal(spelling);
  });

  describe("takes its time by its length alone", function () {
    this.timeout(20_000);
    const many = "0".repeat(100_000);
    for (const [what, text] of [
      ["zeros within a number", `1${many}1`],
      ["zeros after the point", `0.${many}1`],
      ["a power of many digits", `1e${"9".repeat(4_000_000)}`],
      ["zeros before a power", `1e${many}1`],
    ] as const) {
      it(`of ${what}`, () => {
        expect(digest(score(text))).to.equal(digest(score(text)));
        expect(digest(score(text))).not.to.equal(digest(score(`${text.slice(0, -1)}2`)));
      });
    }

    it("of zeros in the fraction of a second", () => expect(digest(timestamp(`2015-11-18T12:17:00.${many}1+02:00`))).to.equal(digest(timestamp(`2015-11-18T10:17:00.${many}100Z`))));

    for (const unit of ["x", "\\n", '\\"', "ü", "\\u00fc"]) {
      it(`of a string of ${unit}, whatever its length`, () => {
        const text = `{"a":"${unit.repeat(15_000_000 / unit.length)}","b":12345678901234567890}`;
        expect(written(read(text))).to.have.length(unit === "\\u00fc" ? text.length - 12_500_000 : text.length);
        expect(repeatedMember(elementsOf(text.replace('"b"', '"a"'))[0]!, { a: 1 })).to.equal("/a");
        expect(isMentioned(text.replace('"b"', '"ann@example.org"'), { pseudonymOf: () => undefined, mentions: { isIn: (string) => string.endsWith("ann@example.org") || string.includes(`"ann@`), replaced: (string) => string } })).to.equal(true);
      });
    }
  });
});

function digest(value: unknown): string {
  return digestOf(read(typeof value === "string" ? value : JSON.stringify(value)) as Record<string, unknown>).toString("hex");
}
