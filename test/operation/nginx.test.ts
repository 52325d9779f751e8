import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import * as launches from "../../core/learning/launches.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { launchedFor, rawGet, storedPackage, testPlayer } from "../learning/support.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";

const program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"].find(existsSync);
const template = readFileSync(new URL("../../.docker/nginx.conf.template", import.meta.url), "utf8");
const film = randomBytes(2_500_000);

/** The configuration of the containers, in front of an engine on this machine; without TLS, for which it would need certificates. */
describe("nginx, as docker-compose.yml runs it", () => {
  const { plugin, asked } = testPlayer();
  let host: TestHost;
  let folder: string;
  let url: string;
  let nginx: ChildProcess | undefined;
  let versionId: string;
  const get = (path: string, headers: Record<string, string> = {}, name = "content.example.org") => rawGet(url, path, { headers: { Host: name, ...headers } });
  const requests = (path: string) => host.log.filter((line) => line.msg === "request" && line.path === path).length;

  before(async function () {
    if (!program) {
      console.log("      No nginx is installed here.");
      return this.skip();
    }
    this.timeout(30_000);
    host = await testHost({ plugins: [plugin], environment: { CADRE_TRUST_PROXY: "true" } });
    versionId = await storedPackage(host, { "index.html": { bytes: Buffer.from("<!doctype html><title>Hello</title>"), mediaType: "text/html" }, "film.mp4": { bytes: film, mediaType: "video/mp4" } });
    folder = mkdtempSync(join(tmpdir(), "cadre-nginx-"));
    const [open, secure] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${secure}`;
    writeFileSync(join(folder, "nginx.conf"), configuration(host, folder, { open, secure }));
    nginx = spawn(program, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], { stdio: "inherit" });
    await eventually(async () => expect((await rawGet(`http://127.0.0.1:${open}`, "/nginx-health")).status).to.equal(204));
  });
  after(async () => {
    if (nginx) await new Promise((resolve) => nginx?.once("exit", resolve).kill("SIGTERM"));
    await host?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("keeps a file once for every launch, while the engine is asked each time whether this launch may read it", async () => {
    const [one, two] = [await launchedFor(host, asked, versionId), await launchedFor(host, asked, versionId)];
    for (const { token } of [one, two, one]) {
      const { status, headers, body } = await get(`/content/${token}/film.mp4`);
      expect(status).to.equal(200);
      expect(body.equals(film)).to.equal(true);
      expect(headers).to.include({ "content-type": "video/mp4", "content-length": String(film.length), "cache-control": "private, max-age=86400, immutable", "accept-ranges": "bytes", "x-content-type-options": "nosniff" });
      expect(headers.etag).to.match(/^"[0-9a-f]{64}"$/);
      expect(headers["content-security-policy"]).to.include("frame-ancestors");
      expect(headers).not.to.have.any.keys("x-accel-redirect", "ratelimit", "set-cookie");
    }
    expect([requests("/content/:token{/*path}"), requests("/files/:token")], "three answers, of three parts of a megabyte").to.deep.equal([3, 3]);
    await launches.close(host.context, one.launchId);
    host.advance(5001);
    expect((await get(`/content/${one.token}/film.mp4`)).status).to.equal(410);
    expect((await get(`/content/${two.token}/film.mp4`)).status).to.equal(200);
  });

  it("lets a film be sought in, and a browser keep what it has", async () => {
    const { token } = await launchedFor(host, asked, versionId);
    for (const [first, last] of [[0, 0], [1_048_570, 1_048_580], [2_400_000, 2_499_999]] as const) {
      const { status, headers, body } = await get(`/content/${token}/film.mp4`, { Range: `bytes=${first}-${last}` });
      expect([status, headers["content-range"]]).to.deep.equal([206, `bytes ${first}-${last}/${film.length}`]);
      expect(body.equals(film.subarray(first, last + 1))).to.equal(true);
    }
    for (const [tag, status] of [['"another state of it"', 200], [(await get(`/content/${token}/film.mp4`)).headers.etag as string, 206]] as const) {
      expect((await get(`/content/${token}/film.mp4`, { Range: "bytes=5-9", "If-Range": tag })).status).to.equal(status);
    }
    const { headers, body } = await get(`/content/${token}/index.html`);
    expect(body.toString()).to.include("Hello");
    expect((await get(`/content/${token}/index.html`, { "If-None-Match": headers.etag as string })).status).to.equal(304);
    expect((await get(`/content/${token}/film.mp4`, { Range: "bytes=9999999-" })).status).to.equal(416);
  });

  it("leads nobody to the kept files but by the engine's word, and gives out no service worker", async () => {
    const { token } = await launchedFor(host, asked, versionId);
    const direct = await rawGet(host.contentUrl, `/content/${token}/index.html`, { headers: { "X-Cadre-Keeps-Files": "yes" } });
    const address = direct.headers["x-accel-redirect"] as string;
    expect((await rawGet(host.contentUrl, address)).status).to.equal(200);
    expect((await get(address)).status).to.equal(404);
    expect((await get(`/content/${token}/index.html`)).status).to.equal(200);
    expect((await get(`/content/${token}/index.html`, { "Service-Worker": "script" })).status).to.equal(404);
  });

  it("gives the site on the site's name alone", async () => {
    expect((await get("/healthz", {}, "learn.example.org")).status).to.equal(200);
    expect((await get("/sign-in")).status).to.equal(404);
  });
});

/** The template as the image renders it, on ports of this machine. */
function configuration(host: TestHost, folder: string, { open, secure }: { open: number; secure: number }): string {
  const replaced = template
    .replaceAll("${SITE_HOST}", "learn.example.org")
    .replaceAll("${CONTENT_HOST}", "content.example.org")
    .replaceAll(/^\s*(ssl_|http2 ).*$/gm, "")
    .replaceAll("listen 8443 ssl;", `listen 127.0.0.1:${secure};`)
    .replaceAll("listen 8080 ", `listen 127.0.0.1:${open} `)
    .replaceAll("server web:3000 ", `server ${new URL(host.url).host.replace("localhost", "127.0.0.1")} `)
    .replaceAll("server web:3001 ", `server ${new URL(host.contentUrl).host.replace("localhost", "127.0.0.1")} `)
    .replaceAll("/var/cache/nginx/", `${folder}/`);
  for (const name of ["content", "temp"]) mkdirSync(join(folder, name), { mode: 0o777 });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(folder, "temp", name)};`).join(" ");
  return `daemon off; master_process off; pid ${join(folder, "nginx.pid")};\nevents {}\nhttp { access_log off; ${temporary}\n${replaced}\n}\n`;
}
