import type { EventName, PayloadOf } from "../kernel/catalogue.ts";
import type { Context } from "../kernel/context.ts";
import { CadreError } from "../kernel/errors.ts";
import type { Host } from "../kernel/host.ts";
import { newId } from "../kernel/ids.ts";
import type { ContributionDeclaration } from "../kernel/plugin.ts";
import { checker } from "../kernel/schema.ts";
import type { Boss } from "./boss.ts";
import type { OutgoingEvent, Outbox } from "./context.ts";
import { announce } from "./feeds.ts";
import { jobQueues } from "./jobs.ts";
import { retriesOf, retryProblems, type Delivery, type Letter, type Queue, type Retries } from "./queue.ts";
import { sql } from "./sql.ts";

/** Receives a durable event after its commit: at least once, never a veto; `delivery.id` is the event's, for idempotence. */
export type Subscriber<N extends EventName, Config> = (ctx: Context<Config>, payload: PayloadOf<N>, delivery: Delivery) => Promise<void>;

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** What to do after something has happened: durable, at least once, tried again alone, buried after its attempts, replayable. */
    on?: { [N in EventName]?: Subscriber<N, Config> | (Retries & { run: Subscriber<N, Config> }) };
  }
}

type AnySubscriber = Subscriber<never, unknown>;
type Subscriptions = Record<string, AnySubscriber | (Retries & { run: AnySubscriber })>;

/** One queue for each plugin that listens to an event, `on.stripe.enrollment.withdrawn`. */
export function subscriptionQueues(host: Host): (Queue & { event: string })[] {
  return host.contributions<Subscriptions>("on").flatMap(({ plugin, value }) =>
    Object.entries(value).map(([event, subscriber]) => {
      const { run, ...retries } = typeof subscriber === "function" ? { run: subscriber } : subscriber;
      return { kind: "event" as const, event, name: `on.${plugin}.${event}`, plugin, retries: retriesOf(retries), run: (ctx: Context, content: unknown, delivery: Delivery) => run(ctx, content, delivery) };
    }),
  );
}

/** Writes events and a letter to each subscriber, or a job, through the caller's transaction: all or nothing. */
export function createOutbox(host: Host, boss: Boss, now: () => Date): Outbox {
  const jobs = new Map(jobQueues(host).map((queue) => [queue.name, queue]));
  const subscribers = new Map<string, Queue[]>();
  for (const queue of subscriptionQueues(host)) subscribers.set(queue.event, [...(subscribers.get(queue.event) ?? []), queue]);
  const lettersOf = (events: readonly OutgoingEvent[]): Map<string, Letter[]> => {
    const letters = new Map<string, Letter[]>();
    for (const { id, name, at, payload } of events) {
      for (const queue of subscribers.get(name) ?? []) letters.set(queue.name, [...(letters.get(queue.name) ?? []), { id, at, content: payload }]);
    }
    return letters;
  };
  const fed = host.contributions<object>("feeds").some(({ value }) => "events" in value);
  return {
    outgoing(name, payload, at) {
      const declared = host.eventDeclarations.get(name);
      if (!declared) throw new CadreError("unknown_event", `Nobody declares the event ${name}.`, { status: 500 });
      // read anew from its text, so that what the emitter does to the payload later changes nothing
      const content: unknown = JSON.parse(JSON.stringify(checker(declared.payload)(payload, `payload of ${name}`)));
      return { id: newId(at), name, at: at.toISOString(), payload: content };
    },
    async publish(db, events) {
      const column = <Value>(of: (event: OutgoingEvent) => Value): Value[] => events.map(of);
      db.later(sql`
        insert into event (id, name, payload, at) select id, name, payload, at
        from unnest(${column(({ id }) => id)}::uuid[], ${column(({ name }) => name)}::text[], ${column(({ payload }) => JSON.stringify(payload))}::jsonb[], ${column(({ at }) => at)}::timestamptz[])
          with ordinality as sent(id, name, payload, at, position)
        order by position`);
      for (const [queue, letters] of lettersOf(events)) await boss.send(db, queue, letters);
      if (fed) await announce(db, "events");
    },
    async enqueue(db, name, input, options) {
      const queue = jobs.get(name);
      if (!queue) throw new CadreError("unknown_job", `There is no job ${name}.`, { status: 500 });
      const at = now();
      await boss.send(db, name, [{ id: newId(at), at: at.toISOString(), content: queue.check(input) }], options);
    },
  };
}

export const onField: ContributionDeclaration = {
  summary: "Handlers of durable events.",
  check: (value, _plugin, { plugins }) => {
    const declared = new Set(plugins.flatMap(({ provides }) => Object.keys(provides?.events ?? {})));
    return Object.entries(value as Subscriptions).flatMap(([event, subscriber]) => {
      const { run, ...retries } = typeof subscriber === "function" ? { run: subscriber } : subscriber;
      if (typeof run !== "function") return [`the handler of ${event} is no function`];
      return declared.has(event) ? retryProblems(event, retries) : [`nobody declares the event ${event}`];
    });
  },
};
