import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { diskBlobs } from "../../core/courses/packages/disk-blobs.ts";
import type { PackageFormat } from "../../core/courses/packages/format.ts";
import { importPackage } from "../../core/courses/packages/import.ts";
import { writeParts, zipParts, type Written } from "./zips.ts";

const megabyte = 1024 ** 2;

const any: PackageFormat = {
  label: "Any",
  manifests: ["imsmanifest.xml"],
  detect: async () => true,
  read: async (files) => ({ standard: "any", identifier: (await files.xml("imsmanifest.xml")).name, title: "", items: [] }),
};

describe("A large package", () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cadre-large-"));
    file = join(folder, "large.zip");
    // Six different videos of 25 MB out of the same memory, and 400 pages.
    const noise = randomBytes(25 * megabyte + 6);
    const videos = Array.from({ length: 6 }, (_, index): Written => ({ name: `media/${index}.mp4`, method: 0, content: noise.subarray(index, index + 25 * megabyte) }));
    const pages = Array.from({ length: 400 }, (_, index): Written => ({ name: `page${index}.html`, content: `<p>${index} </p>`.repeat(300) }));
    await writeParts(file, zipParts([{ name: "imsmanifest.xml", content: "<manifest/>" }, ...pages, ...videos]));
  });
  after(() => rm(folder, { recursive: true }));

  it("is imported in little memory and without holding up the event loop", async () => {
    // Garbage may be collected at a bad time: the best of three counts.
    let [growthMB, turnMs] = [Infinity, Infinity];
    for (let attempt = 0; attempt < 3 && !(growthMB < 100 && turnMs < 50); attempt++) {
      const measure = await measured();
      expect(measure.files).to.equal(407);
      growthMB = Math.min(growthMB, measure.growthBytes / megabyte);
      turnMs = Math.min(turnMs, measure.turnMs);
    }
    expect(growthMB, "growth of memory in MB").to.be.below(100);
    expect(turnMs, "longest turn of the event loop in ms of work").to.be.below(50);
  });

  async function measured() {
    const before = process.memoryUsage().rss;
    let [peak, turnMs, last] = [before, 0, workedMs()];
    let turning = setImmediate(function turn() {
      const now = workedMs();
      [peak, turnMs, last] = [Math.max(peak, process.memoryUsage.rss()), Math.max(turnMs, now - last), now];
      turning = setImmediate(turn);
    });
    const { files } = await importPackage({ file, fileName: "large.zip", formats: { any }, blobs: diskBlobs(join(folder, "blobs"), { durable: false }) });
    clearImmediate(turning);
    return { turnMs, growthBytes: peak - before, files: files.length };
  }
});

const schedule = "/proc/self/schedstat";
const isTold = existsSync(schedule);

/** What this thread has worked so far: other processes on the same processors do not count. Where the system does not tell, what all threads have. */
function workedMs(): number {
  if (isTold) return Number(readFileSync(schedule, "utf8").split(" ")[0]) / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
