import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDeflateRaw } from "node:zlib";
import { expect } from "chai";
import { diskBlobs } from "../../core/courses/packages/disk-blobs.ts";
import type { PackageFormat } from "../../core/courses/packages/format.ts";
import { importPackage } from "../../core/courses/packages/import.ts";
import { packageLimits } from "../../core/courses/packages/limits.ts";
import { savePackage } from "../../core/courses/packages/store.ts";
import { childrenOf } from "../../core/courses/packages/xml.ts";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { isCadreError, type CadreError } from "../../core/kernel/errors.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { up } from "../../migrations/0030_packages.ts";
import { filesUnder, zipped, type Written } from "./zips.ts";

const at = new Date("2026-01-02T03:04:05Z");
const manifest: Written = { name: "imsmanifest.xml", content: '<manifest identifier="M"><item href="index.html"/></manifest>' };
const page: Written = { name: "index.html", content: "<p>Hello</p>" };

/** As small as a format can be: each item of the manifest names a file, which must be there. */
const small: PackageFormat = {
  label: "Small",
  manifests: ["imsmanifest.xml"],
  diagnostics: { launch_missing: { severity: "error", sentence: "The item's file {file} is not in the package." } },
  detect: async (files) => (await files.xml(files.find("imsmanifest.xml") ?? "")).name === "manifest",
  async read(files, report) {
    const path = files.find("imsmanifest.xml") ?? "";
    for (const item of childrenOf(await files.xml(path), "item")) {
      const [href] = item.attributes;
      if (href && files.find(href.value) === undefined) report.add("launch_missing", { path, line: item.line, file: href.value });
    }
    return { standard: "Small", identifier: "M", title: "A course", items: [] };
  },
};

describe("what strangers upload as a course", () => {
  let folder: string;
  let database: TestDatabase;
  let db: Database;
  let bomb: Buffer;

  before(async () => {
    database = await testDatabase();
    folder = database.folder;
    db = openDatabase({ url: database.url, poolSize: 2, onError: () => undefined });
    await up(async (statement) => void (await db.run(sql.raw(statement))));
    bomb = await deflatedZeros(300);
  });

  after(async () => {
    await db.close();
    await database.drop();
  });

  async function install(content: Buffer, limits = packageLimits) {
    const file = join(folder, "upload.zip");
    await writeFile(file, content);
    const imported = await importPackage({ file, fileName: "upload.zip", formats: { small }, blobs: diskBlobs(join(folder, "blobs")), limits });
    const saved = await db.transaction((tx) => savePackage(tx, imported, { at }));
    return { imported, saved };
  }

  async function refused(content: Buffer, limits = packageLimits): Promise<CadreError> {
    try {
      await install(content, limits);
    } catch (error) {
      if (isCadreError(error)) return error;
      throw error;
    }
    throw new Error("nothing was refused");
  }

  async function left(): Promise<unknown> {
    const tables = ["package", "package_version", "package_file", "blob"];
    const rows = await Promise.all(tables.map((table) => db.one<{ count: number }>(sql`select count(*)::int as count from ${sql.id(table)}`)));
    return { rows: rows.map(({ count }) => count), files: await filesUnder(join(folder, "blobs")) };
  }

  const named = (name: string | Buffer, more: Partial<Written> = {}): Written[] => [manifest, page, { name, content: "x", ...more }];
  const inner = zipped([manifest]);
  const refusals: [string, () => Buffer, string, unknown?][] = [
    ["an empty file", () => Buffer.alloc(0), "zip_not_a_zip"],
    ["a file that is no zip", () => Buffer.from("%PDF-1.7 something else ".repeat(10)), "zip_not_a_zip"],
    ["a zip cut off in the middle", () => zipped([manifest, page]).subarray(0, 150), "zip_truncated"],
    ["a zip whose directory points elsewhere", () => withDirectoryAt(zipped([manifest]), 3), "zip_damaged"],
    ["a zip without a manifest", () => zipped([page]), "manifest_missing"],
    ["a package inside a zip", () => zipped([{ name: "course.zip", content: inner }, page]), "package_in_package", "course.zip"],
    ["two packages side by side", () => zipped([{ ...manifest, name: "a/imsmanifest.xml" }, { ...manifest, name: "b/imsmanifest.xml" }]), "manifest_ambiguous", "a/"],
    ["a manifest of no known format", () => zipped([{ name: "imsmanifest.xml", content: "<other/>" }]), "package_format_unknown"],
    ["a cmi5 course, which nothing here reads", () => zipped([page, { name: "Course/cmi5.xml", content: "<courseStructure/>" }]), "package_format_unknown", "Course/cmi5.xml"],
    ["a Tin Can course, which nothing here reads", () => zipped([page, { name: "TinCan.xml", content: "<tincan/>" }]), "package_format_unknown", "TinCan.xml"],
    ["an AICC course, which nothing here reads", () => zipped([page, { name: "golf.CRS", content: "[Course]" }, { name: "golf.au", content: "" }]), "package_format_unknown", "golf.CRS"],
    ["a sound that is called like a part of an AICC course", () => zipped([page, { name: "ping.au", content: ".snd" }]), "manifest_missing"],
    ["a DOCTYPE", () => zipped([{ name: "imsmanifest.xml", content: '<!DOCTYPE m [<!ENTITY a "b">]><manifest/>' }]), "xml_doctype", "imsmanifest.xml"],
    ["a manifest that is not well-formed", () => zipped([{ name: "imsmanifest.xml", content: "<manifest>" }]), "xml_malformed", "imsmanifest.xml"],
    ["a launch file that is not there", () => zipped([manifest]), "package_refused", "imsmanifest.xml"],
    ["a path to the folder above", () => zipped(named("../evil.html")), "zip_path_parent", "../evil.html"],
    ["a path that leads out on the way", () => zipped(named("a/../../evil.html")), "zip_path_parent", "a/../../evil.html"],
    ["a path to the folder above by backslashes", () => zipped(named("a\\..\\..\\evil.html")), "zip_path_parent", "a\\..\\..\\evil.html"],
    ["an absolute path", () => zipped(named("/etc/passwd")), "zip_path_absolute", "/etc/passwd"],
    ["a path on another machine", () => zipped(named("\\\\host\\share\\x")), "zip_path_absolute", "\\\\host\\share\\x"],
    ["a path on a drive", () => zipped(named("C:\\x.html")), "zip_path_drive", "C:\\x.html"],
    ["a path on a drive behind a dot", () => zipped(named("./c:/x.html")), "zip_path_drive", "./c:/x.html"],
    ["a NUL in a name", () => zipped(named("a\0.html")), "zip_path_unprintable", "a\0.html"],
    ["a line feed in a name", () => zipped(named("a\nb.html")), "zip_path_unprintable", "a\nb.html"],
    ["an unsafe path in a folder that is left out", () => zipped(named("__MACOSX/../../x")), "zip_path_parent", "__MACOSX/../../x"],
    ["a path in 41 folders", () => zipped(named("a/".repeat(40) + "b")), "zip_path_too_deep", "a/".repeat(40) + "b"],
    ["a path of 1,001 bytes", () => zipped(named("a".repeat(1001))), "zip_path_too_long", "a".repeat(1001)],
    ["a symbolic link", () => zipped(named("link", { content: "/etc/passwd", mode: 0o120777 })), "zip_symlink", "link"],
    ["a device", () => zipped(named("null", { mode: 0o020666 })), "zip_special_file", "null"],
    ["an encrypted entry", () => zipped(named("secret.html", { flags: 0x801 })), "zip_encrypted", "secret.html"],
    ["a strongly encrypted entry", () => zipped(named("secret.html", { flags: 0x841 })), "zip_encrypted"],
    ["deflate64", () => zipped(named("big.mp4", { method: 9, packed: Buffer.from("x") })), "zip_method_unsupported", "big.mp4"],
    ["two entries over the same bytes", () => zipped([manifest, page, { ...page, name: "again.html", sameAs: 1 }]), "zip_entries_overlap", "index.html"],
    ["an entry that reaches into the next", () => zipped([manifest, { ...page, localExtra: 40 }, { name: "z.html", content: "z" }]), "zip_entries_overlap", "index.html"],
    ["a stored entry with two sizes", () => zipped(named("a.html", { method: 0, sizeBytes: 9 })), "zip_size_mismatch", "a.html"],
    ["an entry smaller than declared", () => zipped(named("a.html", { sizeBytes: 9 })), "zip_size_mismatch", "a.html"],
    ["an entry larger than declared", () => zipped(named("a.html", { content: "x".repeat(100), sizeBytes: 9 })), "zip_size_mismatch", "a.html"],
    ["a wrong checksum", () => zipped(named("a.html", { crc: 1 })), "zip_damaged", "a.html"],
    ["bytes that do not inflate", () => zipped(named("a.html", { packed: Buffer.from("not deflated at all") })), "zip_damaged", "a.html"],
    ["an entry that ends too early", () => zipped(named("a.html", { content: "x".repeat(9_000), packed: Buffer.from([0xed, 0xc1]) })), "zip_damaged", "a.html"],
    ["two different files of one name", () => zipped(named("index.html", { content: "another" })), "zip_duplicate_path", "index.html"],
    ["30,000 entries", () => zipped([manifest, ...Array.from({ length: 29_999 }, (_, index) => ({ name: `f${index}`, method: 0 }))]), "zip_too_many_entries"],
    ["a bomb that is honest about it", () => zipped(named("zeros", { packed: bomb, sizeBytes: 300 * 1024 ** 2 })), "zip_ratio", "zeros"],
    ["a bomb that is not", () => zipped(named("zeros", { packed: bomb, sizeBytes: 1_000_000 })), "zip_size_mismatch", "zeros"],
  ];
  for (const [name, content, code, path] of refusals) {
    it(`refuses ${name}, and leaves nothing behind`, async () => {
      const error = await refused(content());
      expect([error.code, error.status], error.message).to.deep.equal([code, 422]);
      if (path !== undefined) expect(error.data.path).to.equal(path);
      expect((error.data.diagnostics as { severity: string; message: string }[]).at(-1)?.severity).to.equal("error");
      expect(await left()).to.deep.equal({ rows: [0, 0, 0, 0], files: [] });
    });
  }

  it("says which standard a package is of, and what is read here instead", async () => {
    const { message } = await refused(zipped([page, { name: "cmi5.xml", content: "<courseStructure/>" }]));
    expect(message).to.equal('This is a package of cmi5, by its "cmi5.xml", and no plugin of this site reads that. What is read is Small: export the course as one of these, or have a plugin for cmi5 installed.');
  });

  it("refuses more bytes than allowed by the directory alone", async () => {
    const error = await refused(zipped([manifest, { name: "a", content: "x".repeat(600) }, { name: "b", content: "y".repeat(600) }]), { ...packageLimits, totalBytes: 1000 });
    expect([error.code, error.data.path]).to.deep.equal(["zip_too_large", "b"]);
    expect(await left()).to.deep.equal({ rows: [0, 0, 0, 0], files: [] });
  });

  it("names every fault of a refused package with its line", async () => {
    const content = '<manifest>\n<item href="a.html"/>\n<item href="b.html"/></manifest>';
    const error = await refused(zipped([{ name: "imsmanifest.xml", content }]));
    expect(error.message).to.equal("This package cannot be used: The item's file a.html is not in the package. (and 1 more)");
    expect(error.data.diagnostics).to.deep.equal([
      { severity: "error", code: "launch_missing", message: "The item's file a.html is not in the package.", path: "imsmanifest.xml", line: 2 },
      { severity: "error", code: "launch_missing", message: "The item's file b.html is not in the package.", path: "imsmanifest.xml", line: 3 },
    ]);
  });

  const eAcute = Buffer.from([0x82, 0x2e, 0x70, 0x6e, 0x67]);
  const leniencies: [string, Written[], string[], string[]][] = [
    ["nothing odd", [manifest, page], [], ["imsmanifest.xml", "index.html"]],
    ["folders of their own as entries", [{ name: "media/", method: 0, mode: 0o040755 }, manifest, page], [], ["imsmanifest.xml", "index.html"]],
    ["a name in code page 437", [manifest, page, { name: eAcute, flags: 0 }], ["name_in_cp437"], ["imsmanifest.xml", "index.html", "é.png"]],
    ["a name in UTF-8 that is not flagged so", [manifest, page, { name: "日.png", flags: 0 }], [], ["imsmanifest.xml", "index.html", "日.png"]],
    ["backslashes", [manifest, page, { name: "media\\a.png" }], ["backslash_path"], ["imsmanifest.xml", "index.html", "media/a.png"]],
    ["dots and double slashes", [{ ...manifest, name: "./imsmanifest.xml" }, { ...page, name: ".//index.html" }], ["path_redundant", "path_redundant"], ["imsmanifest.xml", "index.html"]],
    ["what operating systems leave", [manifest, page, { name: "__MACOSX/._index.html" }, { name: "a/.DS_Store" }, { name: "Thumbs.db" }], ["junk_skipped", "junk_skipped", "junk_skipped"], ["imsmanifest.xml", "index.html"]],
    ["the same file twice", [manifest, page, page], ["duplicate_entry"], ["imsmanifest.xml", "index.html"]],
    ["names that differ in case", [manifest, page, { name: "INDEX.html" }], ["paths_differ_in_case"], ["imsmanifest.xml", "index.html", "INDEX.html"]],
    ["a manifest in capitals", [{ ...manifest, name: "IMSMANIFEST.XML" }, { ...page, name: "Index.HTML" }], ["path_differs_in_case", "path_differs_in_case"], ["IMSMANIFEST.XML", "Index.HTML"]],
    ["a manifest in a folder", [{ ...manifest, name: "my course/imsmanifest.xml" }, { ...page, name: "my course/index.html" }, { name: "readme.txt" }], ["manifest_in_subfolder", "files_outside_package"], ["imsmanifest.xml", "index.html"]],
    ["further manifests of its parts", [manifest, page, { ...manifest, name: "part/imsmanifest.xml" }], [], ["imsmanifest.xml", "index.html", "part/imsmanifest.xml"]],
    ["a manifest in UTF-16 with a mark", [{ name: "imsmanifest.xml", content: Buffer.from('\uFEFF<?xml version="1.0" encoding="UTF-16"?><manifest/>', "utf16le") }], ["xml_in_utf16"], ["imsmanifest.xml"]],
    ["zip64", [manifest, { ...page, isZip64: true }], [], ["imsmanifest.xml", "index.html"]],
    ["empty files", [manifest, page, { name: "empty.js" }, { name: "stored.js", method: 0 }], [], ["imsmanifest.xml", "index.html", "empty.js", "stored.js"]],
  ];
  for (const [name, entries, codes, paths] of leniencies) {
    it(`reads ${name}, and says what it made of it`, async () => {
      const { imported, saved } = await install(zipped(entries));
      expect(imported.diagnostics.map(({ code }) => code)).to.deep.equal(codes);
      expect(imported.files.map(({ path }) => path)).to.deep.equal(paths);
      await db.run(sql`delete from package where id = ${saved.packageId}`);
      await db.run(sql`delete from blob`);
      await rm(join(folder, "blobs"), { recursive: true });
    });
  }
});

async function deflatedZeros(megabytes: number): Promise<Buffer> {
  const deflate = createDeflateRaw({ level: 9, memLevel: 9 });
  const zeros = Buffer.alloc(1024 ** 2);
  const parts: Buffer[] = [];
  deflate.on("data", (part: Buffer) => parts.push(part));
  for (let index = 0; index < megabytes; index++) if (!deflate.write(zeros)) await new Promise((resolve) => deflate.once("drain", resolve));
  await new Promise<void>((resolve) => deflate.end(resolve));
  return Buffer.concat(parts);
}

function withDirectoryAt(zip: Buffer, offset: number): Buffer {
  zip.writeUInt32LE(offset, zip.length - 6);
  return zip;
}
