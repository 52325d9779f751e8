import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Site } from "./context.ts";
import { CadreError } from "./errors.ts";

/**
 * A text as it may lie in the database: encrypted and authenticated (AES-256-GCM) with a key of the site's, one for each `purpose`,
 * such as "stripe webhook secret". For secrets that must be sent again; one that is only compared is kept as a digest.
 */
export function encrypted(site: Site, purpose: string, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, keyOf(site, purpose), nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
}

/** The text again. @throws undecryptable (500) when the site's secret is another now, or somebody changed it */
export function decrypted(site: Site, purpose: string, text: string): string {
  const bytes = Buffer.from(text, "base64url");
  try {
    const decipher = createDecipheriv(algorithm, keyOf(site, purpose), bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, "utf8") + decipher.final("utf8");
  } catch (error) {
    throw new CadreError("undecryptable", `What is kept as the ${purpose} can't be read with this site's secret; enter it again.`, { status: 500, cause: error });
  }
}

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

function keyOf({ secret }: Site, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `encryption ${purpose}`, 32));
}
