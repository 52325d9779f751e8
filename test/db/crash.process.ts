import { lamps, light, startEngine } from "./engine.ts";
import { ledger } from "./ledger.ts";

const [url = "", role] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

let deliveries = 0;
/** From the 20th delivery on it says that it has it, and never comes to an end. */
const pause = async (): Promise<void> => {
  if (++deliveries < 20) return;
  say({ taken: deliveries });
  await new Promise(() => {});
};
const engine = await startEngine(url, [lamps, ledger(pause)], { roles: role === "worker" ? ["web", "worker"] : ["web"] });
for (let committed = 1; committed < 2000; committed++) {
  await light(engine, committed);
  say({ committed });
}
