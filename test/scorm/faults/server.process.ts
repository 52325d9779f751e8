/* An engine with SCORM in a process of its own, on ports that are told, behind an address that stays. It says "kept" of every piece of journal, and dies in the middle of a commit once it is asked to. */
import pg from "pg";
import { boot } from "../../../core/main.ts";
import { createLog } from "../../../core/kernel/log.ts";
import scorm from "../../../plugins/scorm/index.ts";

/** When the server that is told so kills itself: when everything of a commit is written and nothing is kept yet, or when it is kept and nobody was told. */
export type Death = "before it is kept" | "before it is answered";

const [url = "", site = "", port, contentPort, contentUrl] = process.argv.slice(2);
let death: Death | undefined;
process.on("message", (message: Death) => (death = message));
process.once("disconnect", () => process.exit());

const die = () => process.kill(process.pid, "SIGKILL");
const writing = new WeakSet<object>();
const prototype = pg.Client.prototype as unknown as { query: (this: object, ...args: unknown[]) => unknown };
const { query } = prototype;
prototype.query = function (...args) {
  const [asked] = args as [string | { text?: string }];
  const text = typeof asked === "string" ? asked : (asked.text ?? "");
  if (text.includes("insert into scorm.journal")) writing.add(this);
  if (!/^commit/i.test(text) || !writing.delete(this)) return query.apply(this, args);
  if (death === "before it is kept") return die();
  const kept = () => (death ? die() : process.send?.("kept"));
  const told = args.at(-1);
  if (typeof told !== "function") return (query.apply(this, args) as Promise<unknown>).then((result) => (kept(), result));
  return query.apply(this, [...args.slice(0, -1), (...answer: unknown[]) => (kept(), (told as (...answer: unknown[]) => void)(...answer))]);
};

await boot({
  discover: false,
  plugins: [scorm],
  site,
  log: createLog({ level: "silent", write: () => undefined }),
  clock: () => new Date(),
  environment: { DATABASE_URL: url },
  settings: { http: { port: Number(port), contentPort: Number(contentPort), contentUrl, requestsPerMinute: 1_000_000 } },
});
process.send?.("ready");
