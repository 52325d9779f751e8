import { createHash } from "node:crypto";

const tints = 5;
const tile = 40;

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

function draw(seed: string, thumb: boolean): string {
  const bytes = createHash("sha256").update(seed).digest();
  const byte = (index: number) => bytes[index % bytes.length] ?? 0;
  const [columns, rows] = thumb ? [3, 2] : [10, 4];
  const spark = byte(2) % (columns * rows);
  let shapes = "";
  for (let index = 0; index < columns * rows; index += 1) {
    shapes += shape(byte(index + 3), (index % columns) * tile, Math.floor(index / columns) * tile, index === spark);
  }
  const box = `0 0 ${columns * tile} ${rows * tile}`;
  const name = `cover tint-${byte(0) % tints}${thumb ? " thumb" : ""}`;
  return `<svg class="${name}" viewBox="${box}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">${shapes}</svg>`;
}

function shape(byte: number, x: number, y: number, isSpark: boolean): string {
  if (isSpark) return `<path class="spark" d="M${x + 12} ${y + 12}h16v16h-16z"/>`;
  const frame = (inset: number, name: string) => `<path class="${name}" d="M${x + inset} ${y + inset}h${tile - 2 * inset}v${tile - 2 * inset}h-${tile - 2 * inset}z"/>`;
  switch (byte % 7) {
    case 0: return frame(6, "faint") + frame(14, "core");
    case 1: return frame(6, "line");
    case 2: return frame(6, "line") + frame(13, "faint");
    case 3: return `<path class="faint" d="M${x + 6} ${y + 34}v-28h28"/>`;
    case 4: return `<path class="line" d="M${x + 6} ${y + 6}h28v28"/>`;
    default: return frame(6, "faint");
  }
}
