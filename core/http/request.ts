import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Followed } from "./arriving.ts";

/** How a cookie is set; always HttpOnly and SameSite=Lax, and Secure where the site is. */
export interface CookieOptions {
  maxAgeS?: number;
}

/** What a handler may know of the HTTP request beyond its checked input. */
export interface RawRequest {
  readonly id: string;
  readonly method: string;
  /** As it came, without the query; what routes are found by. */
  readonly path: string;
  readonly url: URL;
  /** Those of the query, as they came. */
  readonly parameters: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The address of the client, after trusted proxies. */
  readonly ip: string;
  /** The body as it comes, on routes with `body: "stream"`. */
  readonly stream: IncomingMessage;
  cookie(name: string): string | undefined;
  setCookie(name: string, value: string | null, options?: CookieOptions): void;
  /** Says something on the next page this browser is shown. */
  flash(kind: "good" | "info" | "warn" | "bad", text: string): void;
}

/** A file that arrived by a multipart form, already on disk; it is removed when the handler is done. */
export interface UploadedFile {
  field: string;
  /** The name the browser told; never used as a path. */
  fileName: string;
  path: string;
  sizeBytes: number;
  /** What the route's `upload.follow` began with it. */
  followed?: Followed;
}
