import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { credentialCheck } from "../../core/lrs/credentials/check.ts";
import { createCredential, revokeCredential, rotateCredential } from "../../core/lrs/credentials/rows.ts";
import { allows, mayDefine, requireScope, scopes, type Scope } from "../../core/lrs/credentials/credential.ts";
import { refusal } from "./refusal.ts";
import { recordDatabase } from "./support.ts";

const secretKey = "pepper";
const wanted = { store: 1, label: "A tool", scopes: ["statements/write" as const], homePage: "https://lms.example" };

describe("records: credentials", () => {
  let db: Database;
  let drop: () => Promise<void>;
  let time = new Date("2030-01-01T00:00:00Z");
  const now = () => time;
  const later = (ms: number) => void (time = new Date(time.getTime() + ms));
  before(async () => ({ db, drop } = await recordDatabase()));
  after(() => drop());

  const basic = (key: string, secret: string) => `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;

  it("knows a key by its secret, what it may do, for whom, and within what", async () => {
    const limits = { activity: "https://example.org/golf", registration: "0190a0a0-0000-4000-8000-000000000001", agent: { mbox: "mailto:ann@EXAMPLE.org" } };
    const { id, key, secret } = await createCredential(db, secretKey, { ...wanted, limits, requestsPerMinute: 7 });
    const { check } = credentialCheck({ secretKey, now });
    const found = await check(db, basic(key, secret));
    expect(found).to.deep.include({ id, store: 1, scopes: ["statements/write"], requestsPerMinute: 7, limits: { ...limits, agent: "mbox mailto:ann@example.org" } });
    expect(found.authority).to.deep.equal({ objectType: "Agent", account: { homePage: "https://lms.example", name: key } });
  });

  it("asks the database once in five seconds, and again when told to forget", async () => {
    const { key, secret } = await createCredential(db, secretKey, wanted);
    const { check, forget } = credentialCheck({ secretKey, now });
    let questions = 0;
    const counting: Database = { ...db, maybe: (question) => (questions++, db.maybe(question)) };
    for (let round = 0; round < 3; round++) await check(counting, basic(key, secret));
    expect(questions).to.equal(1);
    later(5001);
    await check(counting, basic(key, secret));
    expect(questions).to.equal(2);
    forget(key);
    await check(counting, basic(key, secret));
    expect(questions).to.equal(3);
  });

  it("keeps no secret in the database", async () => {
    const { secret } = await createCredential(db, secretKey, wanted);
    expect((await db.one<{ found: boolean }>(sql`select bool_or(lrs_credential::text like ${`%${secret}%`}) as found from lrs_credential`)).found).to.equal(false);
  });

  it("refuses a wrong secret, an unknown key, another site's pepper and what is no Basic header", async () => {
    const { key, secret } = await createCredential(db, secretKey, wanted);
    const { check } = credentialCheck({ secretKey, now });
    expect(await refusal(check(db, basic(key, "wrong")))).to.equal("wrong_credentials");
    expect(await refusal(check(db, basic("unknown", secret)))).to.equal("wrong_credentials");
    expect(await refusal(credentialCheck({ secretKey: "other", now }).check(db, basic(key, secret)))).to.equal("wrong_credentials");
    for (const header of ["", "Basic", "Basic Og==", "Basic !!!", "Bearer x", basic("", ""), basic("a\0b", "c"), `Basic ${Buffer.from(key).toString("base64")}`]) {
      expect(await refusal(check(db, header)), header).to.equal("wrong_credentials");
    }
    expect(await refusal(check(db, undefined))).to.equal("credentials_required");
  });

  it("knows the right secret again without digesting it, and no other one by it", async () => {
    const [one, other] = [await createCredential(db, secretKey, wanted), await createCredential(db, secretKey, wanted)];
    const { check } = credentialCheck({ secretKey, now });
    for (const { key, secret, id } of [one, other, one, other]) expect((await check(db, basic(key, secret))).id).to.equal(id);
    expect(await refusal(check(db, basic(one.key, other.secret)))).to.equal("wrong_credentials");
    expect(await refusal(check(db, basic(one.key, one.secret.slice(1))))).to.equal("wrong_credentials");
    await rotateCredential(db, secretKey, one.id, now());
    later(5001);
    expect(await refusal(check(db, basic(one.key, one.secret)))).to.equal("wrong_credentials");
  });

  it("honours a revoked key for the length of the cache at most", async () => {
    const { id, key, secret } = await createCredential(db, secretKey, wanted);
    const { check } = credentialCheck({ secretKey, now, cachedForMs: 5000 });
    await check(db, basic(key, secret));
    await revokeCredential(db, id);
    await check(db, basic(key, secret));
    later(5001);
    expect(await refusal(check(db, basic(key, secret)))).to.equal("wrong_credentials");
  });

  it("refuses a key that has expired", async () => {
    const { key, secret } = await createCredential(db, secretKey, { ...wanted, expiresAt: new Date(time.getTime() + 1000) });
    const { check } = credentialCheck({ secretKey, now, cachedForMs: 60_000 });
    await check(db, basic(key, secret));
    later(1001);
    expect(await refusal(check(db, basic(key, secret)))).to.equal("wrong_credentials");
  });

  it("honours the secret before a new one until the time that was chosen", async () => {
    const { id, key, secret } = await createCredential(db, secretKey, wanted);
    const { check } = credentialCheck({ secretKey, now, cachedForMs: 0 });
    const second = await rotateCredential(db, secretKey, id, new Date(time.getTime() + 3_600_000));
    for (const each of [secret, second]) expect((await check(db, basic(key, each))).id).to.equal(id);
    const third = await rotateCredential(db, secretKey, id, new Date(time.getTime() + 3_600_000));
    expect(await refusal(check(db, basic(key, secret)))).to.equal("wrong_credentials");
    later(3_600_000);
    expect(await refusal(check(db, basic(key, second)))).to.equal("wrong_credentials");
    expect((await check(db, basic(key, third))).id).to.equal(id);
  });
});

describe("records: scopes", () => {
  const held: Record<Scope, Scope[]> = {
    all: [...scopes],
    "all/read": ["all/read", "statements/read", "statements/read/mine", "state/read", "profile/read", "activities_profile/read", "agents_profile/read"],
    "statements/write": ["statements/write"],
    "statements/read": ["statements/read", "statements/read/mine"],
    "statements/read/mine": ["statements/read/mine"],
    state: ["state", "state/read"],
    "state/read": ["state/read"],
    define: ["define"],
    profile: ["profile", "profile/read", "activities_profile", "activities_profile/read", "agents_profile", "agents_profile/read"],
    "profile/read": ["profile/read", "activities_profile/read", "agents_profile/read"],
    activities_profile: ["activities_profile", "activities_profile/read"],
    "activities_profile/read": ["activities_profile/read"],
    agents_profile: ["agents_profile", "agents_profile/read"],
    "agents_profile/read": ["agents_profile/read"],
  };
  for (const scope of scopes) {
    it(`${scope} allows ${held[scope].length === 1 ? "only itself" : held[scope].join(", ")}`, () => {
      expect(scopes.filter((each) => allows({ scopes: [scope] }, each))).to.have.members(held[scope]);
      expect(mayDefine({ scopes: [scope] })).to.equal(held[scope].includes("define"));
    });
  }

  it("are satisfied by any of those wanted, and refused otherwise", async () => {
    requireScope({ scopes: ["state"] }, "profile/read", "state/read");
    expect(await refusal(() => requireScope({ scopes: ["state/read"] }, "state"))).to.equal("scope_missing");
    expect(await refusal(() => requireScope({ scopes: [] }, ...scopes))).to.equal("scope_missing");
  });
});
