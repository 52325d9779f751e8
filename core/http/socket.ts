import type { WebSocket } from "ws";

/** The WebSocket of somebody who was let in, for messages of JSON both ways. */
export interface Socket {
  /** Sends a value as JSON. A reader that has fallen 1 MiB behind is dropped with 4008; what is sent to a closed socket is lost. */
  send(value: unknown): void;
  /** Hears what the other side says, to be called before anything is awaited. What is no JSON closes the socket with 1007. */
  onMessage(listener: (value: unknown) => void): void;
  /** Aborted when the socket is closed, by whichever side. */
  readonly closed: AbortSignal;
  /** Closes with a code of RFC 6455, or one of ours from 4000, and up to 123 bytes of why. */
  close(code?: number, reason?: string): void;
}

/** Codes that our sockets close with beside those of RFC 6455; they speak of the HTTP status that would have been. */
export const closeCodes = { notAllowed: 4003, tooSlow: 4008 } as const;

const bufferedBytesAtMost = 1024 * 1024;
const closingMs = 5_000;

/** A WebSocket as handlers see it. */
export function socketOver(ws: WebSocket): Socket {
  const closing = new AbortController();
  const close = (code = 1000, reason = ""): void => {
    ws.close(code, reason);
    // whoever does not even read that it is over
    setTimeout(() => ws.terminate(), closingMs).unref();
  };
  ws.on("close", () => closing.abort());
  ws.on("error", () => ws.terminate());
  return {
    closed: closing.signal,
    close,
    send(value) {
      if (ws.readyState !== ws.OPEN) return;
      if (ws.bufferedAmount > bufferedBytesAtMost) return close(closeCodes.tooSlow, "This reader is too slow; connect again to go on.");
      ws.send(JSON.stringify(value));
    },
    onMessage: (listener) =>
      void ws.on("message", (bytes: Buffer) => {
        let value: unknown;
        try {
          value = JSON.parse(bytes.toString());
        } catch {
          return close(1007, "Only JSON is spoken here.");
        }
        listener(value);
      }),
  };
}
