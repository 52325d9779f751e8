import { expect } from "chai";
import { boot } from "../../core/main.ts";
import { createLog } from "../../core/kernel/log.ts";
import type { TailMessage } from "../../core/lrs/browsing/tail.ts";
import { person, testHost, type TestHost } from "../../core/testing/index.ts";
import { asBrowser, letIn, openSocket, type TestSocket } from "../support/sockets.ts";
import { client, type Client } from "./http-support.ts";
import { statement, uuid } from "./support.ts";

const hummed = "http://example.org/verbs/hummed";

describe("records: the live tail", () => {
  let host: TestHost;
  let all: Client;
  let boss: Awaited<ReturnType<typeof person>>;
  let headers: Record<string, string>;
  before(async () => {
    host = await testHost();
    all = await client(host);
    boss = await person(host, { roles: ["administrator"] });
    headers = asBrowser(await boss.browser(), host.url);
  });
  after(() => host.stop());

  const at = (query = "") => `${host.url}/api/v1/records/tail${query}`;
  const begun = async (query = "", url = at(query)): Promise<TestSocket> => {
    const socket = await letIn(url, headers);
    expect(await socket.next()).to.deep.include({ statements: [], skipped: false });
    return socket;
  };
  const idsOf = ({ statements }: TailMessage) => statements.map(({ id }) => Number(id.slice(-4)));
  const next = async (socket: TestSocket) => (await socket.next()) as TailMessage;

  it("tells what is stored, as sentences that lead on, and nothing of what was there before", async () => {
    await all.post(statement({ id: uuid(1) }));
    const socket = await begun();
    await all.post(statement({ id: uuid(2), result: { score: { scaled: 0.5 } } }));
    const message = await next(socket);
    expect(idsOf(message)).to.deep.equal([2]);
    expect(message.statements[0]).to.include({ actor: "ann@example.org", verb: "tried", object: "one", score: 0.5, href: `/admin/records/statements/${uuid(2)}` });
    socket.close();
  });

  it("tells only what fits the filter", async () => {
    const socket = await begun(`?verb=${encodeURIComponent(hummed)}`);
    await all.post([statement({ id: uuid(11) }), statement({ id: uuid(12), verb: { id: hummed } })]);
    expect(idsOf(await next(socket))).to.deep.equal([12]);
    socket.close();
  });

  it("goes on where it broke off", async () => {
    const first = await begun();
    await all.post(statement({ id: uuid(21) }));
    const { through } = await next(first);
    first.close();
    await first.closed;
    await all.post([statement({ id: uuid(22) }), statement({ id: uuid(23) })]);
    const again = await letIn(at(`?after=${through}`), headers);
    expect(idsOf(await next(again))).to.deep.equal([22, 23]);
    again.close();
  });

  it("tells the latest fifty of a flood, and that there were more", async () => {
    const socket = await begun();
    await all.post(Array.from({ length: 120 }, (_, index) => statement({ id: uuid(1000 + index) })));
    const message = await next(socket);
    expect(message.skipped).to.equal(true);
    expect(idsOf(message)).to.deep.equal(Array.from({ length: 50 }, (_, index) => 1070 + index));
    socket.close();
  });

  it("tells in one process what another has stored", async () => {
    const other = await boot({ site: host.context.site.dataDir, discover: false, roles: ["web"], environment: { DATABASE_URL: host.database.url, CADRE_SECRET: host.context.site.secret }, log: createLog({ level: "silent" }), settings: { http: { port: 0, contentPort: 0 } } });
    try {
      const socket = await letIn(`${other.url}/api/v1/records/tail`, { ...headers, Origin: other.url });
      await next(socket);
      await all.post(statement({ id: uuid(31) }));
      expect(idsOf(await next(socket))).to.deep.equal([31]);
      socket.close();
    } finally {
      await other.stop();
    }
  });

  it("refuses guests, learners, pages of other sites, and filters that mean nothing", async () => {
    expect(await openSocket(at())).to.deep.equal({ status: 401, code: "sign_in_required" });
    expect(await openSocket(at(), asBrowser(await (await person(host)).browser(), host.url))).to.deep.equal({ status: 403, code: "forbidden" });
    expect(await openSocket(at(), { ...headers, Origin: "https://elsewhere.example" })).to.deep.equal({ status: 403, code: "cross_site_request" });
    const { code, reason } = await (await letIn(at("?registration=x"), headers)).closed;
    expect([code, reason]).to.deep.equal([1008, "invalid_parameters"]);
  });
});
