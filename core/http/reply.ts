import type { Readable } from "node:stream";

/** What a route answers when a plain JSON value with status 200 is not enough. */
export class Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: ReplyBody;
  constructor(status: number, body: ReplyBody, headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  /** The same answer with more headers. */
  with(headers: Record<string, string>): Reply {
    return new Reply(this.status, this.body, { ...this.headers, ...headers });
  }
}

export type ReplyBody =
  | { kind: "empty" }
  | { kind: "json"; value: unknown }
  | { kind: "bytes"; bytes: Buffer | string; type: string }
  | { kind: "stream"; stream: Readable; type: string }
  | { kind: "page"; template: string; data: object };

/** 201 with the new thing and where it is. */
export const created = (location: string, value: unknown): Reply => new Reply(201, { kind: "json", value }, { Location: location });
/** 202: the work goes on, and `location` tells how it stands. */
export const accepted = (location: string, value: unknown = {}): Reply => new Reply(202, { kind: "json", value }, { Location: location });
export const noContent = (): Reply => new Reply(204, { kind: "empty" });
/** JSON with a status or headers of its own. */
export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Reply => new Reply(status, { kind: "json", value }, headers);
/** A page from a handlebars template: a core one (`"course"`) or a plugin's own (`"stripe/receipts"`). */
export const page = (template: string, data: object, status = 200): Reply => new Reply(status, { kind: "page", template, data });
/** 303: after a form, look there. */
export const redirect = (location: string): Reply => new Reply(303, { kind: "empty" }, { Location: location });
export const bytes = (body: Buffer | string, type: string, status = 200): Reply => new Reply(status, { kind: "bytes", bytes: body, type });
export const stream = (body: Readable, type: string, status = 200): Reply => new Reply(status, { kind: "stream", stream: body, type });
