import pg from "pg";

/** One connection kept for what belongs to a connection: advisory locks, which die with it, and notifications. */
export interface Session {
  /** Takes the lock called `key` if nobody has it, in this process or another; false without a connection. */
  tryLock(key: string): Promise<boolean>;
  unlock(key: string): Promise<void>;
  close(): Promise<void>;
}

export interface SessionOptions {
  url: string;
  channels: readonly string[];
  /** A notification came; or, without a channel, some may have been missed while there was no connection. */
  onNotification(channel?: string): void;
  onError(error: unknown): void;
}

/** Connects, and connects again a second after the connection was lost. */
export function openSession({ url, channels, onNotification, onError }: SessionOptions): Session {
  const held = new Set<string>();
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let client: pg.Client | undefined;
  let connecting = connect();

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: "cadre feeds", keepAlive: true });
    const lost = (error?: unknown): void => {
      next.removeAllListeners().on("error", () => undefined);
      void next.end().catch(() => undefined);
      if (client === next) client = undefined;
      held.clear();
      if (closed) return;
      onError(error ?? new Error("The connection for feeds was lost."));
      retry = setTimeout(() => (connecting = connect()), 1000);
    };
    try {
      next.once("error", lost).once("end", lost);
      next.on("notification", ({ channel }) => onNotification(channel));
      await next.connect();
      for (const channel of channels) await next.query(`listen ${next.escapeIdentifier(channel)}`);
      client = next;
      onNotification();
    } catch (error) {
      lost(error);
    }
  }

  return {
    async tryLock(key) {
      await connecting;
      if (!client || held.has(key)) return false;
      held.add(key);
      const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock(hashtextextended($1, 0)) as locked", [key]);
      if (!rows[0]?.locked) held.delete(key);
      return rows[0]?.locked === true;
    },
    async unlock(key) {
      if (held.delete(key)) await client?.query("select pg_advisory_unlock(hashtextextended($1, 0))", [key]);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await connecting;
      await client?.end();
    },
  };
}
