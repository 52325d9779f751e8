/* Imports the package `argv[2]` into blobs below `argv[3]` and says in JSON what it took. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { diskBlobs } from "../../core/courses/packages/disk-blobs.ts";
import { importPackage } from "../../core/courses/packages/import.ts";
import { anyFormat } from "./any-format.ts";
import type { Taken } from "./import.ts";

const [, , file = "", folder = ""] = process.argv;
const before = process.memoryUsage().rss;
let peak = before;
const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await pause(5);
const begun = performance.now();
const { sizeBytes } = await importPackage({ file, fileName: "package.zip", formats: { any: anyFormat }, blobs: diskBlobs(folder) });
const ms = performance.now() - begun;
await pause(5);
clearInterval(sampling);
delay.disable();
const taken: Taken = { ms, sizeBytes, growthBytes: peak - before, stallMs: delay.max / 1e6 };
process.stdout.write(JSON.stringify(taken));
