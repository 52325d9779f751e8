import { lookup, type LookupAddress } from "node:dns";
import { BlockList, isIP } from "node:net";
import { CadreError } from "./errors.ts";

/** A `fetch` for addresses that people type in; `close` ends its connections. */
export interface PublicFetch {
  fetch: typeof fetch;
  close(): Promise<void>;
}

/**
 * Makes a `fetch` that reaches public addresses only: http and https, and nothing of this machine, its network or a cloud's metadata.
 * The address is judged at the moment of connecting, of redirects too, so a name that answers differently the second time gains nothing.
 * `privateHosts` are names, or addresses, that may be reached all the same.
 * The `fetch` throws private_address (400)
 */
export function publicFetch(privateHosts: readonly string[]): PublicFetch {
  let opening: ReturnType<typeof openAgent> | undefined;
  const fetchPublic = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const { fetch, agent } = await (opening ??= openAgent(privateHosts));
    try {
      return (await fetch(url, { ...(init as object), dispatcher: agent })) as unknown as Response;
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      throw cause instanceof CadreError ? cause : error;
    }
  };
  return { fetch: fetchPublic as typeof fetch, close: async () => (await opening)?.agent.close() };
}

/** Loaded with the first request, which many sites never make: it is a twentieth of a start. */
async function openAgent(privateHosts: readonly string[]) {
  const { Agent, buildConnector, fetch } = await import("undici");
  const known = new Set(privateHosts.map((host) => host.toLowerCase()));
  const open = buildConnector({ timeout: 10_000 });
  const openPublic = buildConnector({ timeout: 10_000, lookup: publicLookup });
  const agent = new Agent({
    connect: (options, done) => {
      const host = options.hostname.replace(/^\[|\]$/g, "").toLowerCase();
      if (known.has(host)) return open(options, done);
      if (isIP(host) && isPrivateAddress(host)) return done(privateAddress(host), null);
      return openPublic(options, done);
    },
  });
  return { agent, fetch };
}

/** Whether an IP address is one that only a neighbour could mean: loopback, private, link-local, shared, reserved, multicast (RFC 6890). */
export function isPrivateAddress(address: string): boolean {
  const inside = mappedIpv4(address) ?? address;
  return special.check(inside, isIP(inside) === 6 ? "ipv6" : "ipv4");
}

const special = new BlockList();
const ipv4 = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"];
// 2002::/16 and 64:ff9b::/96 carry IPv4 addresses inside, private ones too.
const ipv6 = ["::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"];
for (const subnet of ipv4) special.addSubnet(...subnetOf(subnet), "ipv4");
for (const subnet of ipv6) special.addSubnet(...subnetOf(subnet), "ipv6");

function subnetOf(text: string): [string, number] {
  const [address = "", bits] = text.split("/");
  return [address, Number(bits)];
}

/** The IPv4 address in `::ffff:a.b.c.d`, however it is written. */
function mappedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const [, tail] = /^::(?:ffff:)?([0-9a-f:.]+)$/i.exec(new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1)) ?? [];
  const [high, low] = tail?.split(":") ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

/** Node's look-up, refusing when any of a name's addresses is private: which one is taken is not ours to say. */
function publicLookup(hostname: string, options: object, done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, "");
    const inside = addresses.find(({ address }) => isPrivateAddress(address));
    if (inside) return done(privateAddress(hostname), "");
    const [first] = addresses;
    if ((options as { all?: boolean }).all) return done(null, addresses);
    done(null, first?.address ?? "", first?.family);
  });
}

function privateAddress(host: string): CadreError {
  return new CadreError("private_address", `${host} is not an address of the public internet. If it shall be reached, name it in CADRE_PRIVATE_HOSTS.`, { status: 400 });
}
