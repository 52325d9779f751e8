import { client, requestOf } from "./client.ts";

/** Sends xAPI requests over so many connections that are kept; refuses to measure errors. */
export function sender(url: string, authorization: string, connections: number): (method: string, query: string, body?: string) => Promise<void> {
  const ask = client(url, connections);
  const headers = { Authorization: authorization, "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json" };
  return (method, query, body) => ask(requestOf(method, query ? `${url}?${query}` : url, headers, body));
}
