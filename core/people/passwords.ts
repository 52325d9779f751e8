import { hash, verify as verifyHash } from "@node-rs/argon2";
import { CadreError, type Problem } from "../kernel/errors.ts";
import { commonPasswords } from "./common-passwords.ts";

/** Characters a password has at least and at most. */
const passwordLength = { minimum: 10, maximum: 200 };

// argon2id with OWASP's first choice of costs: about 13 ms and 19 MiB for each password
const costs = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const ourForm = `$argon2id$v=19$m=${costs.memoryCost},t=${costs.timeCost},p=${costs.parallelism}$`;
// of a password nobody knows: verifying against it takes as long as against a real one
const nobodys = `${ourForm}pBHKJZUaEcJVbR+AaRoDTA$w11WX0QPlCVEsXX+YJ2x4mcAS5kFIZf6gPeHhlRSZy4`;

/** What is kept of a password, as a PHC string. */
export const hashed = (password: string): Promise<string> => hash(normal(password), costs);

/** Does the password fit? It takes the same time when there is no hash, so that nobody learns which addresses have accounts. */
export async function verified(kept: string | null | undefined, password: string): Promise<boolean> {
  const fits = await verifyHash(kept ?? nobodys, normal(password));
  return fits && kept !== null && kept !== undefined;
}

/** True for a hash of costs that are no longer ours: hash again while the password is at hand. */
export const needsRehash = (kept: string): boolean => !kept.startsWith(ourForm);

/** @throws weak_password (422) pointing to `field`; `email` is the person's, which is no password either */
export function checkPassword(password: string, email: string, field: string): void {
  const message = weaknessOf(normal(password), email.toLowerCase());
  if (message === undefined) return;
  const problems: Problem[] = [{ pointer: `/${field}`, code: "weak_password", message }];
  throw new CadreError("weak_password", message, { status: 422, problems });
}

function weaknessOf(password: string, email: string): string | undefined {
  const length = [...password].length;
  if (length < passwordLength.minimum) return `A password has at least ${passwordLength.minimum} characters; this has ${length}.`;
  if (length > passwordLength.maximum) return `A password has at most ${passwordLength.maximum} characters.`;
  const plain = password.toLowerCase();
  const common = commonPasswords.has(plain) || new Set(plain).size < 4 || plain === email || plain === email.split("@")[0];
  return common ? "This password is one of the first that anybody would try. Choose another." : undefined;
}

/** One form for what looks the same, whatever keyboard it was typed on (NIST SP 800-63B 5.1.1.2). */
const normal = (password: string): string => password.normalize("NFKC");
