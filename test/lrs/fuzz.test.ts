import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { identityOf } from "../../core/lrs/keys.ts";
import { findStatement, findStatements, type StatementFilter } from "../../core/lrs/query.ts";
import { ModelStore, type ModelQuestion } from "./model.ts";
import type { Who, Words } from "./model-words.ts";
import { activities, agents, groups, randomFrom, randomStatement, registrations, verbs } from "./random-statements.ts";
import { reception, recordDatabase, store } from "./support.ts";

const count = Number(process.env.CADRE_FUZZ_STATEMENTS ?? 500);
/** Every time bound with every filter, rather than one each. */
const thorough = process.env.CADRE_FUZZ_THOROUGH === "yes";
const seed = Number(process.env.CADRE_FUZZ_SEED ?? 20);

describe(`records: ${count} random statements (seed ${seed}) against the model`, function () {
  this.timeout(60_000 + count * 100);
  let db: Database;
  let drop: () => Promise<void>;
  const model = new ModelStore();
  const random = randomFrom(seed);

  before(async () => {
    ({ db, drop } = await recordDatabase());
    const statements = Array.from({ length: count }, (_, number) => randomStatement(random, number, count));
    statements.sort(() => random(3) - 1);
    while (statements.length > 0) {
      const batch = statements.splice(0, 1 + random(20));
      const stored = await store(db, batch);
      stored.forEach(({ seq }, index) => model.add(seq, JSON.parse(JSON.stringify({ ...batch[index], authority: reception.authority })) as Words));
    }
  });
  after(() => drop());

  it("every combination of filters finds the same statements in the same order, page by page", async () => {
    let asked = 0;
    for (const question of combinations()) {
      const every = timesFor(random);
      for (const times of thorough ? every : [every[asked % every.length]!]) {
        const full = { ...question, ...times };
        const wanted = model.ask(full);
        expect(await allPages(full, 20 + random(60 + count / 5)), JSON.stringify(full)).to.deep.equal(wanted);
        asked++;
      }
    }
    expect(asked).to.be.above(250);
  });

  it("every statement is found by statementId or by voidedStatementId, as the model says", async () => {
    for (const { statement } of model.statements) {
      const voided = model.isVoided(statement);
      const id = statement.id!;
      expect(await findStatement(db, { store: 1, id, voided: !voided }), id).to.equal(undefined);
      expect(await findStatement(db, { store: 1, id, voided }), id).to.include.keys("seq", "raw");
    }
  });

  async function allPages(question: ModelQuestion, limit: number): Promise<string[]> {
    const { agent, related_agents, related_activities, ...rest } = question;
    const filter: StatementFilter = {
      ...rest,
      store: 1,
      agent: agent === undefined ? undefined : identityOf({ ...agent }),
      relatedAgents: related_agents,
      relatedActivities: related_activities,
    };
    const ids: string[] = [];
    let next: number | undefined;
    do {
      const page = await findStatements(db, filter, limit, next);
      expect(page.statements.length).to.be.at.most(limit);
      ids.push(...page.statements.map(({ raw }) => (JSON.parse(raw) as { id: string }).id));
      next = page.next;
    } while (next !== undefined);
    return ids;
  }

  function* combinations(): Generator<ModelQuestion> {
    for (const agent of [undefined, ...agents, ...groups, reception.authority as Who])
      for (const verb of [undefined, verbs[0], "http://adlnet.gov/expapi/verbs/voided"])
        for (const activity of [undefined, activities[0], activities[7]])
          for (const registration of [undefined, registrations[1]])
            for (const broadly of agent === undefined && activity === undefined ? [false] : [false, true])
              yield { agent, verb, activity, registration, related_agents: broadly, related_activities: broadly };
  }

  function timesFor(random: (below: number) => number): ModelQuestion[] {
    const seqs = model.statements.map(({ seq }) => seq).sort((one, other) => one - other);
    const [since, until] = [seqs[random(seqs.length)]!, seqs[random(seqs.length)]!];
    return [{}, { ascending: true }, { since, ascending: random(2) === 0 }, { since: Math.min(since, until), until: Math.max(since, until) }];
  }
});
