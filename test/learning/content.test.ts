import { randomBytes } from "node:crypto";
import { expect } from "chai";
import * as courses from "../../core/courses/courses.ts";
import type { Sql } from "../../core/db/sql.ts";
import { system } from "../../core/kernel/permissions.ts";
import * as attempts from "../../core/learning/attempts.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import * as launches from "../../core/learning/launches.ts";
import { outlineOf } from "../../core/learning/outline.ts";
import { preview } from "../../core/learning/play.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { countOf, launchedFor, person, rawGet, storedPackage, testPlayer } from "./support.ts";

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
const files = {
  "index.html": { bytes: Buffer.from("<!doctype html><title>Hello</title>"), mediaType: "text/html" },
  "media/film.mp4": { bytes, mediaType: "video/mp4" },
  "media/a+b c%.txt": { bytes: Buffer.from("plus"), mediaType: "text/plain" },
  "übung/seite.html": { bytes: Buffer.from("übung"), mediaType: "text/html" },
  "empty.js": { bytes: Buffer.alloc(0), mediaType: "text/javascript" },
};
const { plugin, asked } = testPlayer();

describe("Content", () => {
  let host: TestHost;
  let token: string;
  let versionId: string;
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") => rawGet(host.contentUrl, path, { headers, method });
  const own = (path: string, headers: Record<string, string> = {}, method = "GET") => get(`/content/${token}/${path}`, headers, method);

  before(async () => {
    host = await testHost({ plugins: [plugin], environment: { CADRE_TRUST_PROXY: "true" } });
    versionId = await storedPackage(host, files);
    ({ token } = await launched(versionId));
  });
  after(() => host.stop());

  const launched = (packageVersionId: string) => launchedFor(host, asked, packageVersionId);

  it("serves a file with its own media type, its hash as tag, and nothing to act with", async () => {
    const { status, headers, body } = await own("index.html");
    expect(status).to.equal(200);
    expect(body.toString()).to.contain("Hello");
    expect(headers).to.include({ "content-type": "text/html", "content-length": String(body.length), "cache-control": "private, max-age=86400, immutable", "accept-ranges": "bytes", "x-content-type-options": "nosniff" });
    expect(headers.etag).to.match(/^"[0-9a-f]{64}"$/);
    expect(headers).not.to.have.any.keys("set-cookie", "last-modified");
    expect((await own("empty.js")).headers["content-length"]).to.equal("0");
  });

  it("answers a request for what is known with 304, and HEAD without the body", async () => {
    const { headers } = await own("index.html");
    for (const tag of [headers.etag ?? "", `W/${headers.etag}`, `"other", ${headers.etag}`, "*"]) {
      const again = await own("index.html", { "If-None-Match": tag });
      expect([again.status, again.body.length, again.headers.etag]).to.deep.equal([304, 0, headers.etag]);
    }
    expect((await own("index.html", { "If-None-Match": '"other"' })).status).to.equal(200);
    const head = await own("media/film.mp4", { Range: "bytes=0-1" }, "HEAD");
    expect([head.status, head.headers["content-length"], head.body.length]).to.deep.equal([200, "1000", 0]);
  });

  for (const [range, status, contentRange, first, length] of [
    ["bytes=0-0", 206, "bytes 0-0/1000", 0, 1],
    ["bytes=10-19", 206, "bytes 10-19/1000", 10, 10],
    ["bytes=990-", 206, "bytes 990-999/1000", 990, 10],
    ["bytes=-5", 206, "bytes 995-999/1000", 995, 5],
    ["bytes=-5000", 206, "bytes 0-999/1000", 0, 1000],
    ["bytes=900-5000", 206, "bytes 900-999/1000", 900, 100],
    ["bytes=1000-", 416, "bytes */1000", undefined, undefined],
    ["bytes=-0", 416, "bytes */1000", undefined, undefined],
    ["bytes=5-1", 200, undefined, 0, 1000],
    ["bytes=0-1,5-6", 200, undefined, 0, 1000],
    ["lines=0-1", 200, undefined, 0, 1000],
  ] as const) {
    it(`answers Range: ${range} with ${status}`, async () => {
      const answer = await own("media/film.mp4", { Range: range });
      expect([answer.status, answer.headers["content-range"]]).to.deep.equal([status, contentRange]);
      if (first !== undefined) expect(answer.body.equals(bytes.subarray(first, first + length))).to.equal(true);
    });
  }

  it("sends an empty file to whoever asks for its first part, as a cache that keeps files in parts does", async () => {
    for (const range of ["bytes=0-1048575", "bytes=-5"]) {
      const { status, headers } = await own("empty.js", { Range: range });
      expect([status, headers["content-length"], headers["content-range"]]).to.deep.equal([200, "0", undefined]);
    }
  });

  it("sends the whole when the part was asked of another state of the file", async () => {
    expect((await own("media/film.mp4", { Range: "bytes=0-0", "If-Range": '"other"' })).status).to.equal(200);
    const { headers } = await own("media/film.mp4");
    expect((await own("media/film.mp4", { Range: "bytes=0-0", "If-Range": headers.etag ?? "" })).status).to.equal(206);
  });

  describe("for a proxy that keeps files", () => {
    const keeping = { "X-Cadre-Keeps-Files": "yes" };
    before(async () => void ({ token } = await launched(versionId)));
    const addressOf = async (path: string) => (await own(path, keeping)).headers["x-accel-redirect"] as string;

    it("is led to an address by what the file is, the same for every launch", async () => {
      const { status, headers, body } = await own("media/film.mp4", keeping);
      expect([status, body.length]).to.deep.equal([200, 0]);
      const { token: another } = await launched(versionId);
      expect((await get(`/content/${another}/media/film.mp4`, keeping)).headers["x-accel-redirect"]).to.equal(headers["x-accel-redirect"]);
      expect(await addressOf("index.html")).not.to.equal(headers["x-accel-redirect"]);
      expect(headers["x-accel-redirect"]).to.match(/^\/files\/[\w.-]+$/);
    });

    it("answers there as it would have itself, in parts as well", async () => {
      const varying = ["x-request-id", "date", "ratelimit"];
      for (const path of ["index.html", "media/film.mp4", "%C3%BCbung/seite.html"]) {
        const address = await addressOf(path);
        for (const range of ["bytes=0-", "bytes=3-9", "bytes=5000-"]) {
          const [kept, given] = [await get(address, { Range: range }), await own(path, { Range: range })];
          for (const name of varying) for (const { headers } of [kept, given]) delete headers[name];
          expect({ ...kept, body: kept.status >= 400 || kept.body.equals(given.body) }).to.deep.equal({ ...given, body: true });
        }
      }
    });

    it("says by itself what a browser has already, what is empty, what isn't there, and what a launch may not read any more", async () => {
      const { headers } = await own("index.html");
      for (const [path, more, status, method] of [["index.html", { "If-None-Match": headers.etag ?? "" }, 304, "GET"], ["index.html", {}, 200, "HEAD"], ["empty.js", {}, 200, "GET"], ["missing.html", {}, 404, "GET"], ["index.html", { "Service-Worker": "script" }, 404, "GET"]] as const) {
        const answer = await own(path, { ...keeping, ...more }, method);
        expect([answer.status, answer.headers["x-accel-redirect"]], path).to.deep.equal([status, undefined]);
      }
      const closed = await launched(versionId);
      await launches.close(host.context, closed.launchId);
      expect((await get(`/content/${closed.token}/index.html`, keeping)).status).to.equal(410);
    });

    it("is not taken for one by a site that was not told of a proxy, and is refused service workers at every address", async () => {
      expect((await get(await addressOf("index.html"), { "Service-Worker": "script" })).status).to.equal(404);
      const other = await testHost({ plugins: [plugin] });
      try {
        const { token: direct } = await launchedFor(other, asked, await storedPackage(other, files));
        const { headers, body } = await rawGet(other.contentUrl, `/content/${direct}/index.html`, { headers: keeping });
        expect([headers["x-accel-redirect"], body.toString()]).to.deep.equal([undefined, files["index.html"].bytes.toString()]);
      } finally {
        await other.stop();
      }
    });

    it("has nothing at an address that it did not give, nor on the site's origin", async () => {
      const address = await addressOf("index.html");
      const [text = "", signed = ""] = address.slice("/files/".length).split(".");
      const { sha256, ...rest } = JSON.parse(Buffer.from(text, "base64url").toString()) as { sha256: string };
      const forged = Buffer.from(JSON.stringify({ sha256: sha256.replace(/^./, (first) => (first === "0" ? "1" : "0")), ...rest })).toString("base64url");
      for (const wrong of ["x", ".", text, `${text}.`, `${forged}.${signed}`, `${text}.${signed}x`, `${text}.${"A".repeat(signed.length)}`]) expect((await get(`/files/${wrong}`)).status, wrong).to.equal(404);
      await get(address, {}, "DELETE");
      expect(JSON.stringify(host.log)).not.to.contain(signed);
      expect((await rawGet(host.url, address)).status).to.equal(404);
    });
  });

  it("finds names as browsers write them: percent-encoded, plus as plus", async () => {
    expect((await own("media/a+b%20c%25.txt")).body.toString()).to.equal("plus");
    expect((await own("media/a%2Bb%20c%25.txt?v=1")).body.toString()).to.equal("plus");
    expect((await own("%C3%BCbung/seite.html")).body.toString()).to.equal("übung");
    expect((await own("media/a%20b%20c%25.txt")).status).to.equal(404);
  });

  for (const path of ["", "media", "media/", "missing.html", "INDEX.HTML", "media/../index.html", "media/%2e%2e/index.html", "./index.html", "media%2Ffilm.mp4", "media%5Cfilm.mp4", "media\\film.mp4", "index.html%00", "%00", "%", "%ff", "//index.html", "media//film.mp4", "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd"]) {
    it(`has nothing at ${JSON.stringify(path)}`, async () => {
      expect((await own(path)).status).to.equal(404);
    });
  }

  it("opens nothing by a token that is none, another package's files by none of ours, and nothing on the site's origin", async () => {
    const other = await storedPackage(host, { "secret.html": { bytes: Buffer.from("secret"), mediaType: "text/html" } });
    const { token: others } = await launched(other);
    expect((await get(`/content/${others}/secret.html`)).status).to.equal(200);
    expect((await own("secret.html")).status).to.equal(404);
    for (const wrong of [randomBytes(32).toString("base64url"), "x", token.slice(0, -1), `${token}x`, encodeURIComponent("'; drop table launch --"), "%00", "a%2Fb"]) {
      expect((await get(`/content/${wrong}/index.html`)).status, wrong).to.equal(404);
    }
    expect((await rawGet(host.url, `/content/${token}/index.html`)).status).to.equal(404);
    expect((await own("index.html", {}, "POST")).status).to.equal(405);
  });

  it("opens nothing once the launch is closed, its time is up, or the enrollment has ended", async () => {
    const closed = await launched(versionId);
    await launches.close(host.context, closed.launchId);
    expect((await get(`/content/${closed.token}/index.html`)).status).to.equal(410);
    const left = await launched(versionId);
    expect((await get(`/content/${left.token}/index.html`)).status).to.equal(200);
    await enrollments.withdraw(host.context.by(system), left.enrollment.id);
    host.advance(5001);
    expect((await get(`/content/${left.token}/index.html`)).status).to.equal(410);
    const late = await launched(versionId);
    host.advance(13 * 3_600_000);
    expect((await get(`/content/${late.token}/index.html`)).status).to.equal(410);
  });

  it("keeps a launch that is in use open, for a day at most", async () => {
    const { token: used, launchId: id } = await launched(versionId);
    for (let hours = 0; hours < 22; hours += 11) {
      host.advance(11 * 3_600_000);
      await launches.extend(host.context, id);
    }
    expect((await get(`/content/${used}/index.html`)).status).to.equal(200);
    host.advance(2 * 3_600_000 + 1000);
    await launches.extend(host.context, id);
    expect((await get(`/content/${used}/index.html`)).status).to.equal(410);
  });

  it("asks for the launch and the package's settings once for a page of many files, and never writes its token into the log", async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, number) => [`${number}.js`, { bytes: Buffer.from(`${number}`), mediaType: "text/javascript" }]));
    const { token: page } = await launched(await storedPackage(host, many));
    const questions: string[] = [];
    const { maybe } = host.database;
    Object.assign(host.database, { maybe: (question: Sql) => (questions.push(question.text), maybe(question)) });
    const answers = await host.still(() => Promise.all(Object.keys(many).map((path) => get(`/content/${page}/${path}`)))).finally(() => Object.assign(host.database, { maybe }));
    expect([questions.length, questions.filter((text) => text.includes("from launch")).length]).to.deep.equal([52, 1]);
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    await get(`/content/${page}/0.js`, {}, "DELETE");
    await get(`/content/${page}`);
    expect(JSON.stringify(host.log)).not.to.contain(page);
  });

  it("tells whoever receives from a launch whose it is; a preview is nobody's", async () => {
    const now = await launched(versionId);
    const { attemptId, enrollment } = now;
    const { id: enrollmentId, registration, userId, courseId, versionId: began } = enrollment;
    expect(await launches.byToken(host.context, now.token)).to.deep.include({ attemptId, enrollmentId, registration, userId, mode: "normal", attemptNumber: 1 });
    const [item] = await outlineOf(host.context, began, null);
    const viewer = await person(host, "no-password");
    await preview(await viewer.as(), { courseId, versionId: began, itemKey: item?.key ?? "" });
    const looked = await launches.byToken(host.context, asked.at(-1)?.token ?? "");
    expect(looked).to.deep.include({ mode: "browse", userId: viewer.id, courseId });
    expect(await attempts.record(host.context, looked.attemptId, { status: "passed" }).catch((error: unknown) => error)).to.deep.include({ code: "attempt_not_found" });
    expect(await countOf(host, "enrollment", "user_id", viewer.id)).to.equal(0);
  });

  it("lets learners of an archived course go on", async () => {
    const { token: still, enrollment } = await launched(versionId);
    await courses.archive(host.context.by(system), enrollment.courseId);
    expect((await get(`/content/${still}/index.html`)).status).to.equal(200);
  });
});
