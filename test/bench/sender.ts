import { Agent, request } from "node:http";

/** Sends xAPI requests over connections that are kept; refuses to measure errors. */
export function sender(url: string, authorization: string, sockets: number): (method: string, query: string, body?: string) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const headers = { Authorization: authorization, "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json" };
  return (method, query, body) =>
    new Promise((resolve, reject) => {
      const asked = request(query ? `${url}?${query}` : url, { method, agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${method} ${url} answered ${response.statusCode}`));
        response.resume().once("end", resolve).once("error", reject);
      });
      asked.once("error", reject).end(body);
    });
}
