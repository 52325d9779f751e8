import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { freePort } from "../support/free-port.ts";

describe("A site at an https address behind a proxy", () => {
  for (const [title, trusted, warnings] of [
    ["that it has not been told of works, and says once what that costs", {}, 1],
    ["that it has been told of works, and says nothing", { CADRE_TRUST_PROXY: "true" }, 0],
  ] as const) {
    describe(title, () => {
      let host: TestHost;
      let port: number;
      before(async () => {
        port = await freePort();
        host = await testHost({ environment: { PORT: String(port), CADRE_URL: "https://learn.example.org", CADRE_CONTENT_URL: "https://content.example.org", ...trusted } });
      });
      after(() => host?.stop());

      it("gives cookies for https alone", async () => {
        const headers = { "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https", Accept: "text/html" };
        for (const path of ["/sign-in", "/register"]) {
          const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
          expect(answer.status).to.equal(200);
          expect(answer.headers.getSetCookie().join("\n")).to.match(/; secure; httponly/i);
        }
        expect(host.log.filter(({ level, msg }) => level === "warn" && msg?.includes("CADRE_TRUST_PROXY"))).to.have.length(warnings);
        expect(host.log.filter(({ level }) => level === "error")).to.deep.equal([]);
      });
    });
  }
});
