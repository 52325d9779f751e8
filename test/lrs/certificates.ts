import { sign, type KeyObject } from "node:crypto";

/** A certificate (X.509 v1, DER in base64) that says whose `publicKey` is, signed with the issuer's RSA key. */
export function certificate(subject: string, publicKey: KeyObject, issuer: string, issuerKey: KeyObject): string {
  const validity = sequence(tagged(0x17, Buffer.from("250101000000Z")), tagged(0x17, Buffer.from("490101000000Z")));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const told = sequence(tagged(0x02, Buffer.from([1])), sha256WithRsa, name(issuer), validity, name(subject), spki);
  const signature = sign("RSA-SHA256", told, issuerKey);
  return sequence(told, sha256WithRsa, tagged(0x03, Buffer.concat([Buffer.from([0]), signature]))).toString("base64");
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const header = length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(header), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function name(commonName: string): Buffer {
  const attribute = sequence(Buffer.from("0603550403", "hex"), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

const sha256WithRsa = sequence(Buffer.from("06092a864886f70d01010b", "hex"), Buffer.from("0500", "hex"));
