import { expect } from "chai";
import { isCadreError } from "../../core/kernel/errors.ts";
import { partsOf } from "../../core/lrs/attachments/multipart.ts";
import { multipart } from "./multipart-support.ts";

const type = "multipart/mixed; boundary=here";
const bytesOf = (body: Buffer | string, contentType = type) => partsOf(Buffer.from(body as string), contentType).map(({ bytes }) => bytes.toString("latin1"));

describe("records: reading multipart (RFC 2046)", () => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const contents = { "every byte there is": everyByte, "ends of lines": "\r\n\r\n\n\r", "nothing": "", "what looks like a boundary": "one --here\r\n--her\r\n--here2\r\n--hereX", "the end of a line, last": "a\r\n" };

  for (const [what, content] of Object.entries(contents)) {
    it(`gives back ${what}`, () => {
      const parts = partsOf(multipart([{ headers: {}, bytes: content }, { headers: { A: "b" }, bytes: content }]), type);
      expect(parts.map(({ bytes }) => bytes.equals(Buffer.from(content)))).to.deep.equal([true, true]);
    });
  }

  it("passes over preamble and epilogue, and space after a boundary", () => {
    expect(bytesOf(multipart([{ headers: {}, bytes: "one" }], { preamble: "read --here\r\nand then\r\n", epilogue: "\r\nno more\r\n--here\r\n\r\nnot this" }))).to.deep.equal(["one"]);
    expect(bytesOf("--here \t\r\n\r\none\r\n--here--  ")).to.deep.equal(["one"]);
  });

  it("reads headers in any case, folded, the first of two that are alike", () => {
    const [part] = partsOf(Buffer.from("--here\r\nX-ONE:  a\r\n b\r\nx-two:c:d \r\nX-Two: e\r\n\r\n\r\n--here--"), type);
    expect([...part!.headers]).to.deep.equal([["x-one", "a b"], ["x-two", "c:d"]]);
    expect(part!.bytes).to.have.length(0);
  });

  for (const [contentType, boundary] of [
    ["multipart/mixed; boundary=a", "a"],
    [`multipart/mixed; boundary="abcABC0123'()+_,-./:=?"`, "abcABC0123'()+_,-./:=?"],
    ['multipart/mixed; charset=utf-8;BOUNDARY = "a b; c"', "a b; c"],
    ['multipart/mixed; boundary="a\\"b"', 'a"b'],
    ["multipart/mixed; boundary=-------314159265358979323846", "-------314159265358979323846"],
    [`multipart/mixed; boundary=${"x".repeat(70)}`, "x".repeat(70)],
  ] as const) {
    it(`finds the boundary of ${contentType}`, () => expect(bytesOf(multipart([{ headers: {}, bytes: "one" }], { boundary }), contentType)).to.deep.equal(["one"]));
  }

  for (const [what, body, contentType, message] of [
    ["no boundary in the header", "--here\r\n\r\n\r\n--here--", "multipart/mixed;", "names no boundary"],
    ["an empty boundary", "--here--", 'multipart/mixed; boundary=""', "names no boundary"],
    ["a boundary of 71 characters", "--here--", `multipart/mixed; boundary=${"x".repeat(71)}`, "names no boundary"],
    ["a boundary that ends in space", "--here--", 'multipart/mixed; boundary="x "', "names no boundary"],
    ["no boundary in the body", "one", type, "begins its first part"],
    ["an empty body", "", type, "begins its first part"],
    ["lines that end in LF alone", "--here\n\none\n--here--\n", type, "begins its first part"],
    ["no closing boundary", "--here\r\n\r\none\r\n--here\r\n\r\ntwo", type, "Part 2 does not end"],
    ["headers without their end", "--here\r\nA: b\r\n--here--", type, "Part 1 has no empty line"],
    ["parts without end", `--here\r\n\r\n${"\r\n--here\r\n\r\n".repeat(30_000)}\r\n--here--`, type, "more than the 20000 parts"],
    ["a line that is no header", "--here\r\nA b\r\n\r\none\r\n--here--", type, "Part 1 has a line among its headers"],
  ] as const) {
    it(`refuses ${what}`, () => {
      try {
        partsOf(Buffer.from(body), contentType);
      } catch (error) {
        if (!isCadreError(error)) throw error;
        expect([error.code, error.status]).to.deep.equal(["invalid_multipart", 400]);
        expect(error.message).to.include(message);
        return expect(error.problems[0]).to.include({ clause: "Communication 1.5.2" });
      }
      expect.fail("it was not refused");
    });
  }
});
