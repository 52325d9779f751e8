/* Memory under load: sixteen clients that store and ask, a line each minute. `node -C source --expose-gc --import tsx test/bench/soak.ts [minutes]`; ten unless told. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { sample } from "./sample-statement.ts";
import { sender } from "./sender.ts";

const minutes = Number(process.argv[2] ?? 10);
const clients = 16;
const site = fork(fileURLToPath(new URL("./soak.process.ts", import.meta.url)), { execArgv: ["-C", "source", "--expose-gc", "--import", "tsx"] });
const [{ url, authorization }] = (await once(site, "message")) as [{ url: string; authorization: string }];
const send = sender(`${url}/xapi/statements`, authorization);

let made = 0;
let [stored, asked] = [0, 0];
const ends = performance.now() + minutes * 60_000;

/** Nine in ten requests store one statement, the tenth asks for what an agent did. */
async function load(): Promise<void> {
  while (performance.now() < ends) {
    const statement = sample(made++);
    if (made % 10 > 0) await send("POST", "", JSON.stringify(statement)).then(() => stored++);
    else await send("GET", new URLSearchParams({ agent: JSON.stringify(statement.actor), verb: statement.verb.id, limit: "50" }).toString()).then(() => asked++);
  }
}

async function tell(minute: number): Promise<void> {
  site.send("memory");
  const [{ rss, heapUsed, external }] = (await once(site, "message")) as [NodeJS.MemoryUsage];
  const [resident, heap, outside] = [rss, heapUsed, external].map((bytes) => (bytes / 1024 ** 2).toFixed(0).padStart(5));
  console.log(`minute ${String(minute).padStart(2)}  resident ${resident} MB  heap ${heap} MB  external ${outside} MB  stored ${stored}  asked ${asked}`);
}

const working = Promise.all(Array.from({ length: clients }, load));
await tell(0);
let minute = 0;
const clock = setInterval(() => void tell(++minute), 60_000);
await working;
clearInterval(clock);
if (minute < minutes) await tell(minutes);
site.send("stop");
await once(site, "exit");
