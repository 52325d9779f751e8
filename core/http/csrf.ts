import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { refuse } from "../kernel/errors.ts";
import type { RawRequest } from "./request.ts";

const cookie = "cadre_form";

/** The token that this browser's forms carry: bound to a cookie only this site could set. */
export function formToken(request: RawRequest, secret: string): string {
  let seed = request.cookie(cookie);
  if (!seed || !/^[\w-]{43}$/.test(seed)) {
    seed = randomBytes(32).toString("base64url");
    request.setCookie(cookie, seed);
  }
  return sign(seed, secret);
}

/** @throws form_expired (403) unless the form came from a page of ours in this browser */
export function checkFormToken(request: RawRequest, secret: string, token: unknown): void {
  const seed = request.cookie(cookie);
  const wanted = Buffer.from(seed ? sign(seed, secret) : "");
  const given = Buffer.from(typeof token === "string" ? token : "");
  if (wanted.length > 0 && wanted.length === given.length && timingSafeEqual(wanted, given)) return;
  throw refuse("form_expired", "This form is too old or came from elsewhere. Load the page again and send it once more.");
}

/** @throws cross_site_request (403) for a change that another site asks this browser to make */
export function checkOrigin(request: RawRequest, siteOrigin: string): void {
  const { origin } = request.headers;
  const from = request.headers["sec-fetch-site"];
  if (origin !== undefined ? origin === siteOrigin || origin === request.url.origin : from === undefined || from === "same-origin" || from === "none") return;
  throw refuse("cross_site_request", "This request came from another site and was not carried out.");
}

const signed = new Map<string, string>();
const signedAtMost = 10_000;

/** What was signed is kept, for every page of a browser carries the same token. */
function sign(seed: string, secret: string): string {
  const key = `${secret} ${seed}`;
  let token = signed.get(key);
  if (token === undefined) {
    if (signed.size >= signedAtMost) signed.clear();
    signed.set(key, (token = createHmac("sha256", secret).update(`form:${seed}`).digest("base64url")));
  }
  return token;
}
