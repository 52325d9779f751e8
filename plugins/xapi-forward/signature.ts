import { createHmac, randomBytes } from "node:crypto";

/** A secret to sign webhooks with, as its owner is shown it: 192 random bits. */
export const newSigningSecret = (): string => `whsec_${randomBytes(24).toString("base64")}`;

/** The headers that prove where a webhook comes from and when it was sent (Standard Webhooks 1.0). `id` is the same for every try. */
export function signatureHeaders(secret: string, { id, at, body }: { id: string; at: Date; body: string }): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${signature}` };
}
