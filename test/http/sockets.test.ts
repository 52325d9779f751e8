import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import type { Socket } from "../../core/http/socket.ts";
import * as roles from "../../core/people/roles.ts";
import * as sessions from "../../core/people/sessions.ts";
import { person, testHost, type TestHost } from "../../core/testing/index.ts";
import { asBrowser, letIn, openSocket } from "../support/sockets.ts";

let flooded: Socket | undefined;
const echo = definePlugin({
  name: "echo",
  version: "1.0.0",
  summary: "Says what it is told.",
  permissions: { "echo.hear": { label: "Hear the echo", roles: ["mentor"] } },
  routes: ({ socket }) => [
    socket("/ear/:side", { can: "echo.hear", summary: "Says what it is told.", params: t.Object({ side: t.Enum(["left", "right"]) }), query: t.Object({ times: t.Integer({ default: 1 }) }) }, (ctx, { params, query, socket: own }) =>
      own.onMessage((message) => {
        for (let time = 0; time < query.times; time++) own.send({ side: params.side, message, who: ctx.actor.name });
      }),
    ),
    socket("/flood", { can: "signed-in", summary: "Says a lot." }, (_, { socket: own }) => void (flooded = own)),
    socket("/broken", { can: "anyone", summary: "Fails." }, () => Promise.reject(new Error("broken"))),
  ],
});

describe("Sockets", () => {
  let host: TestHost;
  let mentor: Awaited<ReturnType<typeof person>>;
  before(async () => {
    host = await testHost({ plugins: [echo] });
    mentor = await person(host, { name: "Grace", roles: ["mentor"] });
  });
  after(() => host.stop());

  const ear = (query = "", { url } = host) => `${url}/api/v1/echo/ear/left${query}`;

  it("opens for whoever holds the permission, by session or by token, with checked parameters", async () => {
    const socket = await letIn(ear("?times=2"), asBrowser(await mentor.browser(), host.url));
    socket.send("hello");
    const answer = { side: "left", message: "hello", who: "Grace" };
    expect([await socket.next(), await socket.next()]).to.deep.equal([answer, answer]);
    socket.close();
    const byToken = await letIn(ear(), { Authorization: `Bearer ${await mentor.token()}` });
    byToken.send(1);
    expect(await byToken.next()).to.deep.equal({ ...answer, message: 1 });
    byToken.close();
  });

  it("refuses guests, whoever lacks the permission, and pages of other sites", async () => {
    const learner = await person(host);
    expect(await openSocket(ear())).to.deep.equal({ status: 401, code: "sign_in_required" });
    expect(await openSocket(ear(), asBrowser(await learner.browser(), host.url))).to.deep.equal({ status: 403, code: "forbidden" });
    expect(await openSocket(ear(), asBrowser(await mentor.browser(), "https://elsewhere.example"))).to.deep.equal({ status: 403, code: "cross_site_request" });
    expect(await openSocket(ear(), asBrowser(await mentor.browser(), host.contentUrl))).to.deep.equal({ status: 403, code: "cross_site_request" });
  });

  it("refuses what is not there and what does not fit", async () => {
    const headers = asBrowser(await mentor.browser(), host.url);
    expect(await openSocket(`${host.url}/api/v1/echo/nothing`, headers)).to.deep.equal({ status: 404, code: "not_found" });
    expect(await openSocket(`${host.url}/api/v1/echo/ear/middle`, headers)).to.deep.equal({ status: 404, code: "not_found" });
    expect(await openSocket(ear("?times=often"), headers)).to.deep.equal({ status: 400, code: "invalid_input" });
    expect((await host.request("GET", "/api/v1/echo/ear/left", { token: await mentor.token() })).status).to.equal(426);
  });

  it("closes when the session ends, and when the permission is taken away", async () => {
    const asking = await testHost({ plugins: [echo], settings: { http: { socketPingMs: 1000 } } });
    try {
      const leaver = await person(asking, { roles: ["mentor"] });
      const first = await letIn(ear("", asking), asBrowser(await leaver.browser(), asking.url));
      await sessions.closeAll(asking.context, leaver.id);
      expect((await first.closed).code).to.equal(4003);
      const second = await letIn(ear("", asking), asBrowser(await leaver.browser(), asking.url));
      await roles.remove(asking.context, { userId: leaver.id, role: "mentor", scope: null });
      expect((await second.closed).code).to.equal(4003);
    } finally {
      await asking.stop();
    }
  });

  it("drops a reader that does not keep up, and says so", async () => {
    const socket = await letIn(`${host.url}/api/v1/echo/flood`, asBrowser(await mentor.browser(), host.url));
    socket.ws.pause();
    const text = "x".repeat(256 * 1024);
    for (let sent = 0; !flooded!.closed.aborted && sent < 200; sent++) {
      flooded!.send(text);
      if (sent === 100) socket.ws.resume();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await socket.closed).to.deep.equal({ code: 4008, reason: "This reader is too slow; connect again to go on." });
  });

  it("closes what is no JSON, and what fails in its handler", async () => {
    const socket = await letIn(ear(), asBrowser(await mentor.browser(), host.url));
    socket.ws.send("{");
    expect((await socket.closed).code).to.equal(1007);
    expect((await (await letIn(`${host.url}/api/v1/echo/broken`)).closed).code).to.equal(1011);
  });

  it("opens twenty for one person and no more", async () => {
    const busy = await person(host, { roles: ["mentor"] });
    const headers = asBrowser(await busy.browser(), host.url);
    const opened = await Promise.all(Array.from({ length: 20 }, () => letIn(ear(), headers)));
    expect(await openSocket(ear(), headers)).to.deep.equal({ status: 429, code: "too_many_sockets" });
    const [first] = opened;
    first!.close();
    await first!.closed;
    (await letIn(ear(), headers)).close();
    opened.forEach((each) => each.close());
  });

  it("allows pages to connect to the site's own sockets only", async () => {
    const { headers } = await host.request("GET", "/sign-in");
    expect(headers.get("content-security-policy")).to.include(`connect-src 'self' ${host.url.replace(/^http/, "ws")};`);
  });

  it("tells open sockets that the server goes away", async () => {
    const leaving = await testHost({ plugins: [echo] });
    const socket = await letIn(`${leaving.url}/api/v1/echo/flood`, asBrowser(await (await person(leaving)).browser(), leaving.url));
    await leaving.stop();
    expect((await socket.closed).code).to.equal(1001);
  });
});
