import AdmZip from "adm-zip";
import { expect } from "chai";
import { crc32, deflateRawSync } from "node:zlib";
import { descriptorLength, localEntry, localHeaderBytes } from "../../core/courses/packages/local-headers.ts";
import { zipped, type Written } from "./zips.ts";

const content = "<p>Golf</p>".repeat(9);
const packed = deflateRawSync(content);
const page: Written = { name: "é.html", content };
const told = { crc32: crc32(content), packedBytes: packed.length, sizeBytes: content.length };
const contentStart = localHeaderBytes + Buffer.byteLength("é.html");

function admZip(): Buffer {
  const zip = new AdmZip();
  zip.addFile("é.html", Buffer.from(content));
  return zip.toBuffer();
}

describe("A local header", () => {
  const read = (bytes: Buffer, start = 0) => localEntry(bytes.subarray(start, start + localHeaderBytes), start);

  const understood: [string, Buffer, object][] = [
    ["a deflated entry", zipped([page]), { contentStart, isDeflated: true, told }],
    ["an entry by adm-zip", admZip(), { contentStart, isDeflated: true, told }],
    ["a stored entry", zipped([{ ...page, method: 0 }]), { contentStart, isDeflated: false, told: { ...told, packedBytes: content.length } }],
    ["an entry with an extra field", zipped([{ ...page, localExtra: 28 }]), { contentStart: contentStart + 28, isDeflated: true, told }],
    ["a deflated entry with its sizes behind it", zipped([{ ...page, descriptor: "signed" }]), { contentStart, isDeflated: true }],
    ["a folder", zipped([{ name: "media/", method: 0 }]), { contentStart: localHeaderBytes + 6, isDeflated: false, told: { crc32: 0, packedBytes: 0, sizeBytes: 0 } }],
  ];
  for (const [what, zip, expected] of understood) {
    it(`tells of ${what}`, () => expect(read(zip)).to.deep.equal({ headerStart: 0, ...expected }));
  }

  it("tells where it stands itself", () => {
    const zip = zipped([{ ...page, method: 0 }, page]);
    const second = contentStart + content.length;
    expect(read(zip, second)).to.deep.equal({ headerStart: second, contentStart: second + contentStart, isDeflated: true, told });
  });

  const beyond: [string, Buffer][] = [
    ["nothing", Buffer.alloc(0)],
    ["half a header", zipped([page]).subarray(0, localHeaderBytes - 1)],
    ["a directory", zipped([page]).subarray(contentStart + packed.length)],
    ["garbage", Buffer.alloc(localHeaderBytes, "PK")],
    ["an encrypted entry", zipped([{ ...page, flags: 0x801 }])],
    ["an entry packed by deflate64", zipped([{ ...page, method: 9 }])],
    ["a stored entry with its sizes behind it", zipped([{ ...page, method: 0, descriptor: "signed" }])],
    ["an entry with its packed size in zip64", zipped([{ ...page, local: { packedBytes: 0xffffffff } }])],
    ["an entry with its size in zip64", zipped([{ ...page, local: { sizeBytes: 0xffffffff } }])],
  ];
  for (const [what, bytes] of beyond) {
    it(`tells nothing of ${what}`, () => expect(read(bytes)).to.equal(undefined));
  }
});

describe("A descriptor", () => {
  const behind = (descriptor: Written["descriptor"]) => zipped([{ ...page, descriptor }]).subarray(contentStart + packed.length);
  const rows: [string, Buffer, number | undefined][] = [
    ["with its signature has 16 bytes", behind("signed"), 16],
    ["without it has 12", behind("bare"), 12],
    ["in zip64 has 24", behind("zip64"), 24],
    ["in zip64 without a signature has 20", behind("zip64").subarray(4), 20],
    ["that is cut off is none", behind("signed").subarray(0, 15), undefined],
    ["that is cut off in zip64 is none", behind("zip64").subarray(0, 23), undefined],
    ["that is not there is none", Buffer.alloc(0), undefined],
    ["of something else is none", zipped([{ ...page, content: "x", descriptor: "signed" }]).subarray(contentStart + deflateRawSync("x").length), undefined],
  ];
  for (const [what, bytes, length] of rows) {
    it(what, () => expect(descriptorLength(bytes, told)).to.equal(length));
  }
});
