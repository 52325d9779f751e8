import type { FedStatement } from "cadre";

/**
 * What a target said, without anybody that these statements name and without addresses of email: it is kept beside the place of a
 * statement, and outlives the person's erasure.
 */
export function withoutPeople(words: string, statements: readonly FedStatement[]): string {
  const names = [...new Set(statements.flatMap(({ statement }) => namesIn(statement)))].sort((one, other) => other.length - one.length);
  const pattern = [...names.map((name) => name.replace(/[^\w\s]/g, "\\$&")), emailAddress].join("|");
  return words.replace(new RegExp(pattern, "gi"), "…");
}

const emailAddress = String.raw`[\w.+%-]+@[\w-]+(?:\.[\w-]+)+`;
const shortest = 3;

/** Names and identifiers of everybody in a statement: what stands in members that only agents have. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  const { name, mbox, mbox_sha1sum: digest, openid, account } = value as Record<string, unknown>;
  const own = [name, typeof mbox === "string" ? mbox.replace(/^mailto:/, "") : undefined, digest, openid, (account as { name?: unknown } | undefined)?.name];
  return [...own.filter((text): text is string => typeof text === "string" && text.length >= shortest), ...Object.values(value).flatMap(namesIn)];
}
