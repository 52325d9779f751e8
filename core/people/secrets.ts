import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Site } from "../kernel/context.ts";

/** 256 random bits as 43 characters for cookies, links and tokens. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

/** What is kept of a secret. SHA-256 is enough: 256 random bits can't be guessed, so nothing needs to be slow. */
export const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

/** A value that only this site could have written, readable by whoever holds it. `purpose` keeps uses apart. */
export function sealed(site: Site, purpose: string, value: unknown): string {
  const text = Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${text}.${signature(site, purpose, text)}`;
}

/** The value again, or nothing if a stranger wrote it. */
export function unsealed(site: Site, purpose: string, given: string): unknown {
  const [text = "", signed = ""] = given.split(".");
  const wanted = Buffer.from(signature(site, purpose, text));
  const got = Buffer.from(signed);
  if (wanted.length !== got.length || !timingSafeEqual(wanted, got)) return undefined;
  return JSON.parse(Buffer.from(text, "base64url").toString());
}

function signature(site: Site, purpose: string, text: string): string {
  return createHmac("sha256", site.secret).update(`${purpose}:${text}`).digest("base64url");
}
