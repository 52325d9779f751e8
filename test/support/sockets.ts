import { WebSocket } from "ws";
import type { TestBrowser } from "../../core/testing/index.ts";

/** A WebSocket as a test uses it: what comes is kept until it is asked for. */
export interface TestSocket {
  /** The next message, as JSON. */
  next(): Promise<unknown>;
  send(value: unknown): void;
  /** How it was closed, or will be. */
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
  ws: WebSocket;
}

/** Opens a socket with these headers; or answers the status and code it was refused with. */
export function openSocket(url: string, headers: Record<string, string> = {}): Promise<TestSocket | { status: number; code: string }> {
  const ws = new WebSocket(url.replace(/^http/, "ws"), { headers });
  const waiting: ((message: unknown) => void)[] = [];
  const messages: unknown[] = [];
  ws.on("message", (bytes: Buffer) => {
    const message: unknown = JSON.parse(bytes.toString());
    const reader = waiting.shift();
    if (reader) reader(message);
    else messages.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => ws.on("close", (code, reason) => resolve({ code, reason: reason.toString() })));
  return new Promise((resolve, reject) => {
    ws.on("unexpected-response", (_, response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, code: (JSON.parse(body) as { code: string }).code }));
    });
    ws.on("error", (error) => reject(error));
    ws.on("open", () =>
      resolve({
        ws,
        closed,
        send: (value) => ws.send(JSON.stringify(value)),
        next: () => new Promise((resolve) => (messages.length > 0 ? resolve(messages.shift()) : waiting.push(resolve))),
        close: () => ws.close(),
      }),
    );
  });
}

/** The same, for those that are to be let in. */
export async function letIn(url: string, headers?: Record<string, string>): Promise<TestSocket> {
  const socket = await openSocket(url, headers);
  if ("status" in socket) throw new Error(`refused with ${socket.status} ${socket.code}`);
  return socket;
}

/** The headers that a browser sends from a page of `origin`. */
export const asBrowser = ({ cookies }: TestBrowser, origin: string): Record<string, string> => ({ Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "), Origin: origin });
