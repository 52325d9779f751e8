import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { expect } from "chai";
import type { BlobStore } from "../../core/courses/packages/blobs.ts";
import { diskBlobs } from "../../core/courses/packages/disk-blobs.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import { filesUnder } from "./zips.ts";

const hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const future = new Date(Date.now() + 3_600_000);
const past = new Date(Date.now() - 3_600_000);
const none = async () => new Set<string>();

describe("Blobs on disk", () => {
  let root: string;
  let blobs: BlobStore;
  const put = (content: string) => blobs.put([Buffer.from(content)]);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "cadre-blobs-"));
    blobs = diskBlobs(root);
  });
  afterEach(() => rm(root, { recursive: true }));

  it("names content by its hash and stores it once", async () => {
    expect(await blobs.put([Buffer.from("hel"), Buffer.from("lo")])).to.deep.equal({ sha256: hello, sizeBytes: 5 });
    expect(await put("hello")).to.deep.equal({ sha256: hello, sizeBytes: 5 });
    expect(await filesUnder(root)).to.deep.equal([hello]);
    expect(await blobs.stat(hello)).to.deep.equal({ sizeBytes: 5 });
    expect(await readdir(join(root, "2c"))).to.deep.equal([hello]);
  });

  it("gives back the whole or the range asked for", async () => {
    await put("hello");
    expect(await text(blobs.open(hello))).to.equal("hello");
    expect(await text(blobs.open(hello, { start: 1, end: 3 }))).to.equal("ell");
    expect(await text(blobs.open(hello, { start: 3 }))).to.equal("lo");
  });

  it("keeps an empty content too", async () => {
    const { sha256, sizeBytes } = await blobs.put([]);
    expect(sizeBytes).to.equal(0);
    expect(await text(blobs.open(sha256))).to.equal("");
  });

  for (const name of ["0".repeat(64), "../../etc/passwd", hello.toUpperCase()]) {
    it(`fails with blob_missing for ${name}`, async () => {
      const failed = await buffer(blobs.open(name)).catch((error: unknown) => error);
      expect(isCadreError(failed) && [failed.code, failed.status]).to.deep.equal(["blob_missing", 404]);
    });
  }

  it("removes, and says nothing of what is not there", async () => {
    await put("hello");
    await blobs.remove(hello);
    await blobs.remove(hello);
    expect(await blobs.stat(hello)).to.equal(undefined);
  });

  it("leaves nothing of a content that breaks off", async () => {
    const broken = async function* () {
      yield Buffer.from("hel");
      throw new Error("the line is dead");
    };
    const failed = await blobs.put(broken()).catch((error: unknown) => error);
    expect(failed).to.be.an("error").with.property("message", "the line is dead");
    expect(await filesUnder(root)).to.deep.equal([]);
  });

  it("shows nothing of a stage before it is kept, and then what is wanted of it; nothing of one that is discarded", async () => {
    const [kept, discarded] = [await blobs.stage(), await blobs.stage()];
    const put = await Promise.all(["hello", "hello", "world"].map((content) => kept.put([Buffer.from(content)])));
    await kept.put([Buffer.from("put, and not wanted")]);
    await discarded.put([Buffer.from("never")]);
    expect(await blobs.stat(hello)).to.equal(undefined);
    await kept.keep(put.map(({ sha256 }) => sha256));
    await kept.discard();
    await discarded.discard();
    expect((await filesUnder(root)).sort()).to.deep.equal([hello, "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7"].sort());
  });

  it("does not take away what another import stored when it discards", async () => {
    await put("hello");
    const stage = await blobs.stage();
    await stage.put([Buffer.from("hello")]);
    await stage.discard();
    expect(await blobs.stat(hello)).to.deep.equal({ sizeBytes: 5 });
  });

  it("writes no second file of what is stored or staged already, in one part or in many", async () => {
    await put("hello");
    const stage = await blobs.stage();
    await stage.put([Buffer.from("hello")]);
    await stage.put(["h", "ell", "o"].map((part) => Buffer.from(part)));
    expect(await filesUnder(root)).to.deep.equal([hello]);
    await stage.put(["wor", "ld"].map((part) => Buffer.from(part)));
    const { sha256 } = await stage.put([Buffer.from("world")]);
    expect(await filesUnder(root)).to.have.length(2);
    await stage.keep([sha256]);
    expect(await text(blobs.open(sha256))).to.equal("world");
  });

  it("mends a content that a power cut left short", async () => {
    await put("hello");
    await truncate(join(root, "2c", hello), 2);
    await put("hello");
    expect(await text(blobs.open(hello))).to.equal("hello");
  });

  describe("sweeping", () => {
    it("removes old contents that nothing refers to, and old stages", async () => {
      await put("hello");
      const { sha256 } = await put("world");
      await (await blobs.stage()).put([Buffer.from("abandoned")]);
      expect(await blobs.sweep(async (names) => new Set(names.filter((name) => name === hello)), future)).to.deep.equal({ removed: 1 });
      expect(await blobs.stat(sha256)).to.equal(undefined);
      expect(await filesUnder(root)).to.deep.equal([hello]);
    });

    it("spares what is young, stages under way among it", async () => {
      await put("hello");
      const stage = await blobs.stage();
      const { sha256 } = await stage.put([Buffer.from("world")]);
      expect(await blobs.sweep(none, past)).to.deep.equal({ removed: 0 });
      await stage.keep([sha256]);
      expect(await filesUnder(root)).to.have.length(2);
    });

    it("spares what is stored again while it is being swept", async () => {
      await put("hello");
      const olderThan = new Date();
      const result = await blobs.sweep(async () => {
        while (new Date() <= olderThan) await new Promise((resolve) => setImmediate(resolve));
        await put("hello");
        return new Set();
      }, olderThan);
      expect(result).to.deep.equal({ removed: 0 });
      expect(await text(blobs.open(hello))).to.equal("hello");
    });
  });
});
