import { sql, type Context } from "cadre";
import type { ApiCall, Divergence, Entry } from "../runtime/journal.ts";
import type { TraceEntry } from "../runtime/sequencing/index.ts";

/** What happened in a launch, to find out why: what content called, what came to the server, and what the sequencer decided. */
export interface Diagnosis {
  calls: { activity: string; call: ApiCall }[];
  /** Entries that the server's run refused. */
  divergences: { activity: string; divergence: Divergence; receivedAt: Date }[];
  journal: { activity: string; entry: Entry; receivedAt: Date }[];
  trace: { number: number; at: Date; request: string; cameTo: string; steps: TraceEntry[] }[];
}

const piecesAtMost = 1000;

/** Reads the diagnosis of a launch of any SCORM, of its journal the latest thousand pieces; empty for a launch of which nothing is kept. */
export async function diagnosisOf(ctx: Context, launchId: string): Promise<Diagnosis> {
  const pieces = await ctx.db.rows<{ unit: string; entries: string; calls: string | null; divergences: string | null; receivedAt: Date }>(sql`
    select * from (
      select run.id, run.unit, journal.from_seq, journal.entries, journal.calls, journal.divergences, journal.received_at
      from scorm.run join scorm.journal on journal.run_id = run.id where run.launch_id = ${launchId} order by run.id desc, from_seq desc limit ${piecesAtMost}
    ) latest order by id, from_seq`);
  const trace = await ctx.db.rows<{ number: number; at: Date; request: string; cameTo: string; trace: TraceEntry[] }>(sql`
    select number, at, request, came_to, trace from scorm.decision where launch_id = ${launchId} order by number`);
  return {
    calls: pieces.flatMap(({ unit, calls }) => (JSON.parse(calls ?? "[]") as ApiCall[]).map((call) => ({ activity: unit, call }))),
    divergences: pieces.flatMap(({ unit, divergences, receivedAt }) => (JSON.parse(divergences ?? "[]") as Divergence[]).map((divergence) => ({ activity: unit, divergence, receivedAt }))),
    journal: pieces.flatMap(({ unit, entries, receivedAt }) => (JSON.parse(entries) as Entry[]).map((entry) => ({ activity: unit, entry, receivedAt }))),
    trace: trace.map(({ trace: steps, ...decision }) => ({ ...decision, steps })),
  };
}
