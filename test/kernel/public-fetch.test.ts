import dns from "node:dns";
import { createServer, type Server } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { isIP, type AddressInfo } from "node:net";
import { expect } from "chai";
import { isPrivateAddress, publicFetch } from "../../core/kernel/public-fetch.ts";

describe("fetches of addresses that people type in", () => {
  let server: Server;
  let port: number;
  let reached: string[];
  const closing: (() => Promise<void>)[] = [];
  const fetchWith = (...privateHosts: string[]) => {
    const { fetch, close } = publicFetch(privateHosts);
    closing.push(close);
    return fetch;
  };

  before(async () => {
    server = createServer((request, response) => {
      reached.push(`${request.headers.host}${request.url}`);
      if (request.url === "/away") response.writeHead(302, { Location: `http://127.0.0.1:${port}/secret` }).end();
      else response.end("here");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => (reached = []));
  after(async () => {
    for (const close of closing) await close();
    server.close();
  });

  for (const [address, inside] of [
    ["8.8.8.8", false],
    ["172.15.255.255", false],
    ["2606:4700::1111", false],
    ["::ffff:8.8.8.8", false],
    ["127.0.0.1", true],
    ["10.1.2.3", true],
    ["172.16.0.1", true],
    ["192.168.1.1", true],
    ["169.254.169.254", true],
    ["100.64.0.1", true],
    ["0.0.0.0", true],
    ["::", true],
    ["::1", true],
    ["fe80::1", true],
    ["fd00::1", true],
    ["::ffff:127.0.0.1", true],
    ["::ffff:7f00:1", true],
    ["::127.0.0.1", true],
    ["2002:7f00:1::", true],
    ["64:ff9b::7f00:1", true],
  ] as const) {
    it(`take ${address} for ${inside ? "private" : "public"}`, () => {
      expect(isPrivateAddress(address)).to.equal(inside);
    });
  }

  for (const host of ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1"]) {
    it(`do not reach this machine as ${host}`, async () => {
      const code = await fetchWith()(`http://${host}:${port}/`).then(
        () => "reached",
        (error: unknown) => (error as { code: string }).code,
      );
      expect(code).to.equal("private_address");
      expect(reached).to.deep.equal([]);
    });
  }

  for (const addresses of [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["8.8.8.8", "::1"]]) {
    it(`do not reach this machine by a name that is said to be at ${addresses.join(" and ")}`, async () => {
      const { lookup } = dns;
      dns.lookup = ((_: string, __: object, done: (error: null, found: dns.LookupAddress[]) => void) => done(null, addresses.map((address) => ({ address, family: isIP(address) })))) as unknown as typeof dns.lookup;
      syncBuiltinESMExports();
      try {
        const code = await fetchWith()(`http://rebound.example:${port}/`).then(
          () => "reached",
          (error: unknown) => (error as { code: string }).code,
        );
        expect(code).to.equal("private_address");
        expect(reached).to.deep.equal([]);
      } finally {
        dns.lookup = lookup;
        syncBuiltinESMExports();
      }
    });
  }

  it("reach private hosts that the site names, and not where those lead to", async () => {
    const fetch = fetchWith("localhost");
    expect(await (await fetch(`http://localhost:${port}/`)).text()).to.equal("here");
    const code = await fetch(`http://localhost:${port}/away`).then(
      () => "reached",
      (error: unknown) => (error as { code: string }).code,
    );
    expect(code).to.equal("private_address");
    expect(reached).to.deep.equal([`localhost:${port}/`, `localhost:${port}/away`]);
  });
});
