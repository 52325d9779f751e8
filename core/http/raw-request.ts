import type { Context as KoaContext } from "koa";
import type { RawRequest } from "./request.ts";

/** The request as handlers see it. `secure` marks every cookie Secure, also on a connection that a proxy encrypts without our knowing. */
export function rawRequest(koa: KoaContext, id: string, secure: boolean): RawRequest {
  let parameters: URLSearchParams | undefined;
  const setCookie = (name: string, value: string | null, maxAge?: number): void => {
    koa.cookies.secure = secure;
    koa.cookies.set(name, value, { httpOnly: true, sameSite: "lax", secure, overwrite: true, maxAge });
  };
  return {
    id,
    method: koa.method,
    path: koa.path,
    // Most handlers have no use for it, and it takes longer to read than to find the route.
    get url() {
      return koa.URL.href === undefined ? withoutHost(koa.originalUrl) : koa.URL;
    },
    get parameters() {
      return (parameters ??= new URLSearchParams(koa.querystring));
    },
    headers: koa.headers,
    ip: koa.ip,
    stream: koa.req,
    cookie: (name) => koa.cookies.get(name),
    setCookie: (name, value, { maxAgeS } = {}) => setCookie(name, value, maxAgeS === undefined ? undefined : maxAgeS * 1000),
    flash: (kind, text) => setCookie(flashCookie, Buffer.from(JSON.stringify([{ kind, text }])).toString("base64url"), 60_000),
  };
}

/** The address of a request whose Host header is none: only what comes after the host counts. */
const withoutHost = (target: string): URL => new URL(`http://unknown.invalid/${target.replace(/^\/+/, "")}`);

const flashCookie = "cadre_flash";

/** What was to be said on this browser's next page; said once. */
export function takeFlash(request: RawRequest): { kind: string; text: string }[] {
  const waiting = request.cookie(flashCookie);
  if (!waiting) return [];
  request.setCookie(flashCookie, null);
  try {
    const read: unknown = JSON.parse(Buffer.from(waiting, "base64url").toString());
    return Array.isArray(read) ? (read as { kind: string; text: string }[]).filter(({ kind, text }) => typeof kind === "string" && typeof text === "string") : [];
  } catch {
    return [];
  }
}
