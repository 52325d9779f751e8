import { expect } from "chai";
import { sharedConsistency } from "../../core/lrs/query/consistent.ts";

describe("records: one asking for Consistent-Through for many", () => {
  let asked = 0;
  const ask = async () => ++asked;
  beforeEach(() => (asked = 0));

  it("asks once for those who come together, and again when statements were stored", async () => {
    const { through, forget } = sharedConsistency(60_000);
    expect(await Promise.all([through(ask), through(ask), through(ask)])).to.deep.equal([1, 1, 1]);
    forget();
    expect(await through(ask)).to.equal(2);
  });

  it("asks again after its time", async () => {
    const { through } = sharedConsistency(0);
    expect([await through(ask), await through(ask)]).to.deep.equal([1, 2]);
  });

  it("keeps no failure", async () => {
    const { through } = sharedConsistency(60_000);
    await through(() => Promise.reject(new Error("away"))).catch(() => undefined);
    expect(await through(ask)).to.equal(1);
  });
});
