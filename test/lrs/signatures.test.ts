import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { expect } from "chai";
import { isCadreError } from "../../core/kernel/errors.ts";
import { contentsOf } from "../../core/lrs/attachments/matching.ts";
import { partsOf } from "../../core/lrs/attachments/multipart.ts";
import { checkSignatures } from "../../core/lrs/attachments/signatures.ts";
import { prepareText } from "../../core/lrs/ingest/prepare.ts";
import type { XapiVersion } from "../../core/lrs/statement/versions.ts";
import { certificate } from "./certificates.ts";
import { multipart, partWith, told } from "./multipart-support.ts";
import { reception, statement, uuid } from "./support.ts";

const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });
const [root, signer, small] = [rsa(2048), rsa(2048), rsa(1024)];
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rootCertificate = certificate("Root", root.publicKey, "Root", root.privateKey);
const issued = (publicKey: KeyObject) => certificate("Signer", publicKey, "Root", root.privateKey);
const chain = [issued(signer.publicKey), rootCertificate];

const base64url = (text: string): string => Buffer.from(text).toString("base64url");
const usageType = "http://adlnet.gov/expapi/attachments/signature";

/** A JWS in the compact serialization; a payload that is a string is taken as it is. */
function jws(payload: unknown, { header = {}, key = signer.privateKey, hash = "RSA-SHA256" }: { header?: object; key?: KeyObject; hash?: string } = {}): string {
  const signed = `${base64url(JSON.stringify({ alg: "RS256", ...header }))}.${base64url(typeof payload === "string" ? payload : JSON.stringify(payload))}`;
  return `${signed}.${sign(hash, Buffer.from(signed), key).toString("base64url")}`;
}

/** What is wrong with a statement that came with these signatures; empty when nothing is. */
async function wrongWith(one: object, signatures: string | string[], { version = "2.0.0" as XapiVersion, changes = {} as Record<string, unknown>, others = [] as unknown[] } = {}): Promise<string[]> {
  const list = [signatures].flat();
  const attachments = [...others, ...list.map((text) => told(text, { usageType, ...changes }))];
  try {
    const prepared = prepareText(JSON.stringify([statement(), { ...one, attachments }]), { ...reception, version });
    const parts = partsOf(multipart(list.map((text) => partWith(text, { "Content-Type": "" }))), "multipart/mixed; boundary=here");
    checkSignatures(prepared, await contentsOf(prepared, parts, 100_000), version);
    return [];
  } catch (error) {
    if (!isCadreError(error)) throw error;
    expect([error.code, error.status]).to.deep.equal(["invalid_statements", 400]);
    return error.problems.map(({ pointer, message, ...rest }) => {
      expect(rest).to.include({ code: "invalid_signature", clause: "Data 2.6" });
      return `${pointer} ${message}`;
    });
  }
}

describe("records: signed statements (Data 2.6)", () => {
  const plain = statement({ id: uuid(1), timestamp: "2025-01-01T00:00:00Z", result: { duration: "PT1.123S", score: { raw: 12 } } });

  for (const [alg, hash] of [["RS256", "RSA-SHA256"], ["RS384", "RSA-SHA384"], ["RS512", "RSA-SHA512"]] as const) {
    for (const version of ["1.0.3", "2.0.0"] as const) {
      it(`takes ${alg}, with and without a certificate (${version})`, async () => {
        expect(await wrongWith(plain, jws(plain, { header: { alg }, hash }), { version })).to.deep.equal([]);
        expect(await wrongWith(plain, jws(plain, { header: { alg, x5c: chain }, hash }), { version })).to.deep.equal([]);
      });
    }
  }

  it("takes a certificate without its issuer's, and a key of 1024 bits as the specification's example has", async () => {
    expect(await wrongWith(plain, jws(plain, { header: { x5c: chain.slice(0, 1) } }))).to.deep.equal([]);
    expect(await wrongWith(plain, jws(plain, { header: { x5c: [issued(small.publicKey), rootCertificate] }, key: small.privateKey }))).to.deep.equal([]);
  });

  for (const [what, payload] of Object.entries({
    "with its members in another order": Object.fromEntries(Object.entries(plain).reverse()),
    "without the id that an LRS gave": { ...plain, id: undefined },
    "without the timestamp that an LRS gave": { ...plain, timestamp: undefined },
    "with another version, authority and stored": { ...plain, version: "1.0.0", stored: "2025-01-01T00:00:00Z", authority: { mbox: "mailto:lrs@example.org" } },
    "with a duration that differs beyond 0.01 s": { ...plain, result: { duration: "PT1.129S", score: { raw: 12 } } },
    "with the same time in another zone": { ...plain, timestamp: "2025-01-01T01:00:00+01:00" },
    "with 12.0 for 12": JSON.stringify(plain).replace(":12}", ":12.0}"),
    "with no attachments, told": { ...plain, attachments: [] },
    "over several lines": JSON.stringify(plain, null, 2),
  })) {
    it(`takes a payload ${what}`, async () => expect(await wrongWith(plain, jws(payload))).to.deep.equal([]));
  }

  it("counts the other attachments as the statement's, and takes two signatures, the second of what has the first", async () => {
    const others = [told("essay", { fileUrl: "http://example.org/essay" })];
    expect(await wrongWith(plain, jws({ ...plain, attachments: others }), { others })).to.deep.equal([]);
    expect(await wrongWith(plain, jws(plain), { others })).to.deep.equal(["/1/attachments/1 is a signature of another statement"]);
    const first = jws(plain);
    expect(await wrongWith(plain, [first, jws({ ...plain, attachments: [told(first, { usageType })] })])).to.deep.equal([]);
  });

  const other = (changes: object) => jws({ ...plain, ...changes });
  for (const [what, signature, message] of [
    ["no text at all", "", "is no JSON Web Signature"],
    ["bytes that are no JWS", randomBytes(100).toString("latin1"), "is no JSON Web Signature"],
    ["two parts", "a.b", "is no JSON Web Signature"],
    ["no signature at its end", jws(plain).replace(/[^.]+$/, ""), "is no JSON Web Signature"],
    ["the algorithm none", jws(plain, { header: { alg: "none" } }), "by none; it must be RS256, RS384 or RS512"],
    ["the algorithm HS256", jws(plain, { header: { alg: "HS256" } }), "by HS256"],
    ["the algorithm PS256", jws(plain, { header: { alg: "PS256" } }), "by PS256"],
    ["the algorithm ES256", jws(plain, { header: { alg: "ES256" } }), "by ES256"],
    ["the algorithm rs256", jws(plain, { header: { alg: "rs256" } }), "by rs256"],
    ["the algorithm toString", jws(plain, { header: { alg: "toString" } }), "by toString"],
    ["no algorithm", jws(plain, { header: { alg: undefined } }), "by undefined"],
    ["a header that is no JSON", `${base64url("x")}.${base64url("{}")}.AAAA`, "whose header is no JSON object"],
    ["critical extensions", jws(plain, { header: { crit: ["b64"], b64: false } }), "critical extensions"],
    ["a payload that is no JSON", jws(JSON.stringify(plain).replace('"', "'")), "whose payload is no valid statement in JSON"],
    ["a payload that is no statement", jws("[]"), "whose payload is no valid statement in JSON"],
    ["a payload that is hostile", jws('{"timestamp":{"toString":1,"valueOf":2},"actor":{"member":[1]}}'), "whose payload is no valid statement in JSON"],
    ["a payload nested without end", jws(`{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`), "whose payload is no valid statement in JSON"],
    ["a payload that breaks off in a string", jws('{"actor": "'), "whose payload is no valid statement in JSON"],
    ["another verb", other({ verb: { id: "http://example.org/verbs/passed" } }), "of another statement"],
    ["another id", other({ id: uuid(2) }), "of another statement"],
    ["another time", other({ timestamp: "2025-01-01T00:00:01Z" }), "of another statement"],
    ["an attachment more", other({ attachments: [told("essay")] }), "of another statement"],
    ["another duration", other({ result: { duration: "PT1.13S", score: { raw: 12 } } }), "of another statement"],
    ["another key than the certificate's", jws(plain, { header: { x5c: chain }, key: root.privateKey }), "not valid by its certificate"],
    ["a changed payload under a true signature", jws(plain, { header: { x5c: chain } }).replace(/\.[^.]+\./, `.${base64url(JSON.stringify({ ...plain, version: "1.0.0" }))}.`), "not valid by its certificate"],
    ["another hash than its algorithm's", jws(plain, { header: { x5c: chain, alg: "RS512" } }), "not valid by its certificate"],
    ["a certificate of an elliptic curve", jws(plain, { header: { x5c: [issued(curve.publicKey), rootCertificate] } }), "is a signature"],
    ["ECDSA that is told to be RS256", jws(plain, { header: { x5c: [issued(curve.publicKey), rootCertificate] }, key: curve.privateKey }), "has a key of another kind"],
    ["a chain that is not one", jws(plain, { header: { x5c: [chain[0], issued(small.publicKey)] } }), "whose certificate 1 is not signed by the next"],
    ["an empty chain", jws(plain, { header: { x5c: [] } }), "whose x5c is no list"],
    ["a certificate that is a number", jws(plain, { header: { x5c: [1] } }), "whose x5c is no list"],
    ["a certificate in base64url", jws(plain, { header: { x5c: ["-_-_"] } }), "whose x5c is no list"],
    ["bytes for a certificate", jws(plain, { header: { x5c: ["AAAA"] } }), "whose certificates cannot be used"],
    ["null for certificates", jws(plain, { header: { x5c: null } }), "whose x5c is no list"],
  ] as [string, string, string][]) {
    it(`refuses ${what}`, async () => {
      const [problem, ...more] = await wrongWith(plain, signature);
      expect(problem).to.match(/^\/1\/attachments\/0 is /).and.include(message);
      expect(more).to.deep.equal([]);
    });
  }

  it("refuses a signature of another contentType, or without its bytes", async () => {
    expect(await wrongWith(plain, jws(plain), { changes: { contentType: "text/plain" } })).to.deep.equal(["/1/attachments/0 is a signature, so its contentType must be application/octet-stream"]);
    expect(await wrongWith(plain, [], { others: [told("essay", { usageType, fileUrl: "http://example.org/signature" })] })).to.deep.equal(["/1/attachments/0 is a signature, so the request must bring its bytes"]);
  });

  it("takes the JSON serializations in 1.0.3 only", async () => {
    const [header, payload, signature] = jws(plain).split(".");
    const flat = JSON.stringify({ payload, protected: header, signature });
    const general = JSON.stringify({ payload, signatures: [{ protected: header, signature }, { protected: header, signature }] });
    for (const text of [flat, general]) {
      expect(await wrongWith(plain, text, { version: "1.0.3" })).to.deep.equal([]);
      expect(await wrongWith(plain, text)).to.deep.equal(["/1/attachments/0 is no JSON Web Signature in the compact serialization"]);
    }
    const forged = jws(plain, { key: root.privateKey }).split(".").at(-1);
    for (const [beside, message] of [[{ x5c: chain }, "is not valid by its certificate"], [{ crit: ["b64"] }, "critical extensions"]] as const) {
      const [problem] = await wrongWith(plain, JSON.stringify({ payload, protected: header, header: beside, signature: forged }), { version: "1.0.3" });
      expect(problem).to.include(message);
    }
    expect(await wrongWith(plain, JSON.stringify({ payload, protected: header, header: { x5c: chain }, signature }), { version: "1.0.3" })).to.deep.equal([]);
    for (const text of ["{}", "[]", "null", JSON.stringify({ payload, protected: header, header: 1, signature }), JSON.stringify({ payload, signatures: [] }), JSON.stringify({ payload, signatures: [1] }), JSON.stringify({ payload, protected: header, signature: 1 })]) {
      expect(await wrongWith(plain, text, { version: "1.0.3" }), text).to.deep.equal(["/1/attachments/0 is no JSON Web Signature"]);
    }
  });
});
