import { createHash, randomBytes } from "node:crypto";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/host.ts";
import { person, type Person } from "../courses/support.ts";
import { golf, leftBy, reading, removeAll, until, upload, uploadInParts, type UploadAnswer } from "./uploading.ts";
import { filesUnder, zipped, type Written } from "./zips.ts";

const megabyte = 1024 ** 2;
const script = "let hole = 1; ".repeat(50);
const told = (text: string | Buffer) => ({ crc: crc32(text), sizeBytes: text.length });
const zeros = deflateRawSync(Buffer.alloc(20 * megabyte), { level: 9 });
const digits = randomBytes(megabyte).toString("hex");
const behind: Written = { name: "behind.html", content: "behind it" };

describe("A package that is read while it arrives", () => {
  let host: TestHost;
  let ines: Person;

  before(async () => {
    host = await testHost({ plugins: [reading], settings: { courses: { packageEntries: 40, packageTotalBytes: 12 * megabyte } } });
    ines = await person(host, "instructor");
  });
  after(() => host?.stop());
  afterEach(async () => {
    expect(host.log.filter(({ level }) => level === "error")).to.deep.equal([]);
    await removeAll(host);
  });

  const staging = () => join(host.context.site.dataDir, "blobs", "staging");
  const staged = (count: number) => () => until(async () => (await filesUnder(staging())).length >= count);
  const directoryOf = (zip: Buffer) => zip.indexOf("PK\x01\x02");
  const arriving = async () => join(host.context.site.dataDir, "uploads", (await readdir(join(host.context.site.dataDir, "uploads")))[0] as string);

  /** All that an upload led to, but for what is new each time. */
  async function outcomeOf({ status, json }: UploadAnswer) {
    const files = await host.context.db.rows<{ path: string; sha256: string }>(sql`select path, sha256, size_bytes::float8 as size_bytes from package_file order by path`);
    const folder = join(host.context.site.dataDir, "blobs");
    for (const { sha256 } of files) expect(createHash("sha256").update(await readFile(join(folder, sha256.slice(0, 2), sha256))).digest("hex")).to.equal(sha256);
    const [version] = json.versions ?? [];
    return { status, code: json.code, detail: json.detail, diagnostics: json.diagnostics ?? version?.diagnostics, sizeBytes: version?.sizeBytes, files, left: await leftBy(host) };
  }

  const overwritten = async (zip: Buffer, content: string) => {
    const file = await open(await arriving(), "r+");
    await file.write(Buffer.alloc(content.length, "!"), 0, content.length, zip.indexOf(content));
    await file.close();
  };
  const stored = golf([{ name: "a.js", content: script, method: 0 }]);
  for (const byForm of [false, true]) {
    it(`is not read again once it is whole, sent by ${byForm ? "a form" : "itself"}`, async () => {
      const sent = await uploadInParts(host, ines, stored, directoryOf(stored), async () => (await staged(3)(), overwritten(stored, script)), { byForm });
      const { status, files } = await outcomeOf(sent);
      expect([status, files.map(({ path }) => path)], sent.text).to.deep.equal([201, ["a.js", "imsmanifest.xml", "index.html"]]);
      expect(files[0]?.sha256).to.equal(createHash("sha256").update(script).digest("hex"));
    });
  }

  it("is read again when it took so long that what was read may have been swept away", async () => {
    const sent = await uploadInParts(host, ines, stored, directoryOf(stored), async () => {
      await staged(3)();
      await overwritten(stored, script);
      host.advance(2 * 3_600_000);
    });
    expect([sent.status, sent.json.code]).to.deep.equal([422, "zip_damaged"]);
  });

  const same: [what: string, more: Written[], staged: number, status?: number, code?: string][] = [
    ["stored and deflated entries", [{ name: "a.js", content: script }, { name: "b.js", content: script + "b", method: 0 }], 4, 201],
    ["sizes behind the contents", [...(["signed", "bare", "zip64"] as const).map((descriptor, index): Written => ({ name: `${index}.js`, content: script + descriptor, descriptor })), behind], 6, 201],
    ["large contents with and without their sizes before them", [{ name: "a.txt", content: digits }, { name: "b.txt", content: digits.slice(1), descriptor: "signed" }, { name: "c.bin", content: randomBytes(megabyte + 5), method: 0 }, behind], 6, 201],
    ["entries of zip64", [{ name: "a.js", content: script, isZip64: true }, behind], 4, 201],
    ["folders, empty files and what systems leave", [{ name: "media/", method: 0 }, { name: "media/.DS_Store", content: "mac" }, { name: "e.txt" }, behind], 4, 201],
    ["one content twice", [{ name: "a.js", content: script }, { name: "b.js", content: script, descriptor: "bare" }, behind], 4, 201],
    ["one path twice", [{ name: "a.js", content: script }, { name: "a.js", content: script }, behind], 4, 201],
    ["bytes between entries that belong to none", [{ name: "a.js", content: script, gap: Buffer.from("PK, but no entry") }, behind], 3, 201],
    ["entries that only the local headers know", [{ name: "a.js", content: script, gap: locals([{ name: "hidden.js", content: "hidden" }]) }, behind], 5, 201],
    ["more of those than may be", [{ name: "a.js", content: script, gap: locals(Array.from({ length: 60 }, (_, index) => ({ name: `h${index}`, content: `hidden ${index}` }))) }, behind], 40, 201],

    ["a directory with another checksum", [{ name: "a.js", content: script, crc: 1, local: { crc: crc32(script) } }, behind], 4, 422, "zip_damaged"],
    ["a directory with another size", [{ name: "a.js", content: script, sizeBytes: 9, local: { sizeBytes: script.length } }, behind], 4, 422, "zip_size_mismatch"],
    ["a directory with another method", [{ name: "a.js", method: 0, content: deflateRawSync(script), local: { method: 8, ...told(script) } }, behind], 4, 201],
    ["a directory with a shorter content", [{ name: "a.js", content: "short", method: 0, gap: Buffer.from(" and long"), local: { packedBytes: 14, ...told("short and long") } }, behind], 4, 201],
    ["a directory that names a path outside", [{ name: "../a.js", content: script }, behind], 4, 422, "zip_path_parent"],
    ["a directory with a link", [{ name: "a", content: "/etc/passwd", mode: 0o120777 }, behind], 4, 422, "zip_symlink"],
    ["a directory with one content for two entries", [{ name: "a.js", content: script }, { name: "b.js", content: script, sameAs: 2 }, behind], 4, 422, "zip_entries_overlap"],

    ["a local header with another checksum", [{ name: "a.js", content: script, local: { crc: 1 } }, behind], 3, 201],
    ["a local header with a smaller size", [{ name: "a.js", content: script, local: { sizeBytes: 9 } }, behind], 3, 201],
    ["a local header with a packed size beyond the file", [{ name: "a.js", content: script, method: 0, local: { packedBytes: 0x7fffffff, sizeBytes: 0x7fffffff } }, behind], 2, 201],
    ["a local header that says encrypted", [{ name: "a.js", content: script, local: { flags: 1 } }, behind], 2, 201],
    ["a local header that is none", [{ name: "a.js", content: script, local: { signature: 0x04034b51 } }, behind], 2, 422, "zip_damaged"],
    ["a descriptor of something else", [{ name: "a.js", content: script, descriptor: "signed", crc: 7 }, behind], 3, 422, "zip_damaged"],
    ["a content that is no deflate", [{ name: "a.js", content: script, packed: Buffer.alloc(40, 255), descriptor: "signed" }, behind], 2, 422, "zip_damaged"],
    ["a bomb", [{ name: "a.js", packed: zeros, ...told(Buffer.alloc(20 * megabyte)) }, behind], 2, 422, "zip_too_large"],
    ["a bomb that only the local header tells", [{ name: "a.js", method: 0, content: zeros, local: { method: 8, ...told(Buffer.alloc(20 * megabyte)) } }, behind], 2, 201],
    ["a bomb that the local header does not tell", [{ name: "a.js", method: 0, content: zeros, local: { method: 8, flags: 8 } }, behind], 3, 201],
    ["more in the local headers than a package may have", [{ name: "a.js", content: script, gap: locals(Array.from({ length: 9 }, (_, index) => ({ name: `h${index}`, content: digits.slice(index) }))) }, behind], 7, 201],
  ];
  for (const [what, more, count, status, code] of same) {
    it(`is answered as one that came at once: ${what}`, async () => {
      const zip = golf(more);
      const atOnce = await outcomeOf(await upload(host, ines, "/packages", zip));
      await removeAll(host);
      const parted = await outcomeOf(
        await uploadInParts(host, ines, zip, directoryOf(zip), async () => {
          await staged(count)();
          expect(await bytesUnder(staging()), "bytes read ahead").to.be.below(12 * megabyte);
        }),
      );
      expect(parted).to.deep.equal(atOnce);
      expect([parted.status, parted.code]).to.deep.equal([status, code]);
    });
  }

  it("leaves nothing when its connection is cut in the middle of an entry", async () => {
    const zip = golf([{ name: "a.js", content: script }, { name: "b.bin", content: randomBytes(2 * megabyte), method: 0 }, { name: "c.txt", content: digits, descriptor: "signed" }]);
    const { hostname, port } = new URL(host.url);
    for (const [cut, count] of [[1_500_000, 4], [2_400_000, 5]] as const) {
      const socket = connect(Number(port), hostname);
      socket.write(`POST /api/v1/packages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ines.token}\r\nContent-Type: application/zip\r\nContent-Length: ${zip.length}\r\n\r\n`);
      socket.write(zip.subarray(0, cut));
      await staged(count)();
      socket.destroy();
      await until(async () => (await leftBy(host)).waiting === 0);
      expect(await leftBy(host)).to.deep.equal({ waiting: 0, contents: 0, rows: [0, 0, 0, 0] });
      expect(await readdir(staging())).to.deep.equal([]);
    }
  });

  it("leaves nothing for long when the process died in the middle of it", async () => {
    await (await host.context.site.blobs.stage()).put([Buffer.from("read ahead")]);
    host.advance(3 * 86_400_000);
    await host.drain();
    expect(await readdir(staging())).to.deep.equal([]);
  });
});

/** Entries as they stand before a directory, which does not know them. */
function locals(entries: Written[]): Buffer {
  const zip = zipped(entries);
  return zip.subarray(0, zip.indexOf("PK\x01\x02"));
}

async function bytesUnder(folder: string): Promise<number> {
  const found = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(found.map(async (entry) => (entry.isFile() ? (await stat(join(entry.parentPath, entry.name))).size : 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
