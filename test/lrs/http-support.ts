import type { Scope } from "../../core/lrs/credentials/credential.ts";
import * as credentials from "../../core/lrs/credentials/commands.ts";
import type { TestAnswer, TestHost } from "../../core/testing/index.ts";

/** A client of the record store over HTTP, as content and tools are. */
export interface Client {
  authorization: string;
  send(method: string, query: string | Record<string, string>, options?: { body?: unknown; headers?: Record<string, string | undefined> }): Promise<TestAnswer>;
  post(body: unknown): Promise<TestAnswer>;
  /** The statements of an answer to these parameters. */
  find(query: Record<string, string>): Promise<Record<string, unknown>[]>;
}

/** A client with a new key. */
export async function client(host: Pick<TestHost, "context" | "url">, scopes: Scope[] = ["all"], wish: Partial<credentials.CredentialWish> = {}): Promise<Client> {
  const { key, secret } = await credentials.create(host.context, { label: "Test", scopes, expiresInDays: null, ...wish });
  return clientBy(host, basic(key, secret));
}

/** A client by what it is authorized with; headers that are undefined are left out. */
export function clientBy(host: Pick<TestHost, "url">, authorization: string): Client {
  const send: Client["send"] = async (method, query, { body, headers } = {}) => {
    const all = { Authorization: authorization, "X-Experience-API-Version": "2.0.0", ...(body !== undefined && { "Content-Type": "application/json" }), ...headers };
    const response = await fetch(`${host.url}/xapi/statements?${new URLSearchParams(query).toString()}`, {
      method,
      headers: Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined)),
      body: body === undefined || typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit | undefined) : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as unknown) : undefined };
  };
  return {
    authorization,
    send,
    post: (body) => send("POST", "", { body }),
    find: async (query) => ((await send("GET", query)).json as { statements: Record<string, unknown>[] }).statements,
  };
}

export const basic = (key: string, secret: string): string => `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
