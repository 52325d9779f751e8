import { expect } from "chai";
import { firstSequencingState, drawAllChildren, treeOf, switchesOf, type SequencingRun } from "../../../plugins/scorm/runtime/sequencing/index.ts";
import { activity, course, plain, type Settings } from "./courses.ts";
import { tell, type Step } from "./story.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
const tests = (settings: Settings) => course({}, activity("m", settings, ...plain(...ids)), ...plain("z"));

/** The activities of `m` in the order in which they are seen. */
function seen(settings: Settings, steps: Step[], seed: number): string {
  const engine = tell(tests(settings), steps, { seed });
  const entries = engine.contents(engine.valid());
  return entries.flatMap(({ identifier }) => (ids.includes(identifier) ? [identifier] : [])).join("");
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const anew: Step[] = [["choice z", "z"]];

describe("selection and randomization (SR.1, SR.2)", () => {
  it("leaves the manifest's order where nothing is said", () => expect(seen({}, [], 1)).to.equal("abcdef"));

  it("SR.1 selects so many, in the manifest's order", () => {
    const drawn = seeds.map((seed) => seen({ select: [2, "once"] }, [], seed));
    expect(new Set(drawn).size).to.be.above(2);
    for (const one of drawn) expect(one).to.equal([...one].sort().join("")).and.have.length(2);
  });

  it("SR.2 shuffles all", () => {
    const drawn = seeds.map((seed) => seen({ shuffle: "once" }, [], seed));
    expect(new Set(drawn).size).to.be.above(4);
    for (const one of drawn) expect([...one].sort().join("")).to.equal("abcdef");
  });

  it("draws the same from the same seed, also after the state was stored", () => {
    const steps: Step[] = [...anew, ["sees z", "yes"]];
    expect(seen({ shuffle: "once", select: [3, "once"] }, steps, 5)).to.equal(seen({ shuffle: "once", select: [3, "once"] }, [], 5));
  });

  it("keeps what was drawn once over attempts", () => {
    const order = seen({ shuffle: "once", flow: true }, [], 3);
    expect(seen({ shuffle: "once" }, [["choice m", order[0] ?? ""], ...anew, ["choice m", order[0] ?? ""]], 3)).to.equal(order);
  });

  it("keeps what was drawn once over attempts that are not tracked", () => {
    const settings: Settings = { shuffle: "once", select: [3, "once"], tracked: false };
    const order = seen(settings, [], 3);
    const steps: Step[] = [["choice m", order[0] ?? ""], ...anew, ["choice m", order[0] ?? ""], ...anew];
    expect(seen(settings, steps, 3)).to.equal(order);
  });

  it("draws anew for each new attempt, and keeps the order while it runs", () => {
    const first = seen({ shuffle: "onEachNewAttempt" }, [], 2);
    const running: Step[] = [["choice m", first[0] ?? ""], ["continue", first[1] ?? ""]];
    expect(seen({ shuffle: "onEachNewAttempt" }, running, 2)).to.equal(first);
    const second = seen({ shuffle: "onEachNewAttempt" }, [...running, ...anew], 2);
    expect(second).not.to.equal(first);
    expect(seen({ shuffle: "onEachNewAttempt" }, [...running, ...anew, ["choice m", second[0] ?? ""]], 2)).to.equal(second);
  });

  it("neither flows to, nor chooses, nor jumps to what was not selected", () => {
    const selected = seen({ select: [1, "once"] }, [], 4);
    const other = ids.find((id) => id !== selected) ?? "";
    tell(tests({ select: [1, "once"] }), [["start", selected], [`may choose ${other}`, "no"], [`choice ${other}`, "SB.2.9-2"], [`jump ${other}`, "NB.2.1-11"], ["continue", "SB.2.9-2"]].slice(0, 4) as Step[], { seed: 4 });
    tell(tests({ select: [1, "once"] }), [["start", selected], ["continue", "z"]], { seed: 4 });
  });

  it("rolls up only what was selected", () => {
    const selected = seen({ select: [1, "once"] }, [], 4);
    tell(tests({ select: [1, "once"] }), [["start", selected], ["continue", "z"], ["status m", "completed passed - - 1x"]], { seed: 4 });
  });

  it("draws each order about as often as any other", () => {
    const { sequencing, children } = activity("m", { shuffle: "once" }, ...plain("a", "b", "c"));
    const tree = treeOf({ id: "m", sequencing, children: children.map((child) => ({ id: child.identifier, sequencing: child.sequencing, children: [] })) });
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed += 1) {
      const run: SequencingRun = { tree, state: firstSequencingState(tree, seed), shared: {}, switches: switchesOf("4th"), nowMs: 0, written: new Set() };
      drawAllChildren(run);
      const order = run.state.activities["m"]?.nextChildren?.join("") ?? "";
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).to.equal(6);
    for (const count of counts.values()) expect(count).to.be.within(850, 1150);
  });
});
