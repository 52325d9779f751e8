/** One decision of the sequencer, in words. */
export interface TraceEntry {
  /** Identifier of the process or subprocess in the sequencing pseudo-code: "SB.2.2". */
  process: string;
  activity?: string;
  /** The rule that decided, as in "skip if completed". */
  rule?: string;
  reason: string;
}

/** Takes decisions as they are made. */
export type Trace = (process: string, activity: { id: string } | null, reason: string, rule?: string) => void;

/** The last decisions of a request; `dropped` counts those that came before them and are gone. */
export interface TraceLog {
  entries: TraceEntry[];
  dropped: number;
}

/** A trace that keeps at most `limit` decisions, the latest. */
export function traceInto(log: TraceLog, limit = 500): Trace {
  return (process, activity, reason, rule) => {
    log.entries.push({ process, ...(activity && { activity: activity.id }), ...(rule !== undefined && { rule }), reason });
    if (log.entries.length <= limit) return;
    log.entries.shift();
    log.dropped += 1;
  };
}
