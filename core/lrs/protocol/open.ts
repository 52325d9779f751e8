import type { Context } from "../../kernel/context.ts";
import type { RawRequest } from "../../http/request.ts";
import { ownStore } from "../stores/own.ts";
import { storeOf } from "../stores/store.ts";
import { versionOf, type XapiVersion } from "../statement/versions.ts";

export const versionHeader = "x-experience-api-version";

/** What all routes of xAPI have: no permission but what a credential carries, and answers, refusals too, that scripts of any origin may read. */
export const open = {
  can: "anyone",
  // A credential is sent by hand and never by cookie, so any origin may have it answered. No browser is to answer from its cache unasked.
  headers: async (ctx: Context, { headers }: RawRequest): Promise<Record<string, string>> => ({
    "X-Experience-API-Version": versionOf(String(headers[versionHeader] ?? "")) ?? (await defaultVersion(ctx, ownStore)),
    "Cache-Control": "no-cache",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Experience-API-Version, X-Experience-API-Consistent-Through, Last-Modified, ETag, Retry-After, X-Request-Id, WWW-Authenticate",
  }),
};

/** The answer to a script of another origin that asks whether it may ask. */
export const preflight = (methods: readonly string[]): Record<string, string> => ({
  "Access-Control-Allow-Methods": methods.join(", "),
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding, X-Experience-API-Version, If-Match, If-None-Match, Accept, Accept-Language, X-Requested-With",
  "Access-Control-Max-Age": "86400",
});

/** The version a store is asked in by those who do not say; they are refused in it. */
export async function defaultVersion(ctx: Context, store: number): Promise<XapiVersion> {
  return (await storeOf(ctx, store)).defaultVersion;
}
