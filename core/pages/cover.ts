import { createHash } from "node:crypto";

const tints = 5;
/** Small, for every tile says its place and size in digits. */
const tile = 13;

const drawn = new Map<string, string>();
const drawnAtMost = 2000;

/** A course's picture as SVG: a field of frames, some of them with a core, drawn from `seed` and the same every time. */
export function cover(seed: string, thumb = false): string {
  const key = `${thumb ? "thumb" : "full"} ${seed}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  if (drawn.size >= drawnAtMost) drawn.clear();
  const svg = draw(seed, thumb);
  drawn.set(key, svg);
  return svg;
}

const kinds = ["faint", "line", "core", "spark"] as const;
type Kind = (typeof kinds)[number];

/** One path for all shapes of a kind, joined and not added up: a string in pieces is put together anew by every page that holds it. */
function draw(seed: string, thumb: boolean): string {
  const bytes = createHash("sha256").update(seed).digest();
  const byte = (index: number) => bytes[index % bytes.length] ?? 0;
  const [columns, rows] = thumb ? [3, 2] : [10, 4];
  // not in the first or last row of a full cover, which a wide place cuts off
  const spark = thumb ? byte(2) % (columns * rows) : columns + (byte(2) % (columns * (rows - 2)));
  const shapes: Record<Kind, string[]> = { faint: [], line: [], core: [], spark: [] };
  for (let index = 0; index < columns * rows; index += 1) {
    const [x, y] = [(index % columns) * tile, Math.floor(index / columns) * tile];
    for (const [kind, path] of index === spark ? [square("spark", 4)(x, y)] : (looks[byte(index + 3) % 7] ?? plain).map((shape) => shape(x, y))) shapes[kind].push(path);
  }
  const paths = kinds.flatMap((kind) => (shapes[kind].length > 0 ? [`<path class="${kind}" d="${shapes[kind].join("")}"/>`] : []));
  const box = `0 0 ${columns * tile} ${rows * tile}`;
  const name = `cover tint-${byte(0) % tints}${thumb ? " thumb" : ""}`;
  return [`<svg class="${name}" viewBox="${box}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">`, ...paths, "</svg>"].join("");
}

/** A shape at the upper left corner of its tile. */
type Shape = (x: number, y: number) => [Kind, string];

const square = (kind: Kind, inset: number): Shape => {
  const side = tile - 2 * inset;
  return (x, y) => [kind, `M${x + inset} ${y + inset}h${side}v${side}h-${side}z`];
};
const plain: readonly Shape[] = [square("faint", 2)];
const looks: readonly (readonly Shape[])[] = [
  [square("faint", 2), square("core", 4.5)],
  [square("line", 2)],
  [square("line", 2), square("faint", 4)],
  [(x, y) => ["faint", `M${x + 2} ${y + 11}v-9h9`]],
  [(x, y) => ["line", `M${x + 2} ${y + 2}h9v9`]],
  plain,
  plain,
];
