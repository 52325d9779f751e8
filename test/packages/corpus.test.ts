import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import AdmZip from "adm-zip";
import { expect } from "chai";
import { diskBlobs } from "../../core/courses/packages/disk-blobs.ts";
import type { PackageFormat } from "../../core/courses/packages/format.ts";
import { importPackage } from "../../core/courses/packages/import.ts";

const shared = process.env.CADRE_SHARED ?? fileURLToPath(new URL("../../../shared/", import.meta.url));
const folders = ["scorm12", "scorm2004", "odd", "aicc", "xapi", "cmi5"];
const manifests = ["imsmanifest.xml", "cmi5.xml", "tincan.xml", "*.au"];

/** Reads any manifest there is, so that the layers below every real format are tried on what real tools make. */
const any: PackageFormat = {
  label: "Any",
  manifests,
  detect: async () => true,
  async read(files) {
    const manifest = manifests.map((name) => files.find(name)).find((path) => path !== undefined);
    const root = manifest === undefined ? undefined : await files.xml(manifest);
    return { standard: "any", identifier: root?.name ?? "", title: "", items: [] };
  },
};

/** What is odd about these, and nothing about the others. */
const oddities: Record<string, string[]> = {
  "scorm12/orca-er_rel_trainer-SCORM12.zip": ["junk_skipped"],
};

describe("Packages that other people made", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "cadre-corpus-"))));
  after(() => rm(folder, { recursive: true }));

  const files = folders.flatMap((name) => (existsSync(join(shared, "packages", name)) ? readdirSync(join(shared, "packages", name)).map((file) => join(name, file)) : []));
  if (files.length === 0) {
    it("are read whole", function () {
      console.log(`      (there are no packages in ${shared}; set CADRE_SHARED)`);
      this.skip();
    });
  }
  for (const name of files.filter((file) => file.endsWith(".zip"))) {
    it(`reads ${name} whole, with the same bytes as another library`, async () => {
      const file = join(shared, "packages", name);
      const blobs = diskBlobs(join(folder, "blobs"), { durable: false });
      const imported = await importPackage({ file, fileName: name, formats: { any }, blobs });
      expect([...new Set(imported.diagnostics.map(({ code }) => code))], name).to.deep.equal(oddities[name] ?? []);
      const theirs = new AdmZip(file).getEntries().filter(({ isDirectory, entryName }) => !isDirectory && !/__MACOSX|\.DS_Store|Thumbs\.db/.test(entryName));
      expect(imported.files).to.have.length(theirs.length);
      for (const { path, sha256, sizeBytes } of imported.files) {
        const their = theirs.find(({ entryName }) => entryName === path)?.getData();
        expect(their?.length, path).to.equal(sizeBytes);
        const chunks: Buffer[] = [];
        for await (const chunk of blobs.open(sha256)) chunks.push(chunk as Buffer);
        expect(Buffer.concat(chunks).equals(their as Buffer), path).to.equal(true);
      }
    });
  }
});
