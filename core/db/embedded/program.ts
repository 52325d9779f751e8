import { type ChildProcess, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { copiedBinaries, noEmbeddedPostgres, packagedBinaries } from "./binaries.ts";

/** PostgreSQL's programs, in the way they can be run on this machine. */
export interface Program {
  /** 18 for PostgreSQL 18.4. */
  readonly major: number;
  /** Whose files the server's are, as this process sees it. */
  readonly owner: Account;
  /** Starts one: out of reach of Ctrl-C, told to stop (SIGINT) when this process dies in whatever way. */
  run(name: "initdb" | "postgres", args: string[]): ChildProcess;
}

/** A numeric user and group. */
export interface Account {
  uid: number;
  gid: number;
}

interface Way {
  prefix: string[];
  owner: Account;
  /** Present when the program must be another user than we are. */
  as?: Account;
}

const nobody: Account = { uid: 65534, gid: 65534 };
const stopsWithUs = ["setpriv", "--pdeathsig", "INT"];
const ownUserNamespace = ["unshare", "--user", `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`];

/**
 * Finds, by trying, how PostgreSQL can be run for the files in `folder`.
 *
 * PostgreSQL refuses to be root. Root therefore runs it as whoever owns the files. Where that is root too, a user namespace
 * shows it another number (util-linux's `unshare`; it isolates nothing), and where there are none, files and server become nobody's.
 * @throws no_embedded_postgres
 */
export async function findProgram(folder: string): Promise<Program> {
  const ways = waysToRun(await ownerOf(folder));
  const packaged = await packagedBinaries();
  const packagedWay = await firstThatRuns(packaged, ways);
  if ("major" in packagedWay) return packagedWay;
  if (/shared librar|permission denied|EACCES/i.test(packagedWay.reason)) {
    const copiedWay = await firstThatRuns(await copiedBinaries(packaged, folder), ways);
    if ("major" in copiedWay) return copiedWay;
  }
  throw noEmbeddedPostgres(`PostgreSQL's binaries do not run here (${packagedWay.reason}).`);
}

function waysToRun(owner: Account): Way[] {
  const prefixes = [stopsWithUs, []];
  if (process.geteuid!() !== 0) return prefixes.map((prefix) => ({ prefix, owner }));
  if (owner.uid !== 0) return prefixes.map((prefix) => ({ prefix, owner, as: owner }));
  return [
    ...prefixes.map((prefix) => ({ prefix: [...ownUserNamespace, ...prefix], owner })),
    ...prefixes.map((prefix) => ({ prefix, owner: nobody, as: nobody })),
  ];
}

async function ownerOf(folder: string): Promise<Account> {
  if (process.geteuid!() !== 0) return { uid: process.geteuid!(), gid: process.getegid!() };
  const { uid, gid } = await stat(join(folder, "cluster")).catch(() => stat(folder));
  return { uid, gid };
}

async function firstThatRuns(native: string, ways: Way[]): Promise<Program | { reason: string }> {
  const reasons = new Set<string>();
  for (const way of ways) {
    const run = runner(native, way);
    const { code, output } = await outcome(run("postgres", ["--version"]));
    const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
    if (code === 0 && major) return { major: Number(major), owner: way.owner, run };
    reasons.add(output.trim());
  }
  return { reason: [...reasons].join("; ") };
}

function runner(native: string, { prefix, as }: Way): Program["run"] {
  return (name, args) => {
    const [command, ...rest] = [...prefix, join(native, "bin", name), ...args] as [string, ...string[]];
    return spawn(command, rest, {
      ...as,
      cwd: "/", // ours may be out of the server's reach, or gone
      detached: true, // a session of its own: Ctrl-C must not end the server before the application has drained
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" }, // none of PGDATA, PGPORT, …
    });
  };
}

/** Waits for the end of a short program; one that can't be started ends with code null and says why in its output. */
export function outcome(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", (error) => resolve({ code: null, output: error.message }));
    child.once("close", (code) => resolve({ code, output }));
  });
}
