import { expect } from "chai";
import type { Site } from "../../core/kernel/context.ts";
import { decrypted, encrypted } from "../../core/kernel/encryption.ts";

const site = { secret: "a secret of the site, thirty-two characters and more" } as Site;

describe("what is encrypted", () => {
  it("can be read again, and looks different every time", () => {
    const [one, other] = [encrypted(site, "key", "größe 42"), encrypted(site, "key", "größe 42")];
    expect(one).not.to.equal(other);
    expect([one, other].map((text) => decrypted(site, "key", text))).to.deep.equal(["größe 42", "größe 42"]);
  });

  const text = encrypted(site, "key", "42");
  for (const [how, open] of [
    ["for another purpose", () => decrypted(site, "other key", text)],
    ["with another site's secret", () => decrypted({ secret: "the secret of another site, as long as the first" } as Site, "key", text)],
    ["when somebody changed it", () => decrypted(site, "key", `${text.slice(0, -2)}${text.at(-2) === "A" ? "B" : "A"}${text.at(-1)}`)],
    ["when it was cut short", () => decrypted(site, "key", text.slice(0, 12))],
  ] as const) {
    it(`is refused ${how}`, () => {
      expect(open).to.throw("can't be read with this site's secret");
    });
  }
});
