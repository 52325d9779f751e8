import { expect } from "chai";
import { isCadreError } from "../../core/kernel/errors.ts";
import { packageLimits } from "../../core/courses/packages/limits.ts";
import { createReport, packageDiagnostics } from "../../core/courses/packages/report.ts";
import { attributeOf, childrenOf, parseXml, type XmlElement } from "../../core/courses/packages/xml.ts";

const path = "imsmanifest.xml";

async function parsed(bytes: Buffer | string, limits = packageLimits) {
  const report = createReport(packageDiagnostics);
  const root = await parseXml(Buffer.from(bytes), { path, report, limits });
  return { root, codes: report.diagnostics.map(({ code }) => code), report };
}

async function refusal(bytes: Buffer | string, limits = packageLimits) {
  try {
    await parsed(bytes, limits);
  } catch (error) {
    if (isCadreError(error)) return { code: error.code, line: error.data.line, status: error.status, message: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("XML in packages", () => {
  it("gives elements and attributes in document order with namespace and true line", async () => {
    const { root, codes } = await parsed(
      '<?xml version="1.0"?>\n<manifest xmlns="urn:cp" xmlns:a="urn:adl"\n  identifier="M">\n\n  <item\n    a:x="1">one<b/>two</item>\r\n  <!-- \n -->\r  <a:item/><item/></manifest>',
    );
    expect(codes).to.deep.equal([]);
    expect([root.name, root.uri, root.line]).to.deep.equal(["manifest", "urn:cp", 2]);
    expect(root.children.map(({ name, uri, line }) => [name, uri, line])).to.deep.equal([["item", "urn:cp", 5], ["item", "urn:adl", 9], ["item", "urn:cp", 9]]);
    const [first] = root.children as [XmlElement];
    expect(first.text).to.equal("onetwo");
    expect(first.attributes).to.deep.equal([{ local: "x", uri: "urn:adl", value: "1" }]);
    expect(attributeOf(root, "identifier")).to.equal("M");
    expect(childrenOf(root, "item", "urn:cp")).to.have.length(2);
  });

  const words = "é–日";
  const encodings: [string, Buffer, string, string[]][] = [
    ["UTF-8 without a mark", Buffer.from(`<a>${words}</a>`), words, []],
    ["UTF-8 with a mark", Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-8"?><a>${words}</a>`), words, []],
    ["UTF-16 little-endian with a mark", Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?><a>${words}</a>`, "utf16le"), words, ["xml_in_utf16"]],
    ["UTF-16 big-endian with a mark", Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?><a>${words}</a>`, "utf16le").swap16(), words, ["xml_in_utf16"]],
    ["UTF-16 without a mark", Buffer.from(`<a>${words}</a>`, "utf16le"), words, ["xml_in_utf16"]],
    ["ISO 8859-1 by declaration", Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', "latin1"), "é", []],
    ["Shift JIS by declaration", Buffer.concat([Buffer.from('<?xml version="1.0" encoding="Shift_JIS"?><a>'), Buffer.from([0x93, 0xfa]), Buffer.from("</a>")]), "日", []],
    ["UTF-8 that claims UTF-16", Buffer.from(`<?xml version="1.0" encoding="utf-16"?><a>${words}</a>`), words, ["xml_encoding_wrong"]],
    ["windows-1252 that claims UTF-8", Buffer.from('<?xml version="1.0" encoding="UTF-8"?><a>é</a>', "latin1"), "é", ["xml_encoding_wrong"]],
  ];
  for (const [name, bytes, text, expected] of encodings) {
    it(`reads ${name}`, async () => {
      const { root, codes } = await parsed(bytes);
      expect(root.text).to.equal(text);
      expect(codes).to.deep.equal(expected);
    });
  }

  const refusals: [string, string | Buffer, string, number | undefined][] = [
    ["a DOCTYPE, even after comments that name one", '<?xml version="1.0"?>\n<!-- <!DOCTYPE no> -->\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<a>&b;</a>', "xml_doctype", 3],
    ["a DOCTYPE in UTF-16", Buffer.from("\uFEFF\n<!doctype a><a/>", "utf16le"), "xml_doctype", 2],
    ["a DOCTYPE behind a long comment", `<!--${"x".repeat(100_000)}-->\n<!DOCTYPE a><a/>`, "xml_doctype", 2],
    ["a DOCTYPE after the root began", "<a>\n<!DOCTYPE b></a>", "xml_malformed", 2],
    ["an unclosed element", "<a>\n<b>\n</a>", "xml_malformed", 3],
    ["an early end", "<a>\n<b>", "xml_malformed", 2],
    ["two roots", "<a/>\n<b/>", "xml_malformed", 2],
    ["text after the root", "<a/>\njunk", "xml_malformed", 2],
    ["an attribute given twice", '<a>\n<b c="1" c="2"/></a>', "xml_malformed", 2],
    ["an entity of HTML", "<a>\n&nbsp;</a>", "xml_malformed", 2],
    ["an entity named like an object's member", "<a>&constructor;</a>", "xml_malformed", 1],
    ["a NUL by reference", "<a>\n&#0;</a>", "xml_malformed", 2],
    ["half a surrogate pair by reference", '<a>\n<b c="&#xD800;"/></a>', "xml_malformed", 2],
    ["an empty file", "", "xml_malformed", 1],
    ["plain text", "not XML", "xml_malformed", 1],
    ["an unknown encoding", '<?xml version="1.0" encoding="klingon"?><a/>', "xml_encoding", 1],
    ["bytes that are not in their UTF-16", Buffer.from([0xff, 0xfe, 0x3c, 0, 0x61, 0, 0x00, 0xd8]), "xml_encoding", undefined],
    ["101 elements inside each other", `${"<a>".repeat(101)}${"</a>".repeat(101)}`, "xml_limit", 1],
    ["201 attributes", `<a ${Array.from({ length: 201 }, (_, index) => `b${index}=""`).join(" ")}/>`, "xml_limit", 1],
    ["a tag that never ends", `<a>\n<b ${"c='' ".repeat(500_000)}`, "xml_limit", 2],
    ["a comment of a million characters", `<a>\n<!--${"x".repeat(1_000_000)}--></a>`, "xml_limit", 2],
    ["250,001 elements", `<a>${"<b/>".repeat(250_000)}</a>`, "xml_limit", 1],
  ];
  for (const [name, bytes, code, line] of refusals) {
    it(`refuses ${name}, with the line`, async () => {
      const refused = await refusal(bytes);
      expect([refused.code, refused.line, refused.status]).to.deep.equal([code, line, 422]);
      expect(refused.message).to.include(path);
    });
  }

  it("refuses what is larger than allowed", async () => {
    expect((await refusal("<a>12345</a>", { ...packageLimits, xmlBytes: 10 })).code).to.equal("xml_limit");
  });

  it("reads names with an undeclared prefix, and says so once for each prefix", async () => {
    const { root, report } = await parsed('<a>\n<adlcp:x adlcp:y="1" z:w="2"/><adlcp:x/></a>');
    expect(root.children.map(({ name }) => name)).to.deep.equal(["x", "x"]);
    expect(root.children[0]?.attributes).to.deep.equal([{ local: "y", uri: "adlcp", value: "1" }, { local: "w", uri: "z", value: "2" }]);
    expect(report.diagnostics.map(({ code, line }) => [code, line])).to.deep.equal([["xml_prefix_undeclared", 2], ["xml_prefix_undeclared", 2]]);
  });

  it("keeps names of object members apart from objects", async () => {
    const { root } = await parsed('<__proto__ constructor="1"><constructor:hasOwnProperty toString:x="2"/></__proto__>');
    expect([root.name, attributeOf(root, "constructor")]).to.deep.equal(["__proto__", "1"]);
    expect(root.children[0]).to.include({ name: "hasOwnProperty", uri: "" });
    expect(({} as Record<string, unknown>).x).to.equal(undefined);
  });

  it("keeps text and lines whole across slices", async () => {
    const rows = Array.from({ length: 9_000 }, (_, index) => `<item identifier="i${index}">${"text\r\n".repeat(3)}</item>`);
    const { root } = await parsed(`<m>${rows.join("")}</m>`);
    expect(root.children).to.have.length(9_000);
    expect(root.children.every(({ text, line }, index) => text === "text\n".repeat(3) && line === 1 + 3 * index)).to.equal(true);
  });
});
