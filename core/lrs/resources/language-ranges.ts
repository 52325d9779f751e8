/** One of the ranges of an Accept-Language header, in lower case. */
export interface LanguageRange {
  range: string;
  /** 0 to 1; 0 for what is not wanted. */
  quality: number;
}

/** More than anybody reads; each is held against every tag of every language map. */
const rangesAtMost = 32;

/** The first ranges of an Accept-Language header (RFC 2616 14.4) in its order; what is none is passed over. */
export function rangesOf(header = ""): LanguageRange[] {
  return header.split(",", rangesAtMost).flatMap((part) => {
    const [, range, quality = "1"] = /^\s*([a-z\d]{1,8}(?:-[a-z\d]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?)\s*)?$/i.exec(part) ?? [];
    return range === undefined ? [] : [{ range: range.toLowerCase(), quality: Math.min(Number(quality), 1) }];
  });
}

/**
 * The most wanted of a language map's tags: each has the quality of the longest range it matches, and of two alike the one whose
 * range came first counts. Where no tag matches, a range is taken without its last parts ("es" for es-MX, RFC 4647 3.4), and
 * at last any tag, one that is not unwanted if there is one; undefined only of none.
 */
export function bestTag(tags: readonly string[], ranges: readonly LanguageRange[]): string | undefined {
  if (tags.length <= 1) return tags[0];
  let best: { tag: string; quality: number; place: number } | undefined;
  for (const tag of tags) {
    const place = matchOf(tag.toLowerCase(), ranges);
    const quality = ranges[place]?.quality ?? 0;
    if (quality > (best?.quality ?? 0) || (best && quality === best.quality && place < best.place)) best = { tag, quality, place };
  }
  const unwanted = (tag: string) => ranges[matchOf(tag.toLowerCase(), ranges)]?.quality === 0;
  return best?.tag ?? broader(tags, ranges) ?? tags.find((tag) => !unwanted(tag)) ?? tags[0];
}

/** Which range a tag matches: the longest that is the tag or the front of it, else "*"; -1 for none. */
function matchOf(tag: string, ranges: readonly LanguageRange[]): number {
  let found = -1;
  ranges.forEach(({ range }, place) => {
    const matches = range === "*" || tag === range || tag.startsWith(`${range}-`);
    const longer = found < 0 || (range !== "*" && (ranges[found]!.range === "*" || range.length > ranges[found]!.range.length));
    if (matches && longer) found = place;
  });
  return found;
}

function broader(tags: readonly string[], ranges: readonly LanguageRange[]): string | undefined {
  for (const { range, quality } of ranges.toSorted((one, other) => other.quality - one.quality)) {
    if (quality === 0) break;
    for (let shorter = parentOf(range); shorter !== ""; shorter = parentOf(shorter)) {
      const found = tags.find((tag) => tag.toLowerCase() === shorter);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function parentOf(range: string): string {
  return range.slice(0, Math.max(0, range.lastIndexOf("-")));
}
