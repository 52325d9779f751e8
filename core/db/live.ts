import { randomUUID } from "node:crypto";
import type { Log } from "../kernel/context.ts";
import { messageOf } from "../kernel/errors.ts";
import { createMemory } from "./live/memory.ts";
import type { Redis } from "./live/redis.ts";

/** What came in on a channel; nothing when messages may have been missed, so that a listener forgets all it believes. */
export type Listener = (message: string | undefined) => void;

/**
 * What the processes of a site share and can lose at any time: in Redis, or in this process alone without one and while it is away.
 * Nothing here decides anything: what must be true is in PostgreSQL.
 */
export interface Live {
  get(key: string): Promise<string | undefined>;
  /** Keeps a value for `ttlMs`. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds to a counter that begins at 0 and is gone `ttlMs` after its first count; what it is then. */
  count(key: string, ttlMs: number, by?: number): Promise<number>;
  /** Tells every listener: those of this process at once, those of others as soon as Redis does. Never rejects. */
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, listener: Listener): void;
  /** Takes the lock if nobody has it, for `ttlMs` at most: it spares work that would be done twice, and guards nothing. Answers how to let go. */
  tryLock(key: string, ttlMs: number): Promise<(() => Promise<void>) | undefined>;
  /** For libraries that keep their own keys in Redis; nothing without one. */
  readonly redis?: { client: unknown; prefix: string };
  /** How Redis answers, and how to mend it; nothing without one. */
  health(): Promise<{ ok: boolean; detail: string } | undefined>;
  close(): Promise<void>;
}

declare module "../kernel/context.ts" {
  interface Site {
    readonly live: Live;
  }
}

export interface LiveOptions {
  /** `redis://`, `rediss://` or `unix://`; empty: without Redis. */
  redisUrl: string;
  /** Before every key and channel, so that sites can share a server. */
  prefix: string;
  now(): Date;
  log: Log;
}

/** Opens what processes share. Redis need not be there yet: it is used as soon as it is. @throws bad_settings for an address that is none */
export async function openLive({ redisUrl, prefix, now, log }: LiveOptions): Promise<Live> {
  const memory = createMemory(now);
  const listeners = new Map<string, Listener[]>();
  const tell = (channel: string, message: string | undefined) => listeners.get(channel)?.forEach((listener) => listener(message));
  const own = randomUUID();
  // Loaded where there is one to talk to: the client is a fifth of all the files that a start reads.
  const redis: Redis | undefined = redisUrl
    ? await (await import("./live/redis.ts")).connectRedis(redisUrl, {
        log,
        onMessage(channel, text) {
          const [sender, message] = JSON.parse(text) as [string, string];
          if (sender !== own) tell(channel.slice(prefix.length), message);
        },
        onMissed: () => [...listeners.keys()].forEach((channel) => tell(channel, undefined)),
      })
    : undefined;

  /** By Redis; by this process while Redis is away, which its listener has logged. */
  const shared = async <T>(byRedis: (redis: Redis) => Promise<T>, byMemory: () => T): Promise<T> => {
    if (!redis?.ready()) return byMemory();
    return byRedis(redis).catch(byMemory);
  };
  return {
    get: (key) => shared(({ get }) => get(prefix + key), () => memory.get(key)),
    set: (key, value, ttlMs) => shared(({ set }) => set(prefix + key, value, ttlMs), () => memory.set(key, value, ttlMs)),
    async delete(key) {
      memory.delete(key);
      await shared((redis) => redis.delete(prefix + key), () => undefined);
    },
    count: (key, ttlMs, by = 1) => shared(({ count }) => count(prefix + key, ttlMs, by), () => memory.count(key, ttlMs, by)),
    async publish(channel, message) {
      tell(channel, message);
      await shared(({ publish }) => publish(prefix + channel, JSON.stringify([own, message])), () => undefined);
    },
    subscribe(channel, listener) {
      const others = listeners.get(channel);
      listeners.set(channel, [...(others ?? []), listener]);
      if (!others) redis?.subscribe(prefix + channel);
    },
    async tryLock(key, ttlMs) {
      const token = randomUUID();
      const taken = await shared(({ take }) => take(prefix + key, token, ttlMs), () => memory.take(key, token, ttlMs));
      if (!taken) return undefined;
      return async () => {
        memory.release(key, token);
        await shared(({ release }) => release(prefix + key, token), () => undefined);
      };
    },
    redis: redis && { client: redis.client, prefix },
    async health() {
      if (!redis) return undefined;
      const started = performance.now();
      try {
        await redis.ping();
        return { ok: true, detail: `Redis answered in ${Math.round(performance.now() - started)} ms.` };
      } catch (error) {
        return { ok: false, detail: `Redis does not answer (${messageOf(error)}): each process limits and remembers by itself. See that it runs and that REDIS_URL is right, or unset that.` };
      }
    },
    close: async () => redis?.close(),
  };
}
