import { createClient } from "redis";
import type { Log } from "../../kernel/context.ts";
import { CadreError, messageOf } from "../../kernel/errors.ts";

/** The few things we ask of Redis; every one rejects at once while it is away. */
export interface Redis {
  ready(): boolean;
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  count(key: string, ttlMs: number, by: number): Promise<number>;
  take(key: string, token: string, ttlMs: number): Promise<boolean>;
  release(key: string, token: string): Promise<void>;
  publish(channel: string, text: string): Promise<void>;
  /** From now on, also after a new connection. */
  subscribe(channel: string): void;
  ping(): Promise<void>;
  /** The client itself, for libraries. */
  client: unknown;
  close(): Promise<void>;
}

export interface RedisOptions {
  log: Log;
  onMessage(channel: string, text: string): void;
  /** There is a connection again after there was none. */
  onMissed(): void;
}

/** How long a boot waits for Redis before it goes on without. */
const patienceMs = 1000;
/** A server that says nothing for so long is taken for gone. */
const silenceMs = 3000;

const counting = `local n = redis.call("incrby", KEYS[1], ARGV[1]) if redis.call("pttl", KEYS[1]) < 0 then redis.call("pexpire", KEYS[1], ARGV[2]) end return n`;
const releasing = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;

/** Connects, and connects again with growing pauses whenever the connection is lost. @throws bad_settings */
export async function connectRedis(url: string, { log, onMessage, onMissed }: RedisOptions): Promise<Redis> {
  const client = clientOf(url);
  const listening = client.duplicate();
  let away = false;
  for (const each of [client, listening]) {
    each.on("error", (error: unknown) => {
      if (!away) log.warn({ error }, `Redis is away, and this process goes on without: ${messageOf(error)}`);
      away = true;
    });
  }
  client.on("ready", () => {
    if (away) log.info("Redis is back");
    away = false;
  });
  const channels = new Set<string>();
  const heard = (text: string, channel: string) => onMessage(channel, text);
  const listen = (channel: string) => void listening.subscribe(channel, heard).catch(() => undefined); // away: asked again when it is back
  listening.on("ready", () => {
    channels.forEach(listen);
    onMissed();
  });
  const connecting = Promise.all([client.connect(), listening.connect()]).catch(() => undefined); // told to the listeners above
  await within(patienceMs, connecting);
  return {
    client,
    ready: () => client.isReady,
    get: async (key) => (await client.get(key)) ?? undefined,
    set: async (key, value, ttlMs) => void (await client.set(key, value, { expiration: { type: "PX", value: ttlMs } })),
    delete: async (key) => void (await client.del(key)),
    count: async (key, ttlMs, by) => Number(await client.eval(counting, { keys: [key], arguments: [String(by), String(ttlMs)] })),
    take: async (key, token, ttlMs) => (await client.set(key, token, { condition: "NX", expiration: { type: "PX", value: ttlMs } })) !== null,
    release: async (key, token) => void (await client.eval(releasing, { keys: [key], arguments: [token] })),
    publish: async (channel, text) => void (await client.publish(channel, text)),
    subscribe(channel) {
      channels.add(channel);
      if (listening.isReady) listen(channel);
    },
    ping: async () => void (await client.ping()),
    async close() {
      client.destroy();
      listening.destroy();
    },
  };
}

function clientOf(url: string) {
  try {
    return createClient({
      url,
      disableOfflineQueue: true,
      pingInterval: silenceMs / 3,
      socket: { connectTimeout: silenceMs, socketTimeout: silenceMs, reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 10), 5000) },
    });
  } catch (error) {
    throw new CadreError("bad_settings", `REDIS_URL is no address of a Redis server, such as redis://localhost:6379: ${messageOf(error)}.`, { status: 500, cause: error });
  }
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer);
}
