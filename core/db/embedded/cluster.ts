import { chown, mkdir, open, readFile, readdir, realpath, rename, rm, rmdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CadreError } from "../../kernel/errors.ts";
import { findProgram, outcome, type Program } from "./program.ts";

/** What a server needs before it can start. */
export interface Ground {
  /** The data folder's real path. */
  folder: string;
  program: Program;
  /** The cluster's path. */
  cluster: string;
}

/** A ground whose cluster, where it was missing, is being made under another name. */
interface Draft extends Ground {
  half?: HalfMade;
}

interface HalfMade {
  path: string;
  /** Rejects where PostgreSQL could not make its files; they are removed then. */
  complete: Promise<void>;
}

const drafts = new Map<string, Promise<Draft>>();

/**
 * Begins what `settleCluster` of the same folder goes on with; resolves once it is at work, by itself. It is most of a second's work for
 * one processor, and shows in the folder under no name that anybody looks for: so it can be begun before it is sure that a server will start.
 */
export function draftCluster(dataDir: string, options: { durable: boolean }): Promise<unknown> {
  const path = resolve(dataDir);
  const draft = drafts.get(path) ?? draftOf(path, options);
  drafts.set(path, draft);
  return draft;
}

/** Removes a draft that nobody went on with, and the folder where nothing else is in it. */
export async function discardDraft(dataDir: string): Promise<void> {
  const path = resolve(dataDir);
  const draft = drafts.get(path);
  if (!draft) return;
  drafts.delete(path);
  const { half } = (await draft.catch(() => undefined)) ?? {};
  await half?.complete.catch(() => undefined);
  if (half) await rm(half.path, { recursive: true, force: true });
  await rmdir(path).catch(() => undefined);
}

/**
 * Makes `dataDir` and the database cluster in it, where they are missing, and finds how PostgreSQL runs here. The cluster is UTF-8,
 * sorted by code point and independent of the host's libraries, so that an upgrade of the host breaks no index; sort for people
 * with `collate "und-x-icu"`.
 *
 * It is made under another name and renamed when complete. So `cluster` is always whole, its PG_VERSION says the major version,
 * half-made ones can be told and wiped, and of two processes that begin at once one wins.
 * @throws no_embedded_postgres, embedded_postgres_version, embedded_postgres_failed
 */
export async function settleCluster(dataDir: string, options: { durable: boolean }): Promise<Ground> {
  const path = resolve(dataDir);
  const begun = drafts.get(path) ?? draftOf(path, options);
  drafts.delete(path);
  const { half, ...ground } = await begun;
  await half?.complete;
  if (half) await putInPlace(half.path, ground);
  return ground;
}

async function draftOf(path: string, options: { durable: boolean }): Promise<Draft> {
  await mkdir(path, { recursive: true });
  const folder = await realpath(path);
  const program = await findProgram(folder);
  const cluster = join(folder, "cluster");
  const found = await stat(cluster).catch(ignoreMissing);
  if (found && found.uid !== program.owner.uid) throw failed(`${cluster} belongs to user ${found.uid}; start Cadre as that user.`);
  const version = found && (await readFile(join(cluster, "PG_VERSION"), "utf8"));
  if (version === undefined) return { folder, program, cluster, half: await beginCluster(folder, cluster, program, options) };
  if (Number(version) !== program.major) throw otherMajor(cluster, version.trim(), program.major);
  return { folder, program, cluster };
}

async function beginCluster(folder: string, cluster: string, program: Program, options: { durable: boolean }): Promise<HalfMade> {
  await wipeHalfMade(folder);
  const path = `${cluster}.new-${process.pid}`;
  await mkdir(path, { mode: 0o700 });
  await chown(path, program.owner.uid, program.owner.gid);
  const complete = createCluster(path, program, options);
  complete.catch(() => undefined); // told where it is waited for
  return { path, complete };
}

async function createCluster(path: string, program: Program, { durable }: { durable: boolean }): Promise<void> {
  const { code, output } = await outcome(
    program.run("initdb", [
      ...["-D", path, "--username=postgres", "--auth=trust", "--no-instructions", "--encoding=UTF8", "--no-locale"],
      ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
      `--lc-ctype=${process.platform === "darwin" ? "UTF-8" : "C.UTF-8"}`, // pg_trgm sees no letters beyond ASCII under C
      ...(durable ? [] : ["--no-sync"]),
    ]),
  );
  if (code === 0) return;
  await rm(path, { recursive: true, force: true });
  const reason = output.split("\n").filter((line) => line.startsWith("initdb: ")).join(" ") || output.trim();
  throw failed(`PostgreSQL could not make its files as user ${program.owner.uid}: ${reason}. Choose another folder, or set DATABASE_URL.`);
}

async function putInPlace(half: string, { folder, cluster }: Ground): Promise<void> {
  await rename(half, cluster).catch(async (error: NodeJS.ErrnoException) => {
    await rm(half, { recursive: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // else another process was first
  });
  const directory = await open(folder);
  await directory.sync().finally(() => directory.close());
}

/** What a process left behind that died while it made something: `<name>.new-<pid>`. */
async function wipeHalfMade(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/\.new-(\d+)$/.exec(name)?.[1]);
    if (pid && (pid === process.pid || !isAlive(pid))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether a process of this number exists, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function otherMajor(cluster: string, found: string, ours: number): CadreError {
  return new CadreError(
    "embedded_postgres_version",
    `${cluster} was made by PostgreSQL ${found}, and this is ${ours}, which cannot read it. ` +
      `Start the release of Cadre that made it, take a backup, and restore it with this one into an empty folder.`,
    { status: 500, data: { found, ours } },
  );
}

function failed(message: string): CadreError {
  return new CadreError("embedded_postgres_failed", message, { status: 500 });
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
