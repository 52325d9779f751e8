import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { createCredential, credentialCheck, revokeCredential } from "../../core/lrs/credentials.ts";
import { refusal } from "./refusal.ts";
import { recordDatabase } from "./support.ts";

const secretKey = "pepper";
const wanted = { store: 1, label: "A tool", scopes: ["statements/write" as const], homePage: "https://lms.example" };

describe("records: credentials", () => {
  let db: Database;
  let drop: () => Promise<void>;
  let time = new Date("2030-01-01T00:00:00Z");
  const now = () => time;
  before(async () => ({ db, drop } = await recordDatabase()));
  after(() => drop());

  const basic = (key: string, secret: string) => `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;

  it("knows a key by its secret, and what it may do and for whom", async () => {
    const { id, key, secret } = await createCredential(db, secretKey, wanted);
    const check = credentialCheck({ secretKey, now });
    const found = await check(db, basic(key, secret));
    expect(found).to.include({ id, store: 1 });
    expect(found.scopes).to.deep.equal(["statements/write"]);
    expect(found.authority).to.deep.equal({ objectType: "Agent", account: { homePage: "https://lms.example", name: key } });
    expect(await check(db, basic(key, secret))).to.equal(found);
  });

  it("keeps no secret in the database", async () => {
    const { secret } = await createCredential(db, secretKey, wanted);
    expect((await db.one<{ found: boolean }>(sql`select bool_or(lrs_credential::text like ${`%${secret}%`}) as found from lrs_credential`)).found).to.equal(false);
  });

  it("refuses a wrong secret, an unknown key, another site's pepper and what is no Basic header", async () => {
    const { key, secret } = await createCredential(db, secretKey, wanted);
    const check = credentialCheck({ secretKey, now });
    expect(await refusal(check(db, basic(key, "wrong")))).to.equal("wrong_credentials");
    expect(await refusal(check(db, basic("unknown", secret)))).to.equal("wrong_credentials");
    expect(await refusal(credentialCheck({ secretKey: "other", now })(db, basic(key, secret)))).to.equal("wrong_credentials");
    for (const header of ["", "Basic", "Basic Og==", "Basic !!!", "Bearer x", basic("", ""), basic("a\0b", "c"), `Basic ${Buffer.from(key).toString("base64")}`]) {
      expect(await refusal(check(db, header)), header).to.equal("wrong_credentials");
    }
    expect(await refusal(check(db, undefined))).to.equal("credentials_required");
  });

  it("honours a revoked key for the length of the cache at most", async () => {
    const { id, key, secret } = await createCredential(db, secretKey, wanted);
    const check = credentialCheck({ secretKey, now, cachedForMs: 5000 });
    await check(db, basic(key, secret));
    await revokeCredential(db, id);
    await check(db, basic(key, secret));
    time = new Date(time.getTime() + 5001);
    expect(await refusal(check(db, basic(key, secret)))).to.equal("wrong_credentials");
  });

  it("refuses a key that has expired", async () => {
    const { key, secret } = await createCredential(db, secretKey, { ...wanted, expiresAt: new Date(time.getTime() + 1000) });
    const check = credentialCheck({ secretKey, now, cachedForMs: 60_000 });
    await check(db, basic(key, secret));
    time = new Date(time.getTime() + 1001);
    expect(await refusal(check(db, basic(key, secret)))).to.equal("wrong_credentials");
  });
});
