import type { CommitRequest, CommitResponse, Entry } from "../../runtime/journal.ts";

/** How a commit went. `refused` will not get better by trying again; `unreachable` may. */
export type CommitOutcome =
  | { is: "saved"; response: CommitResponse }
  | { is: "gap"; expectedSeq: number }
  | { is: "refused"; status: number }
  | { is: "unreachable"; retryAfterMs: number | null };

/** Where and as whom to post. */
export interface CommitTarget {
  commitUrl: string;
  token: string;
  timeoutMs: number;
}

// Browsers allow 64 KiB for all keepalive bodies under way together.
const keepaliveBytes = 60_000;

/** Posts a piece of journal; outlives the page when it is small enough. Never throws. */
export async function postCommit({ commitUrl, token, timeoutMs }: CommitTarget, request: CommitRequest): Promise<CommitOutcome> {
  const body = JSON.stringify(request);
  try {
    const answer = await fetch(commitUrl, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body,
      keepalive: byteLength(body) <= keepaliveBytes,
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.ok) return { is: "saved", response: (await answer.json()) as CommitResponse };
    if (answer.status === 409) return { is: "gap", expectedSeq: ((await answer.json()) as { expectedSeq: number }).expectedSeq };
    if (answer.status >= 500 || answer.status === 408 || answer.status === 425 || answer.status === 429) {
      return { is: "unreachable", retryAfterMs: Number(answer.headers.get("retry-after")) * 1000 || null };
    }
    return { is: "refused", status: answer.status };
  } catch {
    return { is: "unreachable", retryAfterMs: null };
  }
}

/** Hands a piece of journal to the browser to send after the page is gone; false when it would not take it. */
export function beaconCommit(commitUrl: string, request: CommitRequest): boolean {
  return navigator.sendBeacon(commitUrl, new Blob([JSON.stringify(request)], { type: "application/json" }));
}

/** Cuts a journal into pieces of at most `maxBytes` of JSON, at least one entry each. */
export function chunksOf(entries: readonly Entry[], maxBytes: number): Entry[][] {
  const chunks: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = byteLength(JSON.stringify(entry)) + 1;
    if (size > room || chunks.length === 0) {
      chunks.push([]);
      room = maxBytes;
    }
    chunks.at(-1)?.push(entry);
    room -= size;
  }
  return chunks;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
