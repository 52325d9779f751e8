import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isAlive } from "../db/embedded/cluster.ts";

/** The last steps of the build, for what is done already in no time: `npm start` goes through them as well. */
const built = fileURLToPath(new URL("../../", import.meta.url));
const source = dirname(built.replace(/[\\/]$/, ""));
const bundled = join(built, "bundled");

for (const folder of ["core", "plugins", "templates", "content-packages"]) copy(join(source, folder));
if (isStale()) await bundle();

/** Whatever is no TypeScript (templates, styles, sample courses) goes beside the compiled code. */
function copy(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) copy(path);
    else if (![".ts", ".md"].includes(extname(entry.name)) && entry.name !== "tsconfig.json") cpSync(path, join(built, relative(source, path)));
    else if (entry.name.endsWith(".md") && folder.includes("content-packages")) cpSync(path, join(built, relative(source, path)));
  }
}

function isStale(): boolean {
  const changedAt = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0);
  const made = changedAt(join(bundled, "main.js"));
  return [join(built, ".tsbuildinfo"), join(source, "node_modules/.package-lock.json"), fileURLToPath(import.meta.url)].some((path) => changedAt(path) >= made);
}

/**
 * The engine and all that it depends on in a few files, for `npm start`: Node reads those in less than half the time of the 1,700 that they are made
 * of. It is no part of the package on npm, where a site chooses its own versions of dependencies. Plugins are not in it: they import
 * `cadre`, and the condition "bundled" leads them to it.
 */
async function bundle(): Promise<void> {
  const { build } = await import("esbuild");
  for (const name of readdirSync(built)) if (isLeftOver(name)) rmSync(join(built, name), { recursive: true, force: true });
  const half = `${bundled}.new-${process.pid}`;
  await build({
    entryPoints: { main: join(built, "core/cli/main.js"), index: join(built, "core/index.js") },
    outdir: half,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
    // What is not JavaScript, and the drivers of databases that knex knows besides.
    external: ["esbuild", "@node-rs/*", "better-sqlite3", "mariadb", "mysql", "mysql2", "oracledb", "pg-native", "pg-query-stream", "sqlite3", "tedious"],
    banner: { js: `import { createRequire as requireBeside } from "node:module"; const require = requireBeside(import.meta.url);` },
    plugins: [
      {
        name: "own addresses",
        setup: ({ onLoad }) =>
          onLoad({ filter: /[\\/]dist[\\/]core[\\/].*\.js$/ }, ({ path }) => {
            const href = `new URL(${JSON.stringify(`../${pathToFileURL(path).href.slice(pathToFileURL(built).href.length)}`)}, import.meta.url).href`;
            return { contents: readFileSync(path, "utf8").replaceAll("import.meta.url", href) };
          }),
      },
    ],
  });
  carryOver(half);
  rmSync(bundled, { recursive: true, force: true });
  try {
    renameSync(half, bundled);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(join(bundled, "main.js"))) throw error; // else another build was first
  }
}

/** Parts of the build before stay beside those of the new one, under names of their own: a process that runs it reads some only when it needs them. */
function carryOver(into: string): void {
  const main = statSync(join(bundled, "main.js"), { throwIfNoEntry: false });
  if (!main) return;
  const begunMs = main.mtimeMs - 60_000; // what is older was carried over itself
  try {
    for (const name of readdirSync(bundled)) {
      const [old, place] = [join(bundled, name), join(into, name)];
      if (!existsSync(place) && statSync(old).mtimeMs >= begunMs) cpSync(old, place, { preserveTimestamps: true });
    }
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error; // another build takes its place, and has carried it over itself
  }
}

/** Whether a folder was begun by a build that has died. */
function isLeftOver(name: string): boolean {
  const pid = Number(/^bundled\.new-(\d+)$/.exec(name)?.[1]);
  return pid > 0 && !isAlive(pid);
}
