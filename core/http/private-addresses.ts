import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { refuse } from "../kernel/errors.ts";

/**
 * Lets an address pass that is reached by TLS and lies on the public internet: for requests to where strangers point.
 * @throws address_not_allowed (502)
 */
export async function requirePublic(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:") throw notAllowed(url, "it is not https");
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true });
  if (addresses.some(({ address }) => isPrivate(address))) throw notAllowed(url, "it is within a private network");
}

/** Whether an IP address is of this machine, of a private network, or of none. */
export function isPrivate(address: string): boolean {
  return blocked.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

const blocked = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  blocked.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  blocked.addSubnet(network, bits, "ipv6");
}

function notAllowed({ host }: URL, reason: string): Error {
  return refuse("address_not_allowed", `${host} is not asked: ${reason}.`, { status: 502 });
}
