/** Best-effort IRI or IRL with a scheme (Data 2.2 "LRS Requirements" allows best effort, and demands the scheme). */
export function isIri(value: string): boolean {
  return iri.test(value);
}

/** The standard string form, any version, any case (Data 4.4). */
export function isUuid(value: string): boolean {
  return uuid.test(value);
}

/** `mailto:` and one address (Data 2.4.2.3). */
export function isMailto(value: string): boolean {
  return mailto.test(value);
}

/** A SHA-1 in hexadecimal, as `mbox_sha1sum` holds it. */
export function isSha1(value: string): boolean {
  return sha1.test(value);
}

/** A SHA-2 of 224 to 512 bits in hexadecimal, as an attachment's `sha2` holds it. */
export function isSha2(value: string): boolean {
  return sha2.test(value);
}

/** An Internet media type with or without parameters (RFC 2046). */
export function isMediaType(value: string): boolean {
  return mediaType.test(value);
}

/** ISO 8601:2004 4.4.3.2: PnYnMnDTnHnMnS or PnW; only the last part may have a fraction (Data 4.6). */
export function isDuration(value: string): boolean {
  return duration.test(value) && !/[.,]\d+[YMDH].*\d/.test(value);
}

/** A well-formed language tag; variants and extension singletons may not repeat (RFC 5646 2.2.9). */
export function isLanguageTag(value: string): boolean {
  let known = tags.get(value);
  if (known === undefined) {
    known = isWellFormed(value);
    if (tags.size < 10_000) tags.set(value, known);
  }
  return known;
}

// eslint-disable-next-line no-control-regex -- control characters are what is refused
const iri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\u0000-\u001f\u007f\p{Surrogate}]+$/u;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// eslint-disable-next-line no-control-regex -- control characters are what is refused
const mailto = /^mailto:(?:[^\s@"\u0000-\u001f]+|"[^"\u0000-\u001f]+")@[^\s@\u0000-\u001f]+$/;
const sha1 = /^[0-9a-f]{40}$/i;
const sha2 = /^(?:[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+(?: *; *[\w!#$%&'*+.^`|~-]+=(?:"(?:[^"\\\p{C}]|\\[^\p{C}])*"|[^\s;"\p{C}]+))* *;?$/u;
const amount = String.raw`\d+(?:[.,]\d+)?`;
const duration = new RegExp(`^P(?:${amount}W|(?=\\d|T\\d)(?:${amount}Y)?(?:${amount}M)?(?:${amount}D)?(?:T(?=\\d)(?:${amount}H)?(?:${amount}M)?(?:${amount}S)?)?)$`);

const tags = new Map<string, boolean>();
const irregular = new Set(
  ("en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu " +
    "sgn-be-fr sgn-be-nl sgn-ch-de art-lojban cel-gaulish no-bok no-nyn zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang").split(" "),
);
const wellFormed =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?((?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*)((?:-[a-wy-z\d](?:-[a-z\d]{2,8})+)*)(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+)$/;

function isWellFormed(tag: string): boolean {
  const lower = tag.toLowerCase();
  if (irregular.has(lower)) return true;
  const parts = wellFormed.exec(lower);
  if (!parts) return false;
  const variants = parts[1]?.split("-").slice(1) ?? [];
  const singletons = parts[2]?.split("-").filter((part) => part.length === 1) ?? [];
  return new Set(variants).size === variants.length && new Set(singletons).size === singletons.length;
}
