import { connect, type Socket } from "node:net";

/** A request as text, and what is to be done with its answer's body. */
export type Ask = (request: string) => Promise<void>;

/**
 * A client that spends next to nothing, for on two cores whoever asks takes from who answers: connections that are kept, one request at a time on
 * each, of which only status and length are read. Refuses to measure errors, and answers without a Content-Length.
 */
export function client(url: string): Ask {
  const { hostname, port } = new URL(url);
  const idle: Connection[] = [];
  return async (request) => {
    const connection = idle.pop() ?? new Connection(connect({ host: hostname, port: Number(port), noDelay: true }));
    await connection.ask(request);
    idle.push(connection);
  };
}

/** The text of a request. */
export function requestOf(method: string, url: string, headers: Record<string, string>, body = ""): string {
  const { host, pathname, search } = new URL(url);
  const all = { Host: host, ...headers, ...(body && { "Content-Length": String(Buffer.byteLength(body)) }) };
  return `${method} ${pathname}${search} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

class Connection {
  private readonly socket: Socket;
  private head = "";
  /** Bytes of the body still to come; undefined before the end of the head. */
  private missing?: number;
  private settle?: { resolve: () => void; reject: (error: Error) => void };

  constructor(socket: Socket) {
    this.socket = socket.unref();
    socket.on("data", (piece) => this.read(piece)).once("error", (error) => this.settle?.reject(error)).once("close", () => this.settle?.reject(new Error("The connection was closed.")));
  }

  ask(request: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.socket.ref().write(request);
    });
  }

  private read(piece: Buffer): void {
    if (this.missing !== undefined) return this.rest(piece.length);
    this.head += piece.toString("latin1");
    const end = this.head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const status = Number(this.head.slice(9, 12));
    const length = /^content-length: *(\d+)/im.exec(this.head)?.[1];
    const begun = this.head.length - end - 4;
    if (status !== 200 || length === undefined) return this.settle?.reject(new Error(`It was answered ${status}: ${this.head.slice(end + 4)}`));
    this.head = "";
    this.missing = Number(length);
    this.rest(begun);
  }

  private rest(bytes: number): void {
    this.missing = (this.missing ?? 0) - bytes;
    if (this.missing > 0) return;
    this.missing = undefined;
    this.socket.unref();
    this.settle?.resolve();
  }
}
