import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import { diskBlobs } from "../../core/courses/packages/disk-blobs.ts";
import type { PackageFormat } from "../../core/courses/packages/format.ts";
import { importPackage } from "../../core/courses/packages/import.ts";
import { zipped, type Written } from "./zips.ts";

const any: PackageFormat = { label: "Any", manifests: ["imsmanifest.xml"], detect: async () => true, read: async () => ({ standard: "any", identifier: "", title: "", items: [] }) };
const sliceBytes = 512 * 1024;

describe("The content of a package", () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), "cadre-contents-"))));
  after(() => rm(folder, { recursive: true }));

  it("is stored byte by byte, of whatever size and however packed", async () => {
    const sizes = [0, 1, 2, sliceBytes * 2, sliceBytes * 2 + 1, ...Array.from({ length: 13 }, (_, index) => sliceBytes + (index - 9) * 10)];
    const contents = new Map<string, Buffer>();
    for (const size of sizes) {
      contents.set(`noise-${size}`, randomBytes(size));
      contents.set(`digits-${size}`, Buffer.from(randomBytes(size).toString("hex")).subarray(0, size));
    }
    const entries = [...contents].flatMap(([name, content]): Written[] => [0, 8].map((method) => ({ name: `${name}-${method}`, content, method })));
    const file = join(folder, "package.zip");
    await writeFile(file, zipped([{ name: "imsmanifest.xml", content: "<manifest/>" }, ...entries]));
    const blobs = diskBlobs(join(folder, "blobs"), { durable: false });
    const { files } = await importPackage({ file, fileName: "package.zip", formats: { any }, blobs });
    expect(files).to.have.length(entries.length + 1);
    for (const { path, sha256 } of files.slice(1)) {
      const content = contents.get(path.replace(/-[08]$/, "")) as Buffer;
      expect(sha256, path).to.equal(createHash("sha256").update(content).digest("hex"));
      expect((await buffer(blobs.open(sha256))).equals(content), path).to.equal(true);
    }
  });
});
