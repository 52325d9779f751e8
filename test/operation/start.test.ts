import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { isAlive } from "../../core/db/embedded/cluster.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/index.ts";
import { until } from "../db/process.ts";
import { cadre, endAll } from "./cadre.ts";

const address = /is at (http:\/\/localhost:\d+)/;
const firstLink = /(http:\/\/localhost:\d+)(\/first-administrator\?token=[\w-]+)/;
const nobody = 65534;

describe("Starting", function () {
  this.timeout(300_000); // real processes, on a machine that may be busy
  let folder: string;
  let database: TestDatabase;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cadre-start-"));
    await chmod(folder, 0o711);
    database = await testDatabase();
  });
  afterEach(() => endAll());
  after(async () => {
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const postmaster = async (data: string): Promise<number | undefined> => {
    const text = await readFile(join(data, "postgres", "cluster", "postmaster.pid"), "utf8").catch(() => undefined);
    return text === undefined ? undefined : Number(text.split("\n")[0]);
  };

  it("runs on an empty folder, from any folder, survives a kill -9, and ends by Ctrl-C without leaving PostgreSQL behind", async () => {
    const data = join(folder, "data");
    const env = { CADRE_DATA: data };
    const first = cadre(["start"], { env, cwd: tmpdir() });
    const [, url = ""] = await first.says(address);
    const [, , path = ""] = await first.says(firstLink);
    expect((await fetch(`${url}/readyz`)).status).to.equal(200);
    await makeAdministrator(url, path);
    first.child.kill("SIGKILL");
    await first.ended;

    const second = cadre(["start"], { env, cwd: folder });
    const [, again = ""] = await second.says(address);
    expect((await fetch(`${again}/readyz`)).status).to.equal(200);
    expect(second.out()).not.to.match(firstLink, "what was made before the kill is still there");
    const pid = await postmaster(data);
    expect(pid).to.be.a("number").that.satisfies(isAlive);
    second.child.kill("SIGINT");
    expect((await second.ended).code).to.equal(0);
    expect(await postmaster(data)).to.equal(undefined);
    expect(isAlive(pid!)).to.equal(false);
  });

  it("comes up twice at once on one empty database", async () => {
    const both = ["a", "b"].map((name) => cadre(["start"], { env: { DATABASE_URL: database.url, CADRE_DATA: join(folder, name), CADRE_SECRET: "the secret that both processes share" } }));
    const urls = await Promise.all(both.map(async (each) => (await each.says(address))[1] ?? ""));
    expect(urls[0]).not.to.equal(urls[1]);
    for (const url of urls) expect((await fetch(`${url}/readyz`)).status).to.equal(200);
    for (const each of both) each.child.kill("SIGTERM");
    expect(await Promise.all(both.map(async (each) => (await each.ended).code))).to.deep.equal([0, 0]);
  });

  it("serves without the samples where the plugin that reads them was left out, and says so", async () => {
    const site = await mkdtemp(join(folder, "site-"));
    await writeFile(join(site, "package.json"), JSON.stringify({ name: "a-site", dependencies: { cadre: "1.0.0" } }));
    await writeFile(join(site, "cadre.json"), JSON.stringify({ site: { optional: ["scorm"] }, scorm: { idleLimitMinutes: "none" } }));
    const started = cadre(["start"], { env: { CADRE_DATA: join(site, "var"), CADRE_SITE: site, CADRE_LOG: "json" } });
    const [, url = ""] = await started.says(address);
    await started.says(/The sample courses are not in: .*SCORM.*CADRE_SAMPLES=no/);
    expect((await fetch(`${url}/courses`)).status).to.equal(200);
    started.child.kill("SIGTERM");
    expect((await started.ended).code).to.equal(0);
  });

  it("goes on where another one on the same folder, whose PostgreSQL it used, has ended", async () => {
    const env = { CADRE_DATA: join(folder, "shared") };
    const first = cadre(["start"], { env });
    await first.says(address);
    const second = cadre(["start"], { env });
    const [, url = ""] = await second.says(address);
    first.child.kill("SIGTERM");
    expect((await first.ended).code).to.equal(0);
    await until(async () => (await fetch(`${url}/readyz`)).status === 200 && /ended with the process that had started it/.test(second.out()));
    expect((await fetch(`${url}/courses`)).status).to.equal(200);
    second.child.kill("SIGTERM");
    expect((await second.ended).code).to.equal(0);
    expect(await postmaster(join(folder, "shared"))).to.equal(undefined);
  });

  it("runs as an ordinary user", async function () {
    const sources = fileURLToPath(new URL("../../core/cli/main.ts", import.meta.url));
    const drop = ["--reuid", String(nobody), "--regid", String(nobody), "--clear-groups"];
    if (process.geteuid?.() !== 0 || spawnSync("setpriv", [...drop, "test", "-r", sources]).status !== 0) this.skip(); // only root can become somebody else, who must be able to read the sources
    const home = await mkdtemp(join(folder, "home-"));
    await chown(home, nobody, nobody);
    const process_ = cadre(["start"], { as: nobody, cwd: "/", env: { CADRE_DATA: join(home, "data"), HOME: home, TMPDIR: home } });
    const [, url = ""] = await process_.says(address);
    await process_.says(firstLink);
    expect((await fetch(`${url}/sign-in`)).status).to.equal(200);
    process_.child.kill("SIGINT");
    expect((await process_.ended).code).to.equal(0);
  });

  it("says in one sentence what is wrong, and names what mends it", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await until(() => taken.listening);
    const port = String((taken.address() as AddressInfo).port);
    const cases: { what: string; env: Record<string, string>; args?: string[]; says: RegExp; code?: number }[] = [
      { what: "a port that is taken", env: { DATABASE_URL: database.url, PORT: port }, says: new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken by another program; stop it, or set PORT to another port\\.$`) },
      { what: "the same by an option", env: { DATABASE_URL: database.url }, args: ["--port", port], says: new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken`) },
      { what: "no database there", env: { DATABASE_URL: "postgres://nobody:hidden-word@127.0.0.1:1/none" }, says: /^PostgreSQL can't be reached: .*ECONNREFUSED.*DATABASE_URL is right\.$/ },
      { what: "another kind of database", env: { DATABASE_URL: "mysql://nobody:hidden-word@127.0.0.1/none" }, says: /^DATABASE_URL must begin with postgresql:/ },
      { what: "a database without an address", env: { DATABASE_URL: "hidden-word" }, says: /^DATABASE_URL must begin with postgresql:/ },
      { what: "a data folder that is a file", env: { DATABASE_URL: database.url, CADRE_DATA: fileURLToPath(import.meta.url) }, says: /^The data folder .+start\.test\.ts can't be made or written to: .+ set CADRE_DATA to another folder\.$/ },
      { what: "a data folder where Node would try for ever", env: { CADRE_DATA: "/proc/nothing/data" }, says: /^The data folder \/proc\/nothing\/data can't be made or written to: ENOENT.+ set CADRE_DATA to another folder\.$/ },
      { what: "a data folder that is there and takes no file", env: { CADRE_DATA: "/proc" }, says: /^The data folder \/proc can't be made or written to: .+ set CADRE_DATA to another folder\.$/ },
      { what: "a setting that is none", env: { PORT: "many" }, says: /PORT/ },
      { what: "content on the site's origin, and more", env: { CADRE_URL: "https://a.example.org", CADRE_CONTENT_URL: "https://a.example.org/content", CADRE_SECRET: "hidden-word", CADRE_POOL_SIZE: "many" }, says: /^Cadre can't start; 3 things are wrong:\n {2}database: .*CADRE_POOL_SIZE.*\n {2}http: CADRE_SECRET must have at least 32 characters\. \[bad_settings\]\n {2}http: Course content would share the site's origin https:\/\/a\.example\.org, .*CADRE_CONTENT_URL/ },
      { what: "one port for both", env: { PORT: port, CONTENT_PORT: port }, says: /^ {2}http: Course content would share the site's origin/m },
      { what: "addresses that are none", env: { CADRE_URL: "learn.example.org:443", CADRE_CONTENT_URL: "content" }, says: /^Cadre can't start; 2 things are wrong:\n {2}http: CADRE_URL is no address .*\n {2}http: CADRE_CONTENT_URL is no address / },
      { what: "a Redis address that is none", env: { DATABASE_URL: database.url, REDIS_URL: "localhost" }, says: /^REDIS_URL is no address/ },
      { what: "a role there is not", env: {}, args: ["--roles", "web,cook"], says: /^"cook" is no role; there are web, worker, scheduler\.\nUsage: cadre start/, code: 2 },
      { what: "an option there is not", env: {}, args: ["--prot", "1"], says: /'--prot'[^]*Usage: cadre start/, code: 2 },
    ];
    try {
      const run = async ({ what, env, args = [], says, code = 1 }: (typeof cases)[number]) => {
        const data = join(folder, "wrong", what.replaceAll(" ", "-")); // its own: what one makes and takes away is no other's
        const ended = await cadre(["start", ...args], { env: { CADRE_DATA: data, CADRE_LOG_LEVEL: "silent", ...env } }).ended;
        expect(ended.code, what).to.equal(code);
        expect(ended.err.trim(), what).to.match(says);
        expect(ended.err, what).not.to.match(/\n\s+at |hidden-word/);
        expect(existsSync(join(data, "postgres")), what).to.equal(false);
      };
      for (let next = 0; next < cases.length; next += 2) await Promise.all(cases.slice(next, next + 2).map(run));
    } finally {
      taken.close();
    }
  });

  it("speaks to a person in plain lines, and warns once of settings that nothing reads", async () => {
    const settings = join(folder, "misspelt.json");
    await writeFile(settings, JSON.stringify({ http: {}, htp: { port: 1 } }));
    const talking = cadre(["start", "--roles", "worker"], { env: { DATABASE_URL: database.url, CADRE_DATA: join(folder, "text"), CADRE_LOG: "text", CADRE_SETTINGS: settings } });
    await talking.says(/^ {2}Cadre [\d.]+ works as worker \(started in [\d.]+ s\)$/m);
    talking.child.kill("SIGTERM");
    const { code, out } = await talking.ended;
    expect(code).to.equal(0);
    expect(out.split("\n").filter((line) => line.startsWith("{"))).to.deep.equal([]);
    expect(out.match(/Nothing reads .*/g)).to.deep.equal(['Nothing reads "htp" in the file of settings: no part or plugin of this site is called so. Correct the name, or take it out.']);
  });
});

/** Follows the one-time link as a browser does. */
async function makeAdministrator(url: string, path: string): Promise<void> {
  const form = await fetch(url + path);
  expect(form.status).to.equal(200);
  const html = await form.text();
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? "";
  const body = new URLSearchParams({ csrfToken: field("csrfToken"), token: field("token"), name: "Ada", email: "ada@example.org", password: "a horse on a staircase" });
  const cookie = form.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");
  const made = await fetch(`${url}/first-administrator`, { method: "POST", redirect: "manual", headers: { Cookie: cookie }, body });
  expect(made.status).to.equal(303);
}
