import { connect } from "node:net";

/**
 * Sends xAPI requests over connections that are kept, and refuses to measure errors. By sockets alone: whoever asks shares the machine with
 * what is measured, and the bare way asks nobody over HTTP.
 */
export function sender(url: string, authorization: string): (method: string, query: string, body?: string) => Promise<void> {
  const { hostname, port, host, pathname } = new URL(url);
  const head = `Host: ${host}\r\nAuthorization: ${authorization}\r\nX-Experience-API-Version: 2.0.0\r\nContent-Type: application/json\r\n`;
  const free: Ask[] = [];
  return async (method, query, body = "") => {
    const ask = free.pop() ?? connection(hostname, Number(port));
    const status = await ask(`${method} ${pathname}${query && `?${query}`} HTTP/1.1\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    if (status !== "200") throw new Error(`${method} ${url} answered ${status}`);
    free.push(ask);
  };
}

/** Sends a request and waits for the whole answer; the status of it. One at a time. */
type Ask = (request: string) => Promise<string>;

function connection(host: string, port: number): Ask {
  const socket = connect({ host, port, noDelay: true }).setEncoding("latin1");
  let answer = "";
  let settle: { resolve(status: string): void; reject(error: Error): void } | undefined;
  socket.on("data", (text: string) => {
    answer += text;
    const [head, status, length] = /^HTTP\/1\.1 (\d+)[^]*?\r\nContent-Length: (\d+)[^]*?\r\n\r\n/i.exec(answer) ?? [];
    if (head === undefined || answer.length < head.length + Number(length)) return;
    answer = "";
    settle?.resolve(status!);
  });
  socket.on("error", (error) => settle?.reject(error)).on("close", () => settle?.reject(new Error("The connection was closed.")));
  return (request) =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
      socket.write(request);
    });
}
