import type { Context } from "../kernel/context.ts";
import { CadreError } from "../kernel/errors.ts";

/** How work is tried again when it fails, and how much of it at once. */
export interface Retries {
  /** How often it is tried before it is buried; 8 unless told. */
  attempts?: number;
  /** Seconds before the second try, about doubled for each further one up to an hour; 10 unless told, 0 for at once. */
  retrySeconds?: number;
  /** A try that takes longer has failed; 300 unless told. */
  timeoutSeconds?: number;
  /** How many are worked on at once in one process; 10 unless told. */
  concurrency?: number;
}

/** One try at delivering an event or running a job. */
export interface Delivery {
  /** The event's or job's id: the same in every try and replay, so it serves as an idempotency key. */
  id: string;
  /** 1 for the first try. */
  attempt: number;
  /** When the event happened or the job was queued. */
  at: Date;
  /** Aborted when the time is up or the process stops; pass it to `ctx.fetch`. */
  signal: AbortSignal;
}

/** One kind of work: a plugin's job, or a plugin's subscription to an event. Each has a queue to itself, so none delays another. */
export interface Queue {
  /** `stripe.settle`, or `on.stripe.enrollment.created`. */
  name: string;
  kind: "job" | "event";
  plugin: string;
  retries: Required<Retries>;
  run(ctx: Context, content: unknown, delivery: Delivery): Promise<void>;
}

/** What lies in a queue. `id` and `at` stay through every try and replay. */
export interface Letter {
  id: string;
  /** RFC 3339. */
  at: string;
  content: unknown;
}

/** Retries with everything that was not told filled in. */
export function retriesOf({ attempts = 8, retrySeconds = 10, timeoutSeconds = 300, concurrency = 10 }: Retries = {}): Required<Retries> {
  return { attempts, retrySeconds, timeoutSeconds, concurrency };
}

/** What is wrong with `retries`, for the report at boot. */
export function retryProblems(name: string, retries: Retries): string[] {
  const { attempts, retrySeconds, timeoutSeconds, concurrency } = retriesOf(retries);
  const whole = (field: string, value: number, least: number) => (Number.isInteger(value) && value >= least ? [] : [`${name}: ${field} must be a whole number from ${least}`]);
  return [...whole("attempts", attempts, 1), ...whole("retrySeconds", retrySeconds, 0), ...whole("timeoutSeconds", timeoutSeconds, 1), ...whole("concurrency", concurrency, 1)];
}

/** Runs `work` with a signal that is aborted after `seconds` or with `outer`. @throws timed_out (500) */
export async function inTime<T>(seconds: number, outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const late = new CadreError("timed_out", `This took longer than ${seconds} seconds.`, { status: 500 });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      own.abort(late);
      reject(late);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(outer ? AbortSignal.any([outer, own.signal]) : own.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
