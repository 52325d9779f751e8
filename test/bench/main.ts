/* Every benchmark, each figure beside its bare cost in the same run: `npm run bench`, or `npm run bench -- http hooks`. */
import { cpus, loadavg } from "node:os";
import { mochaHooks } from "../../core/testing/database.ts";
import { lineOf, type Figure } from "./measure.ts";

const benches: Record<string, () => Promise<{ bench(): Promise<Figure[]> }>> = {
  http: () => import("./http.ts"),
  commit: () => import("./commit.ts"),
  hooks: () => import("./hooks.ts"),
  records: () => import("./records.ts"),
  "record-import": () => import("./record-import.ts"),
  scale: () => import("./scale.ts"),
  import: () => import("./import.ts"),
  sequencing: () => import("./sequencing.ts"),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
console.log(`${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}; rates by turns with the bare way, ratio = ours / bare`);
for (const [name, load] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const figure of await (await load()).bench()) console.log(lineOf(figure));
}
await mochaHooks.afterAll();
