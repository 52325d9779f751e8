import type { IncomingHttpHeaders } from "node:http";
import { wrongRequest } from "../refusals.ts";

/** Entity tags without their quotes, or any at all. */
export type Tags = readonly string[] | "*";

/** What a request wants to be true of the document before anything is done (RFC 9110 13.1; Communication 3.1). */
export interface Conditions {
  /** It is one of these; `*`: it is there. */
  match?: Tags;
  /** It is none of these; `*`: it is not there. */
  noneMatch?: Tags;
}

/** @throws wrong_request (400) for what is no list of entity tags */
export function conditionsOf(headers: IncomingHttpHeaders): Conditions {
  const { "if-match": match, "if-none-match": noneMatch } = headers;
  return {
    ...(match !== undefined && { match: tagsOf("If-Match", match, "strong") }),
    ...(noneMatch !== undefined && { noneMatch: tagsOf("If-None-Match", noneMatch, "weak") }),
  };
}

/** Whether they hold for a document with this tag; undefined where there is none. */
export function hold({ match, noneMatch }: Conditions, etag: string | undefined): boolean {
  return (match === undefined || isAmong(match, etag)) && (noneMatch === undefined || !isAmong(noneMatch, etag));
}

/** What an entity tag ends in when the content is sent compressed, and is another sequence of bytes. */
export const compressedSuffix = "-gzip";

function isAmong(tags: Tags, etag: string | undefined): boolean {
  return etag !== undefined && (tags === "*" || tags.includes(etag));
}

/** By the strong comparison a weak tag is like no other (RFC 9110 8.8.3.2). Many clients forget the quotes, which is forgiven. */
function tagsOf(header: string, text: string, comparison: "strong" | "weak"): Tags {
  if (text.trim() === "*") return "*";
  if (!list.test(text)) throw wrongRequest(`${header} must be * or a list of entity tags in quotes.`, "Communication 3.1");
  const tags = [...text.matchAll(tag)].filter(([, weak]) => comparison === "weak" || weak === undefined);
  return tags.map(([, , quoted, bare]) => (quoted ?? bare ?? "").replace(new RegExp(`${compressedSuffix}$`), ""));
}

const one = String.raw`(?:(W/)?"([!#-~\x80-\xff]*)"|([\w.-]+))`;
const tag = new RegExp(one, "g");
const list = new RegExp(`^\\s*${one}\\s*(?:,\\s*${one}\\s*)*$`);
