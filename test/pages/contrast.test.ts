import { readFileSync } from "node:fs";
import { expect } from "chai";

const css = readFileSync(new URL("../../core/pages/browser/style/tokens.css", import.meta.url), "utf8");

/** WCAG 2.2: 4.5 for text (1.4.3), 3 for what is needed to see a control or its state (1.4.11). */
const pairs: [least: number, front: string, back: string][] = [
  ...["paper", "surface", "sunk", "accent-soft", "good-soft", "warn-soft", "bad-soft"].map((back): [number, string, string] => [4.5, "ink", back]),
  ...["paper", "surface", "sunk"].map((back): [number, string, string] => [4.5, "muted", back]),
  ...["paper", "surface", "sunk", "accent-soft", "bad-soft", "good-soft", "warn-soft"].map((back): [number, string, string] => [4.5, "accent", back]),
  ...["good", "warn", "bad"].flatMap((tone): [number, string, string][] => [[4.5, tone, "surface"], [4.5, tone, "paper"], [4.5, tone, `${tone}-soft`]]),
  [4.5, "on-accent", "accent"],
  [4.5, "on-accent", "accent-strong"],
  [4.5, "accent-strong", "accent-soft"],
  [3, "edge", "surface"],
  [3, "edge", "paper"],
  [3, "accent", "line"],
  [3, "good", "line"],
];

function token(name: string): [light: string, dark: string] {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  if (!found?.[1] || !found[2]) throw new Error(`tokens.css has no colour --${name}`);
  return [found[1], found[2]];
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = parseInt(hex.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("the colours of the pages", () => {
  for (const [least, front, back] of pairs) {
    it(`show ${front} on ${back} at ${least} to 1 or better, light and dark`, () => {
      const [front1, front2] = token(front);
      const [back1, back2] = token(back);
      expect(contrast(front1, back1), "light").to.be.at.least(least);
      expect(contrast(front2, back2), "dark").to.be.at.least(least);
    });
  }
});
