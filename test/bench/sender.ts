import { client, requestOf } from "./client.ts";

/** Sends xAPI requests, each over a connection of its own that is kept for the next; refuses to measure errors. */
export function sender(url: string, authorization: string): (method: string, query: string, body?: string) => Promise<void> {
  const ask = client(url);
  const headers = { Authorization: authorization, "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json" };
  return (method, query, body) => ask(requestOf(method, query ? `${url}?${query}` : url, headers, body));
}
