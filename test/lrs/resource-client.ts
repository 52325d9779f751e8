import type { CredentialWish } from "../../core/lrs/credentials/commands.ts";
import type { Scope } from "../../core/lrs/credentials/credential.ts";
import type { TestAnswer, TestHost } from "../../core/testing/index.ts";
import { client } from "./http-support.ts";

export interface Sending {
  /** Sent as JSON unless it is bytes or text. */
  body?: unknown;
  /** Those that are undefined are left out. */
  headers?: Record<string, string | undefined>;
}

/** Asks one resource of xAPI over HTTP. */
export type Resource = (method: string, query?: Record<string, string> | string, sending?: Sending) => Promise<TestAnswer & { bytes: Buffer }>;

/** A client with a key of its own, asking the resource at `path` in this version. */
export async function resource(host: TestHost, path: string, version: "1.0.3" | "2.0.0" = "2.0.0", scopes?: Scope[], wish?: Partial<CredentialWish>): Promise<Resource> {
  const { authorization } = await client(host, scopes, wish);
  return async (method, query = "", { body, headers } = {}) => {
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const all = { Authorization: authorization, "X-Experience-API-Version": version, ...(body !== undefined && { "Content-Type": "application/json" }), ...headers };
    const response = await fetch(`${host.url}${path}?${new URLSearchParams(query).toString()}`, {
      method,
      headers: Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined)),
      body: body === undefined ? undefined : raw ? (body as BodyInit) : JSON.stringify(body),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    return { status: response.status, headers: response.headers, bytes, text, json: /json/.test(response.headers.get("content-type") ?? "") && text !== "" ? (JSON.parse(text) as unknown) : undefined };
  };
}

/** The code of a refusal, after its status. */
export async function refused(answer: ReturnType<Resource>): Promise<string> {
  const { status, json } = await answer;
  return `${status} ${(json as { code?: string } | undefined)?.code ?? ""}`;
}

export const ann = JSON.stringify({ mbox: "mailto:ann@example.org" });
export const activityId = "http://example.org/activities/one";
