import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { identityOf, keyOf } from "../../core/lrs/keys.ts";
import { definitionsOf, mergeMentions } from "../../core/lrs/mentions.ts";
import { read } from "../../core/lrs/raw-json.ts";
import { recordDatabase, statement } from "./support.ts";

const id = "http://example.org/activities/one";

describe("records: what is known of activities and agents", () => {
  let db: Database;
  let drop: () => Promise<void>;
  before(async () => ({ db, drop } = await recordDatabase()));
  after(() => drop());
  beforeEach(() => db.run(sql`truncate lrs_activity, lrs_agent`));

  let seq = 0;
  const tell = (definition: object, changes: object = {}, at = ++seq) => mergeMentions(db, [{ store: 1, seq: at, statement: statement({ object: { id, definition }, ...changes }) }]);
  const known = async () => (await definitionsOf(db, 1, [id])).get(id);

  it("lets later definitions win member by member and language by language", async () => {
    await tell({ name: { en: "One", de: "Eins" }, type: "http://example.org/types/a" });
    await tell({ name: { en: "First", fr: "Un" }, moreInfo: "http://example.org/more" });
    expect(await known()).to.deep.equal({ name: { en: "First", de: "Eins", fr: "Un" }, type: "http://example.org/types/a", moreInfo: "http://example.org/more" });
  });

  it("goes by when statements were stored, not by when they are told", async () => {
    await tell({ name: { en: "Later" } }, {}, 1000);
    await tell({ name: { en: "Earlier", de: "Früher" } }, {}, 999);
    expect(await known()).to.deep.equal({ name: { en: "Later", de: "Früher" } });
  });

  it("takes back an old definition that is told anew", async () => {
    for (const name of ["A", "B", "A"]) await tell({ name: { en: name } }, {}, 2000 + ++seq);
    expect(await known()).to.deep.equal({ name: { en: "A" } });
  });

  it("keeps numbers and U+0000 as they are", async () => {
    const told = read('{"extensions":{"http://example.org/e":[12345678901234567890,"\\u0000"]}}') as object;
    await tell(told, {}, 3000);
    expect(await known()).to.deep.equal(told);
  });

  it("takes the later of two definitions that are long", async () => {
    await tell({ name: { en: "Short" } }, {}, 4000);
    for (const at of [1, 2]) await tell({ extensions: { [`http://example.org/${at}`]: "x".repeat(600_000) } }, {}, 4000 + at);
    expect(Object.keys((await known())!.extensions as object)).to.deep.equal(["http://example.org/2"]);
  });

  it("keeps as many names of an agent as anybody has, the first there were", async () => {
    const agent = { mbox: "mailto:many@example.org" };
    const named = (name: string) => tell({}, { actor: { ...agent, name } });
    await named("x".repeat(60_000));
    for (const letter of ["a", "b", "c", "d", "e", "f"]) await named(letter.repeat(10_000));
    await named("short");
    const { names } = await db.one<{ names: string }>(sql`select names from lrs_agent where store = 1 and key = ${keyOf("agent", identityOf(agent)!)}`);
    expect((JSON.parse(names) as string[]).map(([first]) => first)).to.deep.equal(["a", "b", "c", "d", "e"]);
  });

  it("gathers the names of agents by their identifier, members of groups too", async () => {
    const agent = { mbox: "mailto:ann@example.org" };
    await tell({}, { actor: { ...agent, name: "Ann" } });
    await tell({}, { actor: { objectType: "Group", member: [{ ...agent, name: "Ann A." }] } });
    const row = await db.one<{ agent: string; names: string }>(sql`select agent, names from lrs_agent where store = 1 and key = ${keyOf("agent", identityOf(agent)!)}`);
    expect(JSON.parse(row.agent)).to.deep.equal(agent);
    expect(JSON.parse(row.names)).to.deep.equal(["Ann", "Ann A."]);
  });
});
