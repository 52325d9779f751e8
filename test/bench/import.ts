/* What it costs to take in a course package, as a file and as it is uploaded, beside `unzip` of the same file; in a process of its own, so that its memory is its own. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { writeParts, zipParts, type Written } from "../packages/zips.ts";
import type { Figure } from "./measure.ts";
import { serve } from "./servers.ts";
import { uploaded, type Waited } from "./uploaded.ts";

const run = promisify(execFile);
const megabyte = 1e6;
/** How fast uploads come, in bytes per second: what networks of 1 Gbit/s and of 200 Mbit/s carry. */
const speeds = [100 * megabyte, 25 * megabyte];
const turns = Number(process.env.CADRE_BENCH_TURNS ?? 3);
const runner = fileURLToPath(new URL("./import.process.ts", import.meta.url));

/** What `import.process.ts` says of one import. */
export interface Taken {
  ms: number;
  sizeBytes: number;
  /** Resident memory at its highest over that before. */
  growthBytes: number;
  /** The longest that the event loop was held up. */
  stallMs: number;
}

/** Imports of 200 MB, and of 500 MB where `CADRE_BENCH_LARGE` is set, in bytes unpacked per second; for uploads per second from their last byte to the answer. */
export async function bench(): Promise<Figure[]> {
  if (!(await run("unzip", ["-v"]).then(() => true, () => false))) {
    console.log("import: there is no unzip on this machine to compare with");
    return [];
  }
  const figures: Figure[] = [];
  for (const size of process.env.CADRE_BENCH_LARGE ? [200, 500] : [200]) figures.push(...(await benchOf(size)));
  return figures;
}

async function benchOf(size: number): Promise<Figure[]> {
  const folder = await mkdtemp(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "cadre-bench-"));
  const server = await serve("packages");
  try {
    const file = join(folder, "package.zip");
    await writeParts(file, zipParts(courseOf(size)));
    const [taken, unzipped]: [Taken[], number[]] = [[], []];
    const waits = speeds.map((bytesPerS) => ({ bytesPerS, waited: [] as Waited[] }));
    for (let turn = 0; turn <= turns; turn++) {
      const own = await takenIn(file, join(folder, `own-${turn}`));
      const bareMs = await timed(() => run("unzip", ["-q", file, "-d", join(folder, `bare-${turn}`)]));
      if (turn > 0) taken.push(own);
      if (turn > 0) unzipped.push(bareMs);
      for (const { bytesPerS, waited } of waits) {
        const upload = await uploaded(server, file, bytesPerS);
        if (turn > 0) waited.push(upload);
      }
    }
    const bytes = (taken[0]?.sizeBytes ?? 0) / megabyte;
    const memory = Math.round(Math.max(...taken.map(({ growthBytes }) => growthBytes)) / megabyte);
    const stall = Math.round(median(taken.map(({ stallMs }) => stallMs)));
    const rate = (ms: number) => (bytes * 1000) / ms;
    const bare = rate(median(unzipped));
    return [
      { name: `import ${size} MB: +${memory} MB, stall ${stall} ms`, unit: "MB", own: rate(median(taken.map(({ ms }) => ms))), bare },
      ...waits.map(({ bytesPerS, waited }) => {
        const [afterMs, allMs] = [median(waited.map(({ afterLastByteMs }) => afterLastByteMs)), median(waited.map(({ ms }) => ms))];
        return { name: `upload at ${bytesPerS / megabyte} MB/s: last byte to answer ${Math.round(afterMs)} of ${Math.round(allMs)} ms`, unit: "MB", own: rate(afterMs), bare };
      }),
    ];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

/** A course such as tools make: three quarters media that do not shrink, the rest scripts, pages and small pictures. */
function courseOf(size: number): Written[] {
  const bytes = size * megabyte;
  const noise = randomBytes(bytes / 8 + 6);
  const videos = Array.from({ length: 6 }, (_, index): Written => ({ name: `media/${index}.mp4`, content: noise.subarray(index, index + bytes / 8) }));
  const words = Array.from({ length: 400 }, () => randomBytes(6).toString("hex"));
  const text = (length: number, seed: number) => Array.from({ length: Math.ceil(length / 13) }, (_, index) => words[(index * (seed + 7) + seed * index * index) % 400]).join(" ");
  const scripts = Array.from({ length: 10 }, (_, index): Written => ({ name: `lib/${index}.js`, content: text(bytes / 80, index) }));
  const pages = Array.from({ length: 1000 }, (_, index): Written => ({ name: `page/${index}.html`, content: `<p>${text(bytes / 8000 - 40, index)}` }));
  return [{ name: "imsmanifest.xml", content: "<manifest/>" }, ...pages, ...scripts, ...videos];
}

async function takenIn(file: string, folder: string): Promise<Taken> {
  const { stdout } = await run(process.execPath, [...process.execArgv, runner, file, folder]);
  return JSON.parse(stdout) as Taken;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
