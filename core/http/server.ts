import type { Duplex } from "node:stream";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type Koa from "koa";
import { CadreError } from "../kernel/errors.ts";

/** A listening server. */
export interface Listening {
  port: number;
  server: Server;
  /** Hands requests to an application; those that come before wait. */
  answer(app: Koa): void;
  /** Hands over connections that ask to be upgraded. */
  upgrade(take: (request: IncomingMessage, connection: Duplex, head: Buffer) => void): void;
  /** Takes no new requests, lets running ones end, and cuts what is left after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

/** Listens. @throws port_taken, port_forbidden naming the setting that cures it */
export async function listen(host: string, port: number, setting: string): Promise<Listening> {
  const waiting: [IncomingMessage, ServerResponse][] = [];
  let handle: RequestListener = (...request) => void waiting.push(request);
  const server = createServer((...request) => void handle(...request));
  server.requestTimeout = 0; // uploads of gigabytes; `headersTimeout` still guards against slow headers
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(unusable(error, host, port, setting)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    server,
    answer: (app) => {
      handle = app.callback() as RequestListener;
      for (const request of waiting.splice(0)) void handle(...request);
    },
    upgrade: (take) => void server.on("upgrade", take),
    stop: (graceMs = 5000) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function unusable(error: NodeJS.ErrnoException, host: string, port: number, setting: string): CadreError {
  if (error.code === "EADDRINUSE") {
    return new CadreError("port_taken", `Port ${port} on ${host} is taken by another program; stop it, or set ${setting} to another port.`, { status: 500, cause: error });
  }
  if (error.code === "EACCES") return new CadreError("port_forbidden", `This user may not listen on port ${port}; set ${setting} to one above 1023.`, { status: 500, cause: error });
  return new CadreError("cannot_listen", `Cadre can't listen on ${host}:${port}: ${error.message}.`, { status: 500, cause: error });
}
