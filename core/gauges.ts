import { queueStates, type QueueState } from "./db/backlog.ts";
import type { Database } from "./db/database.ts";
import { feedLags, readersOf } from "./db/feeds.ts";
import type { Jobs } from "./db/work.ts";
import type { Measures } from "./http/measures.ts";
import type { Host } from "./kernel/host.ts";

const believedMs = 1000;

/** Adds to `/metrics` what lies in the queues, how far feeds lag, and how the pool is used. */
export function measureWork(measures: Measures, { database, jobs, host }: { database: Database; jobs: Jobs; host: Host }): void {
  const queues = recently(() => queueStates(database, jobs));
  const readers = readersOf(host);
  const queueGauge = (name: string, help: string, read: (state: QueueState) => number) =>
    measures.gauge(name, help, async () => new Map((await queues()).map((state) => [state.name, read(state)])), "queue");
  queueGauge("cadre_queue_waiting", "Letters that could be worked on now.", ({ waiting }) => waiting);
  queueGauge("cadre_queue_delayed", "Letters that wait for their time or their next try.", ({ delayed }) => delayed);
  queueGauge("cadre_queue_active", "Letters that are being worked on.", ({ active }) => active);
  queueGauge("cadre_queue_dead", "Letters that failed in every try.", ({ buried }) => buried);
  queueGauge("cadre_queue_oldest_waiting_seconds", "For how long the oldest letter that could be worked on has been waiting.", ({ oldestWaitingSeconds }) => oldestWaitingSeconds);
  measures.gauge("cadre_feed_lag_rows", "Rows a feed's reader has yet to read, 10000 at most.", () => feedLags(database, readers), "reader");
  measures.gauge("cadre_database_sessions_used", "Sessions of the pool in use.", () => database.pool().used);
  measures.gauge("cadre_database_sessions_free", "Sessions of the pool that are open and unused.", () => database.pool().free);
  measures.gauge("cadre_database_sessions_waiting", "Askers that wait for a session of the pool.", () => database.pool().waiting);
}

/** One question for all gauges that are read together. */
function recently<T>(read: () => Promise<T>): () => Promise<T> {
  let asked = 0;
  let answer: Promise<T> | undefined;
  return () => {
    if (!answer || performance.now() - asked > believedMs) {
      asked = performance.now();
      answer = read();
      answer.catch(() => (answer = undefined));
    }
    return answer;
  };
}
