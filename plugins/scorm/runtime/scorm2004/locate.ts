import { elements, groups, type Element2004, type Group2004 } from "./model.ts";

/** An index used in a name: the array's own name, its entry in the model, and the index into it; NaN for one like "01" that is none. */
export interface ArrayUse {
  array: string;
  group: Group2004;
  index: number;
}

/** What a name given by content means. */
export type Place =
  | { is: "element"; element: Element2004; uses: ArrayUse[]; records: string[]; target: string }
  | { is: "keyword"; keyword: "_children" | "_count" | "_version"; parent: string; group: Group2004 | undefined; uses: ArrayUse[] }
  | { is: "nothing" };

const canonical = /^(?:0|[1-9]\d{0,5})$/;
const nothing: Place = { is: "nothing" };

/** Finds a name in the data model. Only names in the table are ever found, so that no name can reach an object's own machinery. */
export function locate(name: string): Place {
  if (name.length > 4500) return nothing;
  if (name.startsWith("adl.nav.request_valid.") && name.includes("{")) return validity(name);
  const segments = name.split(".", 12);
  const last = segments.at(-1)!;
  const keyword = last === "_children" || last === "_count" || last === "_version" ? last : undefined;
  if (keyword) segments.pop();
  const uses: ArrayUse[] = [];
  const records: string[] = [];
  let [path = "", pattern = ""] = [segments[0], segments[0]];
  for (const segment of segments.slice(1)) {
    const group = digits(segment) ? groups.get(pattern) : undefined;
    if (group?.array) {
      uses.push({ array: path, group, index: canonical.test(segment) ? Number(segment) : NaN });
      records.push(`${path}.${segment}`);
    }
    pattern += group?.array ? ".n" : segment === "n" ? "./" : `.${segment}`;
    path += `.${segment}`;
  }
  if (keyword) return keywordPlace(keyword, path, pattern, uses);
  const element = elements.get(pattern);
  return element ? { is: "element", element, uses, records, target: "" } : nothing;
}

/** A target may hold anything, dots too. */
function validity(name: string): Place {
  const [, kind, target = ""] = /^adl\.nav\.request_valid\.(choice|jump)\.\{target=([^{}]+)\}$/.exec(name) ?? [];
  const element = kind && elements.get(`adl.nav.request_valid.${kind}.{target}`);
  return element ? { is: "element", element, uses: [], records: [], target } : nothing;
}

function keywordPlace(keyword: "_children" | "_count" | "_version", parent: string, pattern: string, uses: ArrayUse[]): Place {
  const known = keyword === "_version" ? pattern === "cmi" : groups.has(pattern) || elements.has(pattern);
  return known ? { is: "keyword", keyword, parent, group: groups.get(pattern), uses } : nothing;
}

function digits(segment: string): boolean {
  const first = segment.charCodeAt(0);
  return first >= 48 && first <= 57 && /^\d+$/.test(segment);
}
