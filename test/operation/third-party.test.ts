import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const root = fileURLToPath(new URL("../../", import.meta.url));
const exec = promisify(execFile);
const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--loglevel=error"];

/** Somebody else's machine: a site that has Cadre from its tarball, and plugins of its own. */
describe("A site that uses Cadre as a dependency", function () {
  this.timeout(480_000);
  let site: string;
  const run = (file: string, args: string[], cwd = site) => exec(file, args, { cwd, env: { ...process.env, CADRE_SITE: undefined, NODE_OPTIONS: "" } });

  before(async () => {
    site = await mkdtemp(join(tmpdir(), "cadre-site-"));
    await writeFile(join(site, "package.json"), JSON.stringify({ name: "a-site", private: true, type: "module" }));
    await exec("npm", ["run", "--silent", "build"], { cwd: root });
    const { stdout } = await exec("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", site, "--loglevel=error"], { cwd: root, maxBuffer: 1e8 });
    const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
    expect(packed?.files.filter(({ path }) => path.includes("test.js") || path.startsWith("dist/test/"))).to.deep.equal([]);
    await run("npm", ["install", ...quiet, `./${packed?.filename}`, "chai@6.3.0", "mocha@12.0.3", "tsx@4.23.15"]);
  });
  after(async () => {
    for (const child of started) child.kill("SIGKILL");
    await rm(site, { recursive: true, force: true });
  });

  for (const kind of ["page", "integration", "question"]) {
    it(`scaffolds a plugin of the kind ${kind} whose tests pass at once`, async () => {
      const name = kind === "question" ? "question-word" : `sample-${kind}`;
      const told = await run("npx", ["cadre", "new-plugin", name, `--kind=${kind}`]);
      const command = /^Next: npm install .* && npx (mocha .*)$/m.exec(told.stdout)?.[1] ?? ""; // mocha and what it needs are here already
      const { stdout } = await run("npx", command.split(" "));
      expect(stdout).to.match(/[1-9]\d* passing/).and.not.match(/failing/);
    });
  }

  it("runs a plugin that comes as an npm package", async () => {
    await run("npx", ["cadre", "new-plugin", "office-hours", "--package"]);
    const folder = join(site, "office-hours");
    await run("node", [join(root, "node_modules/typescript7/bin/tsc"), "--typeRoots", join(root, "node_modules/@types")], folder);
    await run("node", ["copy-files.js"], folder);
    const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", site, "--loglevel=error"], folder);
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    await run("npm", ["install", ...quiet, `./${packed?.filename}`]);
    const manifest = JSON.parse(await readFile(join(site, "package.json"), "utf8")) as object;
    await writeFile(join(site, "package.json"), JSON.stringify({ ...manifest, cadre: { plugins: ["office-hours"] } }));

    const running = await start(site);
    try {
      const page = await fetch(`${running.url}/office-hours`, { redirect: "manual" });
      expect(page.headers.get("location")).to.equal("/sign-in?next=%2Foffice-hours");
      const permissions = await (await fetch(`${running.url}/docs/permissions`)).text();
      expect(permissions).to.contain("office-hours.write");
      expect(permissions, "a plugin in TypeScript in the site's own folder").to.contain("sample-page.write");
    } finally {
      await running.stop();
    }
  });

  it("names the package and the cure when a plugin is named but not installed", async () => {
    await rm(join(site, "node_modules/office-hours"), { recursive: true });
    const failed = await run("npx", ["cadre", "start"]).catch((error: unknown) => error as { stderr: string; code: number });
    expect(failed).to.have.property("code", 1);
    expect(failed.stderr).to.contain("office-hours").and.contain("npm install office-hours");
  });
});

const started = new Set<ChildProcess>();

/** Starts the site as its owner would, on any free ports. */
async function start(site: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(join(site, "node_modules/.bin/cadre"), ["start"], {
    cwd: site,
    env: { ...process.env, NODE_OPTIONS: "", PORT: "0", CONTENT_PORT: "0", DATABASE_URL: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.add(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve())).finally(() => started.delete(child));
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += String(chunk);
      const found = / is at (http:\S+)/.exec(said);
      if (found?.[1]) resolve(found[1]);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    void ended.then(() => reject(new Error(`It ended before it had started:\n${said}`)));
  });
  return {
    url,
    async stop() {
      child.kill("SIGINT");
      await ended;
    },
  };
}
