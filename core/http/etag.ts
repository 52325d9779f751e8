import { refuse } from "../kernel/errors.ts";
import type { RawRequest } from "./request.ts";

/** The entity tag of a thing's version, for the header `ETag`. */
export const etagOf = (version: number): string => `"${version}"`;

/**
 * The version an edit was made on, from `If-Match` (RFC 9110 13.1.1); undefined for `*`, any version.
 * @throws precondition_required (428) without the header, changed_meanwhile (412) for a tag that is none of ours
 */
export function matchedVersion(request: RawRequest): number | undefined {
  const given = request.headers["if-match"];
  if (given === undefined) throw refuse("precondition_required", "Send If-Match with the ETag of what you edit, so that nobody's change is lost.", { status: 428 });
  if (given === "*") return undefined;
  const version = /^"(\d{1,9})"$/.exec(given)?.[1];
  if (version === undefined) throw changedMeanwhile();
  return Number(version);
}

/** The refusal of an edit whose thing has changed since it was read. */
export const changedMeanwhile = () => refuse("changed_meanwhile", "This has changed since you read it. Load it again and repeat your change.", { status: 412 });
