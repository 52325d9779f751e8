import type { Entry } from "../../runtime/journal.ts";

/** What one launch left unacknowledged, in order. */
export interface LeftBehind {
  launchId: string;
  entries: Entry[];
}

/** Keeps journal entries on this device until the server has acknowledged them. Writing never throws: the outbox is the second net, not the first. */
export interface Outbox {
  /** Survives the page even when called while it unloads. */
  put(launchId: string, entries: readonly Entry[]): void;
  acknowledge(launchId: string, ackSeq: number): void;
  /** All launches of the scope, the oldest first. */
  leftBehind(): Promise<LeftBehind[]>;
}

interface Row {
  launchId: string;
  scope: string;
  seq: number;
  entry: Entry;
}

/** Long, for on a busy machine what an earlier page left would be passed over otherwise. */
const openMs = 5000;
const keptMs = 30 * 24 * 3600_000;

/** Opens the outbox of one scope in IndexedDB; where the browser has none to give within five seconds, nothing is kept beyond this page. */
export async function openOutbox(scope: string, nowMs: number): Promise<Outbox> {
  const database = await Promise.race([openDatabase(), new Promise<null>((resolve) => setTimeout(() => resolve(null), openMs))]);
  if (!database) return { put() {}, acknowledge() {}, leftBehind: async () => [] };

  function write(change: (store: IDBObjectStore) => void): void {
    try {
      const transaction = database!.transaction("entries", "readwrite", { durability: "relaxed" });
      change(transaction.objectStore("entries"));
      // Without waiting for the event loop, which an unloading page does not have any more.
      transaction.commit();
    } catch {
      // A database that the browser closed or filled up: the entries are still being sent.
    }
  }

  return {
    put: (launchId, entries) => write((store) => entries.forEach((entry) => store.put({ launchId, scope, seq: entry[0], entry } satisfies Row))),
    acknowledge: (launchId, ackSeq) => write((store) => store.delete(IDBKeyRange.bound([launchId, 0], [launchId, ackSeq]))),
    leftBehind: async () => {
      const rows = await rowsOf(database, scope);
      const stale = rows.filter(({ entry }) => entry[1] < nowMs - keptMs);
      if (stale.length > 0) write((store) => stale.forEach(({ launchId, seq }) => store.delete([launchId, seq])));
      const launches = new Map<string, Entry[]>();
      for (const { launchId, entry } of rows) {
        if (entry[1] >= nowMs - keptMs) launches.set(launchId, [...(launches.get(launchId) ?? []), entry]);
      }
      return [...launches].map(([launchId, entries]) => ({ launchId, entries })).sort((one, other) => (one.entries[0]?.[1] ?? 0) - (other.entries[0]?.[1] ?? 0));
    },
  };
}

function openDatabase(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open("cadre-outbox", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: ["launchId", "seq"] }).createIndex("scope", "scope");
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

function rowsOf(database: IDBDatabase, scope: string): Promise<Row[]> {
  return new Promise((resolve) => {
    try {
      const request = database.transaction("entries").objectStore("entries").index("scope").getAll(scope);
      request.onsuccess = () => resolve(request.result as Row[]);
      request.onerror = () => resolve([]);
    } catch {
      resolve([]);
    }
  });
}
