import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { ownStore } from "../../core/lrs/stores/own.ts";
import { seenVerbs } from "../../core/lrs/browsing/seen-verbs.ts";
import { verbCounts } from "../../core/lrs/browsing/verb-counts.ts";
import { agentOf } from "../../core/lrs/stores/own.ts";
import { person, testHost, type TestBrowser, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { statement, uuid } from "./support.ts";

const passed = "http://adlnet.gov/expapi/verbs/passed";
const voided = "http://adlnet.gov/expapi/verbs/voided";
const unescaped = (html: string) => html.replaceAll("&#x3D;", "=").replaceAll("&amp;", "&");
const hostile = '<script>alert("1")</script>';

describe("records: the pages to browse statements", () => {
  let host: TestHost;
  let all: Client;
  let ada: Awaited<ReturnType<typeof person>>;
  let browser: TestBrowser;
  before(async () => {
    host = await testHost();
    all = await client(host);
    ada = await person(host, { name: "Ada Lovelace" });
    browser = await (await person(host, { name: "Grace Hopper", roles: ["administrator"] })).browser();
    const bea = { mbox: "mailto:bea@example.org", name: "Bea Brown" };
    await all.post([
      statement({ id: uuid(1), actor: bea, verb: { id: passed }, result: { score: { scaled: 0.82 }, success: true } }),
      statement({ id: uuid(2), actor: agentOf(host.context, { userId: ada.id, name: "Ada Lovelace" }), object: { id: "http://example.org/activities/two", definition: { name: { en: `Two ${hostile}` } } } }),
      statement({ id: uuid(3), actor: { mbox: `mailto:${ada.email}` }, context: { registration: uuid(77), instructor: bea, contextActivities: { parent: [{ id: "http://example.org/activities/two" }] } } }),
      statement({ id: uuid(4), actor: { name: `Mallory ${hostile}`, account: { homePage: "https://tool.example", name: "m 1" } }, result: { response: hostile }, attachments: [{ usageType: "http://e/photo", display: { en: "A photo" }, contentType: "image/png", length: 12_345, sha2: "a".repeat(64), fileUrl: "https://e.example/photo" }] }),
      statement({ id: uuid(5), actor: { mbox: "mailto:twin@example.org", name: "Twin Peak" } }),
      statement({ id: uuid(6), actor: { mbox: "mailto:twin2@example.org", name: "Twin Rock" } }),
    ]);
    await all.post(statement({ id: uuid(7), actor: bea, verb: { id: voided }, object: { objectType: "StatementRef", id: uuid(5) } }));
    await host.drain();
  });
  after(() => host.stop());

  const shown = async (query: Record<string, string>) => {
    const { status, text } = await browser.get(`/admin/records/statements?${new URLSearchParams(query).toString()}`);
    expect(status).to.equal(200);
    return [...text.matchAll(/class="when" href="\/admin\/records\/statements\/([0-9a-f-]+)/g)].map(([, id]) => Number(id!.slice(-4))).sort();
  };

  for (const [what, query, wanted] of [
    ["everything but what is voided", {}, [1, 2, 3, 4, 6, 7]],
    ["by a name of one of our people", { agent: "Lovelace" }, [2]],
    ["by an address that statements know", { agent: "mailto:bea@example.org" }, [1, 7]],
    ["by a name that one agent was given", { agent: "Bea Brown" }, [1, 7]],
    ["by an account of another tool", { agent: "https://tool.example m 1" }, [4]],
    ["by an agent as JSON", { agent: '{"mbox":"mailto:bea@example.org"}' }, [1, 7]],
    ["by verb", { verb: passed }, [1]],
    ["by activity", { activity: "http://example.org/activities/two" }, [2]],
    ["by activity wherever it is mentioned", { activity: "http://example.org/activities/two", related: "on" }, [2, 3]],
    ["by agent wherever it is mentioned", { agent: "bea@example.org", related: "on" }, [1, 3, 7]],
    ["by registration", { registration: uuid(77) }, [3]],
    ["of days to come", { since: "2999-01-01" }, []],
    ["by all of these together", { agent: "bea@example.org", verb: passed, until: "2999-01-01T00:00:00Z" }, [1]],
  ] as [string, Record<string, string>, number[]][]) {
    it(`shows statements ${what}`, async () => expect(await shown(query)).to.deep.equal(wanted));
  }

  it("shows statements of a day, its first and last moment included", async () => {
    // The day on which they were stored, which may be over by now; or two, if it was midnight.
    const days = await host.database.one<{ since: string; until: string }>(sql`select min(stored)::date::text as since, max(stored)::date::text as until from (select stored at time zone 'UTC' as stored from statement) as each`);
    expect(await shown({ ...days })).to.deep.equal([1, 2, 3, 4, 6, 7]);
  });

  it("offers both when an address is that of somebody with an account here", async () => {
    const { text } = await browser.get(`/admin/records/statements?agent=${encodeURIComponent(ada.email)}`);
    expect(unescaped(text)).to.include("by their account here").and.include(`agent=${encodeURIComponent(`mailto:${ada.email}`)}`);
    expect(await shown({ agent: ada.email })).to.deep.equal([2]);
    expect(await shown({ agent: `mailto:${ada.email}` })).to.deep.equal([3]);
  });

  it("asks whom a name means that several have, and says what can't be understood", async () => {
    const { text } = await browser.get("/admin/records/statements?agent=Twin");
    expect(text).to.include("Whom do you mean?").and.include("Twin Peak").and.include("Twin Rock");
    const wrong = await browser.get("/admin/records/statements?registration=x&since=soon&activity=none&verb=v");
    expect(wrong.status).to.equal(200);
    for (const words of ["A registration is a UUID.", "This is no date and no time.", "An activity is an IRI", "A verb is an IRI"]) expect(wrong.text).to.include(words);
  });

  it("pages by keyset, to and fro, whatever is stored meanwhile", async () => {
    const page = async (path: string) => (await browser.get(path)).text;
    const linkOf = (text: string, rel: string) => new RegExp(`rel="${rel}" href="([^"]+)"`).exec(unescaped(text))?.[1] ?? "";
    const idsIn = (text: string) => [...text.matchAll(/class="when" href="[^"]*\/([0-9a-f-]{36})/g)].map(([, id]) => Number(id!.slice(-4)));
    const first = await page("/admin/records/statements?limit=2&until=2999-01-01");
    expect([idsIn(first), linkOf(first, "prev")]).to.deep.equal([[7, 6], ""]);
    const second = await page(linkOf(first, "next"));
    expect(idsIn(second)).to.deep.equal([4, 3]);
    const third = await page(linkOf(second, "next"));
    expect([idsIn(third), linkOf(third, "next")]).to.deep.equal([[2, 1], ""]);
    const back = await page(linkOf(third, "prev"));
    expect(idsIn(back)).to.deep.equal([4, 3]);
    expect(idsIn(await page(linkOf(back, "prev")))).to.deep.equal([7, 6]);
    expect((await browser.get("/admin/records/statements?cursor=nonsense")).status).to.equal(400);
  });

  it("shows one statement with its JSON, its attachments' names and what voids it, nothing of it as markup", async () => {
    const one = (await browser.get(`/admin/records/statements/${uuid(4)}`)).text;
    expect(one).to.include("A photo").and.include("12 kB").and.include('<code id="statement-json">{\n  &quot;actor&quot;: {').and.include("&quot;response&quot;: &quot;&lt;script&gt;").and.not.include(hostile);
    const gone = (await browser.get(`/admin/records/statements/${uuid(5)}`)).text;
    expect(gone).to.include("This statement is voided.").and.include("Voided by").and.include(`/admin/records/statements/${uuid(7)}`);
    expect((await browser.get(`/admin/records/statements/${uuid(7)}`)).text).to.include("It points at another statement").and.include(`href="/admin/records/statements/${uuid(5)}"`);
    expect((await browser.get(`/admin/records/statements/${uuid(99)}`)).status).to.equal(404);
  });

  it("follows an agent and an activity in order of time, with their verbs counted", async () => {
    const agent = (await browser.get("/admin/records/agents?agent=mailto%3Abea%40example.org")).text;
    expect(agent).to.include("Bea Brown").and.include("Of 2 statements").and.include('<span class="number">1</span>').and.include(uuid(1)).and.include(uuid(7)).and.not.include(uuid(2));
    const ours = (await browser.get(`/admin/records/agents?agent=${encodeURIComponent(`${host.url} ${ada.id}`)}`)).text;
    expect(ours).to.include("Ada Lovelace").and.include(`/admin/people/${ada.id}`);
    const activity = (await browser.get("/admin/records/activities?related=on&activity=http%3A%2F%2Fexample.org%2Factivities%2Ftwo")).text;
    expect(activity).to.include("Two &lt;script&gt;").and.include(uuid(2)).and.include(uuid(3));
    const { verbs, counted } = await verbCounts(host.context, ownStore, "agent", "mbox mailto:bea@example.org");
    expect([counted, verbs.map(({ id, count }) => [id, count])]).to.deep.equal([2, [[passed, 1], [voided, 1]]]);
  });

  it("knows the verbs that were seen, how they read, and forgets nothing when told again", async () => {
    expect((await seenVerbs(host.context, ownStore)).map(({ label }) => label)).to.deep.equal(["passed", "tried", "voided"]);
    await all.post(statement({ verb: { id: "http://example.org/verbs/hummed", display: { en: "hummed to" } } }));
    await host.drain();
    expect((await seenVerbs(host.context, ownStore)).map(({ label }) => label)).to.include("hummed to");
  });

  it("is for those who hold records.read", async () => {
    const learner = await (await person(host)).browser();
    for (const path of ["statements", `statements/${uuid(1)}`, "agents?agent=mailto%3Abea%40example.org", "activities?activity=http%3A%2F%2Fe"]) {
      expect((await learner.get(`/admin/records/${path}`)).status, path).to.equal(403);
      expect((await host.browser().get(`/admin/records/${path}`)).status, path).to.equal(303);
    }
  });
});
