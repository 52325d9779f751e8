import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { pino } from "pino";
import { withClient } from "../../core/db/database-url.ts";
import { type EmbeddedPostgres, startPostgres } from "../../core/db/embedded.ts";
import { copiedBinaries, packagedBinaries } from "../../core/db/embedded/binaries.ts";
import { isAlive } from "../../core/db/embedded/cluster.ts";
import { outcome } from "../../core/db/embedded/program.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import { type Process, run, until } from "./process.ts";

const root = process.geteuid!() === 0;
const nobody = 65534;

describe("embedded PostgreSQL", function () {
  this.timeout(180_000); // real processes, on a machine that may be busy
  let temporary: string;
  let used: string; // a data folder whose cluster the first test makes and others go on with
  const servers: Promise<EmbeddedPostgres>[] = [];
  const children: Process<Line>[] = [];
  const strangers: ChildProcess[] = [];

  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), "cadre-embedded-"));
    await chmod(temporary, 0o711); // some servers here run as nobody
    used = join(temporary, "used");
  });
  after(() => rm(temporary, { recursive: true, force: true }));
  afterEach(async () => {
    for (const { child } of children.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    for (const stranger of strangers.splice(0)) stranger.kill();
    for (const server of servers.splice(0)) await server.then((each) => each.stop(), () => {});
  });

  function start(dataDir: string): Promise<EmbeddedPostgres> {
    const server = startPostgres({ dataDir, log: pino({ level: "silent" }), settings: { fsync: "off", shared_buffers: "16MB" } });
    servers.push(server);
    return server;
  }

  function launch(dataDir: string, options = {}): Process<Line> {
    const process = run<Line>("embedded.process.ts", [dataDir], options);
    children.push(process);
    return process;
  }

  it("starts on a folder that is not there, and again with what was written", async () => {
    const first = await start(used);
    await withClient(first.url, (client) => client.query("create table kept as select 'Ελλάδα' as word"));
    await first.stop();
    await first.stop();
    const second = await start(used);
    expect(await ask(second.url, "select word from kept")).to.equal("Ελλάδα");
    await second.stop();
    expect(await reachable(second.url)).to.be.false;
  });

  it("lets in its own user only, and nobody from the network", async function () {
    const server = await start(used);
    const socket = decodeURIComponent(new URL(server.url).hostname);
    expect((await stat(socket)).mode & 0o777).to.equal(0o700);
    expect(await ask(server.url, "show listen_addresses")).to.equal("");
    if (root) {
      const knock = `require("net").connect(${JSON.stringify(join(socket, ".s.PGSQL.5432"))}).on("error", (error) => console.log(error.code))`;
      const stranger = spawnSync(process.execPath, ["-e", knock], { uid: nobody, gid: nobody, cwd: "/", encoding: "utf8" });
      expect(stranger.stdout).to.equal("EACCES\n");
    }
    await server.stop();
  });

  it("gives a second process the server of the first, which the second does not stop", async () => {
    const owner = await start(used);
    const second = launch(used);
    expect(await second.next()).to.deep.equal({ url: owner.url, adopted: true });
    await second.finish();
    expect(await ask(owner.url, "select 1")).to.equal(1);
    await owner.stop();
  });

  it("is taken over by a second process when the first one stops or is killed, and then ends with the second", async () => {
    for (const end of ["finish", "kill"] as const) {
      const first = launch(used);
      const { url } = await first.next();
      const second = launch(used);
      expect(await second.next()).to.deep.equal({ url, adopted: true });
      const postmaster = await postmasterOf(used);
      await (end === "finish" ? first.finish() : first.kill("SIGKILL"));
      await until(async () => !isAlive(postmaster) && (await reachable(url)));
      const third = launch(used);
      expect(await third.next()).to.deep.equal({ url, adopted: true });
      await third.finish();
      await second.finish();
      expect(await reachable(url)).to.be.false;
    }
  });

  it("makes one server for two processes that start at once where a killed first start left something half-made", async () => {
    const folder = join(temporary, "twice");
    const dead = spawn("true");
    await new Promise((resolve) => dead.once("exit", resolve));
    await mkdir(join(folder, `cluster.new-${dead.pid}`, "base"), { recursive: true });
    const both = [launch(folder), launch(folder)];
    const said = await Promise.all(both.map((each) => each.next()));
    expect(said[0]!.url).to.equal(said[1]!.url);
    expect(said.map(({ adopted }) => adopted)).to.have.members([true, false]);
    expect((await readdir(folder)).sort()).to.deep.equal(["cluster", "socket"]);
    const adopterFirst = said[0]!.adopted ? both : both.reverse();
    for (const each of adopterFirst) await each.finish();
  });

  it("ends with its process when that is killed, and has every commit at the next start", async function () {
    if (spawnSync("setpriv", ["--version"]).error) return this.skip();
    const victim = launch(used);
    const { url } = await victim.next();
    await withClient(url, (client) => client.query("create table committed as select 7 as number"));
    const postmaster = await postmasterOf(used);
    await victim.kill("SIGKILL");
    const next = await start(used); // at once: the old server may still be ending
    expect(next.adopted).to.be.false;
    expect(await postmasterOf(used)).not.to.equal(postmaster);
    expect(await ask(next.url, "select number from committed")).to.equal(7);
    await next.stop();
  });

  it("is back after its postmaster was killed", async () => {
    const server = await start(used);
    await withClient(server.url, (client) => client.query("create table survivor as select 8 as number"));
    const postmaster = await postmasterOf(used);
    process.kill(postmaster, "SIGKILL");
    await until(async () => !isAlive(postmaster) && (await reachable(server.url)));
    expect(await ask(server.url, "select number from survivor")).to.equal(8);
    await server.stop();
  });

  it("starts when both were killed at once", async () => {
    const victim = launch(used);
    await victim.next();
    victim.child.kill("SIGSTOP"); // so that it does not start it again
    process.kill(await postmasterOf(used), "SIGKILL");
    await victim.kill("SIGKILL");
    const server = await start(used);
    expect(server.adopted).to.be.false;
    await server.stop();
  });

  it("passes over a lock whose process number is somebody else's by now", async () => {
    const somebody = spawn("cat"); // not ourselves: PostgreSQL knows its parent's number
    strangers.push(somebody);
    await writeFile(join(used, "cluster/postmaster.pid"), `${somebody.pid}\n${join(used, "cluster")}\n1700000000\n5432\n\n\n`);
    const server = await start(used);
    expect(await postmasterOf(used)).not.to.equal(somebody.pid);
    await server.stop();
  });

  it("outlives a Ctrl-C until its process has drained", async () => {
    const front = launch(used, { detached: true }); // a terminal's foreground group
    await front.next();
    process.kill(-front.child.pid!, "SIGINT");
    expect(await front.next()).to.deep.equal({ drained: 42 });
    await front.finish();
  });

  it("works where the path has spaces and quotes and is longer than a socket's may be", async () => {
    const folder = join(temporary, `it's "a" 100 % long, path ${"x".repeat(150)}`, "ü".repeat(80));
    await cp(join(used, "cluster"), join(folder, "cluster"), { recursive: true });
    await chmod(join(folder, "cluster"), 0o700);
    const server = await start(folder);
    expect(await ask(server.url, "show data_directory")).to.equal(join(folder, "cluster"));
    const second = launch(folder);
    expect(await second.next()).to.deep.equal({ url: server.url, adopted: true });
    await second.finish();
    await server.stop();
    await rm(decodeURIComponent(new URL(server.url).hostname), { recursive: true });
  });

  it("refuses files of another major version", async () => {
    const folder = join(temporary, "old");
    await mkdir(join(folder, "cluster"), { recursive: true });
    await writeFile(join(folder, "cluster/PG_VERSION"), "15\n");
    const error = await start(folder).catch((thrown: unknown) => thrown);
    expect(isCadreError(error) && error.code).to.equal("embedded_postgres_version");
    expect((error as Error).message).to.contain("PostgreSQL 15");
  });

  it("runs for an ordinary user", async function () {
    if (!root) return this.skip(); // then every test here shows it
    const folder = join(temporary, "theirs");
    await mkdir(folder);
    spawnSync("chown", [`${nobody}:${nobody}`, folder]);
    const ordinary = { uid: nobody, gid: nobody, env: { PATH: process.env.PATH, HOME: folder } };
    if (spawnSync(process.execPath, ["-e", `require("fs").readFileSync(${JSON.stringify(fileURLToPath(import.meta.url))})`], ordinary).status) return this.skip();
    const process1 = launch(folder, ordinary);
    const { url, adopted } = await process1.next();
    expect(adopted).to.be.false;
    expect((await stat(join(folder, "cluster"))).uid).to.equal(nobody);
    // Root goes on with the same files as their owner, so that the owner still can afterwards.
    await process1.finish();
    const server = await start(folder);
    expect(server.url).to.equal(url);
    expect((await stat(join(folder, "cluster/postmaster.pid"))).uid).to.equal(nobody);
    await server.stop();
  });

  it("runs for root where there are no user namespaces", async function () {
    if (!root) return this.skip();
    const folder = join(temporary, "container");
    const programs = join(temporary, "programs"); // a PATH without unshare
    await mkdir(programs);
    await symlink(spawnSync("which", ["setpriv"], { encoding: "utf8" }).stdout.trim(), join(programs, "setpriv"));
    const contained = launch(folder, { env: { PATH: programs } });
    const { url } = await contained.next();
    expect(await ask(url, "select 1")).to.equal(1);
    expect((await stat(join(folder, "cluster"))).uid).to.equal(nobody);
    await contained.finish();
  });

  it("runs from a copy where the package lacks its library links and can't be written to", async () => {
    const pack = join(temporary, "package");
    const packaged = await packagedBinaries();
    await cp(join(packaged, "../package.json"), join(pack, "package.json"));
    const links = JSON.parse(await readFile(join(packaged, "pg-symlinks.json"), "utf8")) as { target: string }[];
    const left = new Set(links.map(({ target }) => join(packaged, "..", target)));
    await cp(packaged, join(pack, "native"), { recursive: true, filter: (source) => !left.has(source) });
    const copy = await copiedBinaries(join(pack, "native"), temporary);
    for (const program of ["initdb", "postgres"]) {
      expect(await outcome(spawn(join(copy, "bin", program), ["--version"]))).to.include({ code: 0 });
    }
    expect(await copiedBinaries(join(pack, "native"), temporary)).to.equal(copy);
    expect((await outcome(spawn(join(pack, "native/bin/postgres"), ["--version"]))).code).not.to.equal(0);
  });
});

interface Line {
  url: string;
  adopted: boolean;
  drained?: number;
}

function ask(url: string, query: string): Promise<unknown> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<[unknown]>({ text: query, rowMode: "array" });
    return rows[0]![0];
  });
}

async function reachable(url: string): Promise<boolean> {
  return ask(url, "select true").then(
    () => true,
    () => false,
  );
}

async function postmasterOf(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, "cluster/postmaster.pid"), "utf8")).split("\n")[0]);
}
