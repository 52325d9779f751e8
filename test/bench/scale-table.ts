import type { Figure } from "./measure.ts";

/** What was measured with so many statements: figures by what they are of, and how many bytes all of it takes. */
export interface Measured {
  statements: number;
  figures: Record<string, Figure>;
  bytes: number;
}

/** The rows of /docs/scale, to be put into core/http/scale.ts. */
export function tableOf(measured: readonly Measured[]): string {
  const row = (what: string, cost: (one: Measured) => string) => `    ${JSON.stringify({ what, costs: measured.map(cost) })},`;
  const times = Object.entries(pages).map(([name, what]) => row(what, ({ figures: { [name]: figure } }) => `${(1000 / figure!.own).toFixed(1)} ms, p95 ${figure!.p95Ms!.toFixed(1)} ms`));
  const perSecond = Object.entries(rates).map(([name, what]) => row(what, ({ figures: { [name]: figure } }) => `${Math.round(figure!.own).toLocaleString("en")} a second`));
  return [...times, ...perSecond, row("On the disk, with keys and indexes", ({ bytes }) => `${(bytes / 1e9).toPrecision(2)} GB`)].join("\n");
}

const pages = {
  "all": "A page of 50: all statements",
  "verb, page 1": "A page of 50: by the most frequent verb",
  "verb, page 1,000": "The same, page 1,000",
  "agent and verb": "A page of 50: by an agent and a verb, spread over all months",
  "registration": "A page of 50: by a registration, spread over all months",
  "activity, related": "A page of 50: by an activity, related ones too",
  "busy agent and rare verb": "A page of 50: by an agent with one statement in twenty, and a verb with one in 128",
};
const rates = {
  "agent and verb, 16 clients": "Pages by an agent and a verb, 16 clients",
  "one stored, 16 clients": "Statements stored one by one, 16 clients",
  "50 stored, 4 clients": "Statements stored in batches of 50, 4 clients",
  "exported": "Statements exported as NDJSON",
};
