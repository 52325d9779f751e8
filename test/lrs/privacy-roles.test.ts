import { expect } from "chai";
import { rewritten, rolesIn, type Acts } from "../../core/lrs/privacy/roles.ts";
import { namedBy } from "../../core/lrs/privacy/search.ts";
import { checkedAgents, subjectOf } from "../../core/lrs/privacy/subject.ts";
import { refusal } from "./refusal.ts";
import { statement } from "./support.ts";
import { told } from "./multipart-support.ts";

const ada = { mbox: "mailto:ada@example.org" };
const ann = { mbox: "mailto:ann@example.org" };
const subject = subjectOf([ada, { account: { homePage: "https://lms.example", name: "42" } }]);
const named = namedBy(subject, "somebody");
const found = (changes: Record<string, unknown>) => [...rolesIn(JSON.stringify(statement({ ...changes })), named)].sort();
const all: Acts = { actor: "pseudonymise", instructor: "pseudonymise", authority: "pseudonymise", mention: "pseudonymise" };
const home = "https://lms.example";
const pseudonym = { account: { homePage: home, name: "somebody" } };
const group = (member: object) => ({ objectType: "Group", member: [ann, member] });
const sub = (changes: Record<string, unknown>) => ({ object: { objectType: "SubStatement", ...statement(changes) } });

describe("records: what somebody is to a statement", () => {
  for (const [what, changes, expected] of [
    ["nobody", {}, []],
    ["its actor", { actor: ada }, ["actor"]],
    ["its actor, in another case", { actor: { mbox: "mailto:Ada@Example.ORG" } }, ["actor"]],
    ["its actor by the SHA-1 of an address", { actor: { mbox_sha1sum: subject.agents.find(({ mbox_sha1sum: sha1 }) => sha1 !== undefined)!.mbox_sha1sum } }, ["actor"]],
    ["its actor by an account with a short name", { actor: { account: { homePage: home, name: "42" } } }, ["actor"]],
    ["nothing, by the same name elsewhere", { actor: { account: { homePage: "https://other.example", name: "42" } }, result: { response: "42" } }, []],
    ["a member of its actor", { actor: group(ada) }, ["actor"]],
    ["its object", { object: { objectType: "Agent", ...ada } }, ["actor"]],
    ["the actor of its SubStatement", sub({ actor: ada }), ["actor"]],
    ["the object of its SubStatement", sub({ object: { objectType: "Agent", ...ada } }), ["actor"]],
    ["its instructor", { context: { instructor: ada } }, ["instructor"]],
    ["a member of its team", { context: { team: group(ada) } }, ["instructor"]],
    ["one of its contextAgents", { context: { contextAgents: [{ objectType: "contextAgent", agent: ada }] } }, ["instructor"]],
    ["in one of its contextGroups", { context: { contextGroups: [{ objectType: "contextGroup", group: group(ada) }] } }, ["instructor"]],
    ["the instructor of its SubStatement", sub({ context: { instructor: ada } }), ["instructor"]],
    ["its authority", { authority: ada }, ["authority"]],
    ["a member of its authority", { authority: group(ada) }, ["authority"]],
    ["mentioned in a response", { result: { response: "Write to ada@example.org." } }, ["mention"]],
    ["mentioned in an extension's name", { result: { extensions: { "http://example.org/ada@example.org": 1 } } }, ["mention"]],
    ["mentioned as somebody's name", { actor: { ...ann, name: "ADA@example.org" } }, ["mention"]],
    ["not whose name has hers in it", { actor: { mbox: "mailto:vada@example.org" }, result: { response: "ada@example.org.uk" } }, []],
    ["several things", { actor: ada, context: { instructor: ada }, authority: ada, result: { response: "ada@example.org" } }, ["actor", "authority", "instructor", "mention"]],
  ] as [string, Record<string, unknown>, string[]][]) {
    it(`tells ${what}`, () => expect(found(changes)).to.deep.equal(expected));
  }

  it("sees through escapes that JSON does not need", () => {
    const escaped = JSON.stringify(statement({ actor: ada, result: { response: "ada@example.org" } })).replaceAll("@", "\\u0040").replaceAll("/", "\\/");
    expect([...rolesIn(escaped, named)].sort()).to.deep.equal(["actor", "mention"]);
    expect([...rolesIn(rewritten(escaped, all, named, home).text, named)]).to.deep.equal([]);
  });

  it("puts a pseudonym for identifier and name, and leaves every other letter as it is", () => {
    const raw = '{"id":"x", "actor" :{"objectType":"Agent","name":"Ada","mbox":"mailto:ada@example.org"},\n"verb":{"id":"http:\\/\\/v"},"result":{"score":{"raw":12345678901234567890.10,"max":1e2},"response":"\\u0000 \\uD83D\\uDE00"}}';
    expect(rewritten(raw, all, named, home).text).to.equal(raw.replace('"name":"Ada","mbox":"mailto:ada@example.org"', `"account":${JSON.stringify(pseudonym.account)}`));
  });

  it("changes only the roles it is to, in one statement", () => {
    const raw = JSON.stringify(statement({ actor: { ...ada, name: "Ada" }, context: { instructor: ada }, authority: ada, result: { response: "ada@example.org" } }));
    const told = JSON.parse(rewritten(raw, { ...all, instructor: "keep", authority: "keep" }, named, home).text) as Record<string, unknown>;
    expect(told).to.deep.include({ actor: pseudonym, context: { instructor: ada }, authority: ada, result: { response: "somebody" } });
  });

  it("leaves a statement that needs no change as it is, its signatures too", () => {
    const raw = JSON.stringify(statement({ attachments: [told("jws", { usageType: "http://adlnet.gov/expapi/attachments/signature" })] }));
    expect(rewritten(raw, all, named, home)).to.deep.equal({ text: raw, signatures: [] });
  });

  it("takes signatures from what it changes, and leaves other attachments", () => {
    const signature = told("jws", { usageType: "http://adlnet.gov/expapi/attachments/signature" });
    const essay = told("essay");
    const { text, signatures } = rewritten(JSON.stringify(statement({ actor: ada, attachments: [signature, essay] })), all, named, home);
    expect(signatures).to.deep.equal([signature.sha2]);
    expect((JSON.parse(text) as { attachments: unknown }).attachments).to.deep.equal([essay]);
    expect(JSON.parse(rewritten(JSON.stringify(statement({ actor: ada, attachments: [signature] })), all, named, home).text)).not.to.have.property("attachments");
  });

  it("takes agents that can be told from others only", async () => {
    for (const agent of [{ name: "Ada" }, { mbox: "ada" }, { ...ada, openid: "http://ada.example" }, "ada", null]) {
      expect(await refusal(Promise.resolve().then(() => checkedAgents([agent])))).to.equal("invalid_agents");
    }
    expect(checkedAgents([{ ...ada, name: "Ada", objectType: "Agent" }])).to.deep.equal([ada]);
  });
});
