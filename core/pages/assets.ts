import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildFailure, type OutputFile } from "esbuild";
import type { Problem } from "../kernel/errors.ts";
import { bootFailed } from "../kernel/host.ts";

/** A file for browsers, bundled and named by its content. */
export interface Asset {
  /** `/assets/<name>-<hash>.<ending>`; what is there never changes. */
  href: string;
  type: string;
  bytes: Buffer;
  gzipped: Buffer;
}

/** Where a plugin's scripts (.ts, .js) and styles (.css) for browsers are; `prefix` is "" or the plugin's name with a slash. */
export interface AssetFolder {
  plugin: string;
  path: string;
  prefix: string;
}

const types: Record<string, string> = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };

/**
 * Bundles every file of the folders, each with what it imports. By name: `cadre.css`, `upload.js`, `scorm/player.js`.
 * @throws boot_failed naming plugin, file and line of all that can't be read
 */
export async function bundleAssets(folders: readonly AssetFolder[]): Promise<ReadonlyMap<string, Asset>> {
  const outputFiles = await bundled(folders).catch(async (error: unknown) => {
    const problems = await scriptProblems(folders);
    throw problems.length > 0 ? bootFailed(problems) : error;
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const name = path.replace(/^([A-Z]:)?[\\/]/, "").replaceAll("\\", "/");
      const ending = /\.\w+$/.exec(name)?.[0] ?? "";
      const bytes = Buffer.from(contents);
      const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
      const href = `/assets/${name.slice(0, -ending.length).replaceAll("/", ".")}-${hash}${ending}`;
      return [name, { href, type: types[ending] ?? "application/octet-stream", bytes, gzipped: gzipSync(bytes, { level: 9 }) }];
    }),
  );
}

async function bundled(folders: readonly AssetFolder[]): Promise<OutputFile[]> {
  const entries = folders.flatMap(({ path, prefix }) =>
    existsSync(path)
      ? readdirSync(path)
          .filter((file) => /\.(ts|js|css)$/.test(file) && !/\.d\.ts$/.test(file))
          .map((file) => ({ in: join(path, file), out: prefix + file.replace(/\.\w+$/, "") }))
      : [],
  );
  const { outputFiles } = await build({
    entryPoints: entries,
    outdir: "/",
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "silent",
    conditions: ["source"],
  });
  return outputFiles;
}

/** What can't be read, with file and line; each folder by itself, for a file may import another plugin's. */
export async function scriptProblems(folders: readonly AssetFolder[]): Promise<Problem[]> {
  return (await Promise.all(folders.map(unreadable))).flat();
}

async function unreadable(folder: AssetFolder): Promise<Problem[]> {
  try {
    await bundled([folder]);
    return [];
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    return errors.map(({ text, location }) => ({ pointer: folder.plugin, code: "bad_script", message: location ? `${resolve(location.file)}, line ${location.line}: ${text}` : text }));
  }
}
