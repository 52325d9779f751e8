import { expect } from "chai";
import { bestTag, rangesOf } from "../../core/lrs/resources/language-ranges.ts";

describe("records: choosing one language of a map", () => {
  for (const [header, tags, wanted] of [
    ["", ["de", "en"], "de"],
    [undefined, ["de", "en"], "de"],
    ["en", ["de", "en"], "en"],
    ["en;q=0.5, fr;q=0.9", ["en", "fr"], "fr"],
    ["en-US;q=0.5, fr;q=0.9", ["en-US", "fr"], "fr"],
    ["en-US,en;q=0.9,fr;q=0.8", ["fr", "en-GB", "en-US"], "en-US"],
    ["en-US,en;q=0.9,fr;q=0.8", ["fr", "en-GB"], "en-GB"],
    ["en", ["fr", "en-US"], "en-US"],
    ["EN-us", ["fr", "en-US"], "en-US"],
    ["en", ["fr", "eng", "de"], "fr"],
    ["fr, en", ["en", "fr"], "fr"],
    ["es-MX", ["en", "es"], "es"],
    ["zh-Hant-TW", ["en", "zh-Hant"], "zh-Hant"],
    ["es-MX, en;q=0.1", ["en", "es"], "en"],
    ["en, en-GB;q=0.2, fr;q=0.5", ["en-GB", "fr"], "fr"],
    ["*", ["de", "en"], "de"],
    ["en;q=0.2, *;q=0.1", ["de", "en"], "en"],
    ["en;q=0.1, *;q=0.2", ["en", "de"], "de"],
    ["*, de;q=0", ["de", "en"], "en"],
    ["de;q=0", ["de", "en"], "en"],
    ["de;q=0.0, en;q=0", ["de", "en"], "de"],
    ["de;q=0.000", ["de"], "de"],
    ["nonsense!, ;;, en ; q = 0.3 , fr;q=x", ["fr", "en"], "en"],
    ["en;q=1.000", ["fr", "en"], "en"],
    ["en", [], undefined],
  ] as [string | undefined, string[], string | undefined][]) {
    it(`takes ${wanted ?? "none"} of ${tags.join(", ") || "none"} for "${header ?? "no header"}"`, () => expect(bestTag(tags, rangesOf(header))).to.equal(wanted));
  }

  it("takes of a header without end the first ranges", () => expect(rangesOf("en,".repeat(5000))).to.have.length(32));
});
