import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

/** The SHA-2 of bytes in lower case, of the same kind as `like`, told by its length: SHA-224, 256, 384 or 512. Others have their turn while much is digested. */
export async function sha2Of(bytes: Buffer, like: string): Promise<string | undefined> {
  const algorithm = algorithms[like.length];
  if (algorithm === undefined) return undefined;
  const digest = createHash(algorithm);
  for (let from = 0; from < bytes.length; from += atOnceBytes) {
    if (from > 0) await nextTurn();
    digest.update(bytes.subarray(from, from + atOnceBytes));
  }
  return digest.digest("hex");
}

const algorithms: Record<number, string> = { 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512" };
const atOnceBytes = 4 * 1024 ** 2;
