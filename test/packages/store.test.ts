import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { BlobStore } from "../../core/courses/packages/blobs.ts";
import { diskBlobs } from "../../core/courses/packages/disk-blobs.ts";
import type { ImportedPackage } from "../../core/courses/packages/import.ts";
import { fileOf, savePackage, versionOf, versionsOf } from "../../core/courses/packages/store.ts";
import { removeUnusedBlobs } from "../../core/courses/packages/unused-blobs.ts";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { up } from "../../migrations/0030_packages.ts";
import { filesUnder } from "./zips.ts";

const at = new Date("2026-01-02T03:04:05Z");
const nobody = "00000000-0000-7000-8000-000000000000";

describe("Packages in the database", () => {
  let database: TestDatabase;
  let db: Database;
  let blobs: BlobStore;

  before(async () => {
    database = await testDatabase();
    db = openDatabase({ url: database.url, poolSize: 10, onError: () => undefined });
    await up(async (statement) => void (await db.run(sql.raw(statement))));
  });
  beforeEach(async () => {
    await rm(join(database.folder, "blobs"), { recursive: true, force: true });
    blobs = diskBlobs(join(database.folder, "blobs"), { durable: false });
    await db.run(sql`truncate package, blob cascade`);
  });
  after(async () => {
    await db.close();
    await database.drop();
  });

  /** A package of these files: path to content. */
  async function imported(files: Record<string, string>, more: Partial<ImportedPackage> = {}): Promise<ImportedPackage> {
    const stored = [];
    for (const [path, content] of Object.entries(files)) stored.push({ path, ...(await blobs.put([Buffer.from(content)])), mediaType: "text/html" });
    const structure = { standard: "SCORM", edition: "1.2", identifier: "M", title: "Golf", items: [] };
    return { format: "scorm12", fileName: "golf.zip", sizeBytes: 5, structure, files: stored, diagnostics: [], digest: "d", ...more };
  }

  it("keeps a version with its structure, report and files", async () => {
    const diagnostics = [{ severity: "note", code: "junk_skipped", message: "x", path: "y", line: 3 }] as const;
    const { packageId, versionId, number } = await savePackage(db, await imported({ "index.html": "hello", "é/日.html": "hello" }, { diagnostics }), { createdBy: nobody, at });
    expect(number).to.equal(1);
    expect(await versionOf(db, versionId)).to.deep.equal({
      id: versionId, packageId, number: 1, format: "scorm12", standard: "SCORM", edition: "1.2", title: "Golf", diagnostics, fileName: "golf.zip", sizeBytes: 5, digest: "d",
      structure: { standard: "SCORM", edition: "1.2", identifier: "M", title: "Golf", items: [] }, createdBy: nobody, createdAt: at,
    });
    const content = { sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", sizeBytes: 5, mediaType: "text/html" };
    expect(await fileOf(db, versionId, "é/日.html")).to.deep.equal(content);
    expect(await fileOf(db, versionId, "INDEX.html")).to.equal(undefined);
    expect(await fileOf(db, nobody, "index.html")).to.equal(undefined);
  });

  it("puts versions side by side, each with its own files", async () => {
    const first = await savePackage(db, await imported({ "index.html": "one" }), { at });
    const second = await savePackage(db, await imported({ "index.html": "two" }), { packageId: first.packageId, at });
    expect((await versionsOf(db, first.packageId)).map(({ id, number }) => [id, number])).to.deep.equal([[second.versionId, 2], [first.versionId, 1]]);
    const hashes = await Promise.all([first, second].map(({ versionId }) => fileOf(db, versionId, "index.html")));
    expect(new Set(hashes.map((file) => file?.sha256)).size).to.equal(2);
  });

  it("numbers versions without gaps when ten are saved at once, sharing content", async () => {
    const { packageId } = await savePackage(db, await imported({ a: "a" }), { at });
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, `content ${index}`]));
    const next = await imported(files);
    const reversed = { ...next, files: next.files.toReversed() };
    const saved = await Promise.all(Array.from({ length: 10 }, (_, index) => db.transaction((tx) => savePackage(tx, index % 2 ? next : reversed, { packageId, at }))));
    expect(saved.map(({ number }) => number).toSorted((one, other) => one - other)).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("saves new packages with the same content at once", async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, `content ${index}`]));
    const one = await imported(files);
    const other = { ...one, files: one.files.toReversed() };
    await Promise.all(Array.from({ length: 8 }, (_, index) => db.transaction((tx) => savePackage(tx, index % 2 ? one : other, { at }))));
    expect(await db.one(sql`select count(*)::int as count from package_file`)).to.deep.equal({ count: 1600 });
  });

  it("adds no version to a package that is not there", async () => {
    const refused = await savePackage(db, await imported({}), { packageId: nobody, at }).catch((error: unknown) => error);
    expect(isCadreError(refused) && [refused.code, refused.status]).to.deep.equal(["package_missing", 404]);
  });

  it("keeps what PostgreSQL cannot without failing", async () => {
    const structure = { standard: "x", identifier: "i", title: "a\0b\ud800c", items: [] };
    const { versionId } = await savePackage(db, await imported({}, { structure, fileName: "a\0.zip" }), { at });
    const version = await versionOf(db, versionId);
    expect([version?.title, version?.structure.title, version?.fileName]).to.deep.equal(["ab\uFFFDc", "ab\uFFFDc", "a.zip"]);
  });

  it("removes the content of deleted packages once it is old, and no other", async () => {
    const first = await savePackage(db, await imported({ a: "only here", b: "shared" }), { at });
    await savePackage(db, await imported({ b: "shared" }), { at });
    await db.run(sql`delete from package where id = ${first.packageId}`);
    expect(await removeUnusedBlobs(db, blobs, at)).to.deep.equal({ removed: 0 });
    expect(await removeUnusedBlobs(db, blobs, new Date(Date.now() + 1000))).to.deep.equal({ removed: 1 });
    expect(await db.one(sql`select count(*)::int as count from blob`)).to.deep.equal({ count: 1 });
    expect(await filesUnder(join(database.folder, "blobs"))).to.have.length(1);
  });
});
