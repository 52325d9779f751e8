import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import AdmZip from "adm-zip";
import { checkPackage } from "../../core/cli/package.ts";
import type { PackageFormat } from "../../core/courses/packages/format.ts";
import { discoverPlugins } from "../../core/kernel/discovery.ts";
import { testDatabase, testHost, type TestDatabase, type TestHost } from "../../core/testing/index.ts";
import { engineVersion } from "../../core/version.ts";
import { cadre, endAll, type CadreOptions } from "./cadre.ts";

const press = `
  const input = { type: "object", properties: { sheet: { type: "integer" } }, required: ["sheet"], additionalProperties: false };
  export default {
    name: "press", version: "2.1.0", summary: "Prints certificates.",
    jobs: (job) => ({ print: job(input, async () => { throw new Error("out of ink"); }, { attempts: 1 }) }),
    hooks: { "health.checking": () => ({ name: "press", ok: false, detail: "The press is out of ink; refill it." }) },
  };`;
const spare = `export default { name: "spare", version: "0.1.0", summary: "Needs what is not there.", requires: ["nothing-like-it"] };`;

describe("Commands", function () {
  this.timeout(300_000); // real processes, on a machine that may be busy
  let host: TestHost;
  let site: string;
  let empty: TestDatabase;
  before(async () => {
    empty = await testDatabase();
    site = empty.folder;
    for (const [name, source] of Object.entries({ press, spare })) {
      await mkdir(join(site, "plugins", name), { recursive: true });
      await writeFile(join(site, "plugins", name, "index.js"), source);
    }
    await writeFile(join(site, "cadre.json"), JSON.stringify({ site: { optional: ["spare"] } }));
    const { plugins } = await discoverPlugins({ folders: [join(site, "plugins")], site, engineVersion });
    host = await testHost({ site, plugins, environment: { REDIS_URL: "" } });
  });
  afterEach(() => endAll());
  after(async () => {
    await host?.stop();
    await empty?.drop();
  });

  const run = (args: string[], { env, ...options }: CadreOptions = {}) => cadre(args, { ...options, env: { CADRE_SITE: site, DATABASE_URL: host.database.url, ...env } }).ended;
  async function bury(sheet: number): Promise<void> {
    await host.context.enqueue("press.print", { sheet });
    await host.drain();
  }

  it("migrates an empty database, and finds nothing to do after that", async () => {
    const first = await run(["migrate"], { env: { DATABASE_URL: empty.url } });
    expect(first).to.deep.include({ code: 0, err: "" });
    expect(first.out).to.match(/^Applied \d+:\n {2}public\/0001_/);
    expect(await run(["migrate"], { env: { DATABASE_URL: empty.url } })).to.deep.equal({ code: 0, out: "The database is up to date.\n", err: "" });
  });

  it("begins no plugin by a name, a kind or an option that can't be, and writes nothing", async () => {
    const wrong: [string[], RegExp][] = [
      [["Office"], /kebab-case/],
      [["people"], /^A part of the engine is called people; choose another name\./],
      [["public"], /^The name public is reserved: it is the schema of the engine's own tables\. So are public, pgboss, information-schema, site and whatever begins with pg-\.$/m],
      [["office", "--kind=novel"], /there are page, integration, question/],
      [["office", "--knid", "question"], /'--knid'[^]*Usage: cadre new-plugin/],
      [["office", "hours"], /There is no use for "hours" here/],
    ];
    const ended = await Promise.all(wrong.map(([args]) => run(["new-plugin", ...args])));
    for (const [index, { code, out, err }] of ended.entries()) {
      expect([code, out], err).to.deep.equal([2, ""]);
      expect(err).to.match(wrong[index]?.[1] as RegExp);
    }
    expect((await readdir(join(site, "plugins"))).sort()).to.deep.equal(["press", "spare"]);
  });

  it("says its version", async () => {
    expect(await run(["--version"])).to.deep.equal({ code: 0, out: `${engineVersion}\n`, err: "" });
  });

  it("says which package.json it can't read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cadre-broken-site-"));
    try {
      await writeFile(join(folder, "package.json"), "{ broken");
      const { code, err } = await run(["plugins"], { env: { CADRE_SITE: "" }, cwd: folder });
      expect(code).to.equal(1);
      expect(err).to.match(/package\.json is no JSON: .+\.$/m).and.not.match(/\n\s+at /);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("lists plugins with their health, or why they are left out", async () => {
    const { code, out } = await run(["plugins"]);
    expect(code).to.equal(0);
    expect(out).to.match(/^press +2\.1\.0 +failing +The press is out of ink; refill it\.$/m);
    expect(out).to.match(/^spare +0\.1\.0 +left out +It requires the plugin nothing-like-it, which is not there\.$/m);
    expect(out).not.to.match(/^database /m);
  });

  it("lists what failed, and replays one or all", async () => {
    await bury(1);
    const { out } = await run(["jobs"]);
    const [, id = ""] = /^([0-9a-f-]{36}) {2}press\.print {2}\S+Z {2}out of ink$/m.exec(out) ?? [];
    expect(id, out).not.to.equal("");
    expect(await run(["jobs", "replay", id])).to.deep.equal({ code: 0, out: "The job is tried again.\n", err: "" });
    expect(await run(["jobs", "replay", id])).to.deep.equal({ code: 1, out: "", err: "This job is not among those that failed: it was replayed or given up already.\n" });
    await host.drain();
    expect((await run(["jobs", "replay-all"])).out).to.equal("One job is tried again.\n");
    const refused = await run(["jobs", "replay"]);
    expect(refused.code).to.equal(2);
    expect(refused.err).to.include("Usage: cadre jobs [list | replay <id> | replay-all]");
  });

  it("prints a fresh link that makes an administrator", async () => {
    const { code, out } = await run(["admin-link"], { env: { CADRE_URL: host.url, CADRE_CONTENT_URL: host.contentUrl } });
    expect(code).to.equal(0);
    expect(out.trim()).to.match(new RegExp(`^${host.url}/first-administrator\\?token=[\\w-]+$`));
    expect((await fetch(out.trim())).status).to.equal(200);
  });

  it("examines a healthy site: exit code 0, what is doubtful said", async () => {
    const { code, out } = await run(["doctor"]);
    expect(code, out).to.equal(0);
    for (const line of [/^ok +node +Node \d/m, /^ok +data +/m, /^ok +database +PostgreSQL \d+/m, /^ok +migrations +The tables are up to date/m, /^ok +clock /m, /^ok +redis /m, /^LOOK +spare +This plugin is left out: .*nothing-like-it/m, /Nothing is in the way\.\n$/]) expect(out).to.match(line);
    const quiet = await run(["doctor", "--quiet"]);
    expect(quiet.code).to.equal(0);
    expect(quiet.out).not.to.match(/^ok /m);
  });

  it("says what is wrong with a sick one, and how to mend it: exit code 1", async () => {
    const { port } = new URL(host.url);
    const env = { NODE_ENV: "production", DATABASE_URL: "postgres://127.0.0.1:1/none", REDIS_URL: "redis://127.0.0.1:1", MAIL_URL: "smtp://127.0.0.1:1", PORT: port, CADRE_DATA: join(site, "cadre.json", "data"), CADRE_URL: "http://a.example.org", CADRE_CONTENT_URL: "http://b.example.org" };
    const { code, out } = await run(["doctor", "--quiet"], { env });
    expect(code).to.equal(1);
    for (const line of [/^WRONG +data +.*CADRE_DATA/m, /^WRONG +database +.*DATABASE_URL/m, /^LOOK +redis +.*REDIS_URL/m, /^LOOK +mail +.*MAIL_URL/m, /^LOOK +tls +.*CADRE_URL/m, /^WRONG +secret +.*CADRE_SECRET/m]) expect(out).to.match(line);
    const nowhere = { CADRE_DATA: "/proc/nothing/data" };
    expect((await run(["doctor", "--quiet"], { env: nowhere })).out).to.match(/^WRONG +data +The data folder \/proc\/nothing\/data can't be made .*CADRE_DATA/m);
    expect((await run(["migrate"], { env: { ...nowhere, DATABASE_URL: "" } })).err).to.match(/^The data folder \/proc\/nothing\/data can't be made /);
    const bad = await run(["doctor"], { env: { CADRE_POOL_SIZE: "many", CADRE_URL: "http://a.example.org", CADRE_CONTENT_URL: "http://a.example.org", CADRE_SECRET: "short" } });
    expect(bad.code).to.equal(1);
    for (const line of [/^WRONG +database +.*CADRE_POOL_SIZE/m, /^WRONG +http +.*CADRE_CONTENT_URL/m, /^WRONG +http +.*CADRE_SECRET/m, /\n3 things are wrong\.\n$/]) expect(bad.out).to.match(line);
    const misspelt = join(site, "misspelt.json");
    await writeFile(misspelt, JSON.stringify({ site: { optional: ["spare"] }, spare: {}, htp: { port: 1 } }));
    const read = await run(["doctor", "--quiet"], { env: { CADRE_SETTINGS: misspelt } });
    expect(read.out.match(/^LOOK +settings file .*$/gm)?.map((line) => /"(\w+)"/.exec(line)?.[1])).to.deep.equal(["htp"]);
  });

  it("knows itself on its port, and tells a stranger there", async () => {
    expect((await run(["doctor"], { env: { PORT: new URL(host.url).port } })).out).to.match(/^ok +port +The site is running on \d+\.$/m);
    const { port } = new URL(`http://localhost:${await strangerPort()}`);
    const { code, out } = await run(["doctor", "--quiet"], { env: { PORT: port } });
    expect(code).to.equal(1);
    expect(out).to.match(new RegExp(`^WRONG +port +Port ${port} .* is taken by another program; stop it, or set PORT`, "m"));
  });

  it("checks a package and keeps nothing of it", async () => {
    const file = join(site, "course.zip");
    const zip = new AdmZip();
    zip.addFile("readme.txt", Buffer.from("no manifest"));
    zip.writeZip(file);
    const { code, out, err } = await run(["package", "check", file]);
    expect(code, err).to.equal(1);
    expect(out).to.match(/^error .*\[manifest_missing\]$/m).and.match(/^It can't be used: /m);
    expect((await run(["package", "check", join(site, "none.zip")])).err).to.match(/^There is no file /);
    expect((await run(["package", "check", site])).err.trim()).to.equal(`${site} is a folder, not a file.`);
    expect((await run(["records", "import", site])).err.trim()).to.equal(`${site} is a folder, not a file.`);
  });

  it("answers what it does not know with its usage", async () => {
    const unknown = await run(["stat"]);
    expect(unknown.code).to.equal(2);
    expect(unknown.err).to.match(/^There is no command "stat"\.\nUsage:\n {2}cadre start /);
    const help = await run(["help"]);
    expect(help.code).to.equal(0);
    for (const command of ["start", "migrate", "admin-link", "doctor", "plugins", "jobs", "package check", "records import"]) expect(help.out).to.include(`cadre ${command}`);
  });
});

describe("Checking a package", () => {
  it("prints the report with the lines, and what is in it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cadre-package-"));
    const zip = new AdmZip();
    zip.addFile("plan.txt", Buffer.from("A plan"));
    zip.addFile("page.html", Buffer.from("<p>Hello"));
    zip.writeZip(join(folder, "plan.zip"));
    const format = (severity: "leniency" | "error"): Record<string, PackageFormat> => ({
      plan: {
        label: "Plan",
        manifests: ["plan.txt"],
        diagnostics: { plan_short: { severity, sentence: "The plan in {path} is short." } },
        detect: async () => true,
        read: async (_, report) => {
          report.add("plan_short", { path: "plan.txt", line: 1 });
          return { standard: "Plan", identifier: "plan", title: "A plan", items: [] };
        },
      },
    });
    try {
      expect(await checkPackage(join(folder, "plan.zip"), format("leniency"))).to.deep.equal({
        usable: true,
        lines: ["A plan: Plan, 2 files, 14 bytes", "leniency plan.txt:1: The plan in plan.txt is short. [plan_short]", "It can be used."],
      });
      const refused = await checkPackage(join(folder, "plan.zip"), format("error"));
      expect(refused.usable).to.equal(false);
      expect(refused.lines[0]).to.equal("error    plan.txt:1: The plan in plan.txt is short. [plan_short]");
      expect(refused.lines[1]).to.match(/^It can't be used: .*The plan in plan\.txt is short\.$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** A port where something answers that is not ours, until the run ends. */
async function strangerPort(): Promise<number> {
  const server = createServer((_, response) => response.end("hello")).unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
