import { elements, groups, type Element12, type Group12 } from "./model.ts";
import type { ErrorCode } from "./errors.ts";

/** An index used in a name: the array's own name and the index into it. */
export type ArrayUse = [array: string, index: number];

/** What a name given by content means. */
export type Place =
  | { is: "element"; element: Element12; uses: ArrayUse[] }
  | { is: "keyword"; keyword: "_children" | "_count" | "_version"; parent: string; group: Group12 | undefined; uses: ArrayUse[] }
  | { is: "nothing"; code: ErrorCode; why: string };

// "01", "1e0", "-1" and "NaN" are no indexes.
const indexText = /^(?:0|[1-9]\d{0,5})$/;
const keywords = ["_children", "_count", "_version"] as const;

/**
 * Finds a name in the data model. Only names in the table are ever found, so that no name can reach an object's own machinery.
 * A name of another data model is 401, an unknown one of cmi 201.
 */
export function locate(name: string): Place {
  const [model, ...segments] = name.split(".", 12);
  if (model !== "cmi" || name.length > 255) return { is: "nothing", code: model === "cmi" ? "201" : "401", why: "the data model has no such name" };
  const uses: ArrayUse[] = [];
  let path = "cmi";
  let pattern = "cmi";
  for (const [at, segment] of segments.entries()) {
    const keyword = at === segments.length - 1 ? keywords.find((word) => word === segment) : undefined;
    if (keyword) return keywordPlace(keyword, path, pattern, uses);
    const isIndex = groups.get(pattern)?.array === true && indexText.test(segment);
    if (isIndex) uses.push([path, Number(segment)]);
    pattern += isIndex ? ".n" : segment === "n" ? "./" : `.${segment}`;
    path += `.${segment}`;
  }
  const element = elements.get(pattern);
  if (element) return { is: "element", element, uses };
  return { is: "nothing", code: "201", why: groups.has(pattern) ? "this name holds other elements, not a value" : "the data model has no such element" };
}

function keywordPlace(keyword: (typeof keywords)[number], parent: string, pattern: string, uses: ArrayUse[]): Place {
  const known = keyword === "_version" ? pattern === "cmi" : groups.has(pattern) || elements.has(pattern);
  if (!known) return { is: "nothing", code: "201", why: "the data model has no such element" };
  return { is: "keyword", keyword, parent, group: groups.get(pattern), uses };
}
