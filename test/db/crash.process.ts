import { lamps, light, startEngine } from "./engine.ts";
import { ledger } from "./ledger.ts";

const [url = "", role] = process.argv.slice(2);
const engine = await startEngine(url, [lamps, ledger], { roles: role === "worker" ? ["web", "worker"] : ["web"] });
for (let lamp = 1; ; lamp++) {
  await light(engine, lamp);
  process.stdout.write(`${lamp}\n`);
}
