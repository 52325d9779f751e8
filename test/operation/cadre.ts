import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = join(root, "dist/bundled/main.js");
const fromSources = ["-C", "source", "--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href, join(root, "core/cli/main.ts")];

/** The build where it is of today's sources, as after `npm ci`: it starts in a third of the time. */
const program = isBuilt() ? ["--conditions=bundled", built] : fromSources;

function isBuilt(): boolean {
  const state = join(root, "dist/.tsbuildinfo");
  if (!existsSync(built) || !existsSync(state)) return false;
  const builtAt = statSync(state).mtimeMs;
  const newer = (folder: string): boolean =>
    readdirSync(folder, { withFileTypes: true }).some((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newer(path) : statSync(path).mtimeMs > builtAt;
    });
  return !["core", "plugins", "migrations", "templates"].some((folder) => newer(join(root, folder)));
}

export interface CadreOptions {
  /** Over an environment without any variable of the site's. */
  env?: Record<string, string>;
  cwd?: string;
  /** Runs as this user and group, without others. */
  as?: number;
}

/** A `cadre` of a process of its own. */
export interface Cadre {
  child: ChildProcess;
  /** What it wrote so far. */
  out(): string;
  /** The first match in what it writes. Rejects with everything it wrote when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, and everything it wrote. */
  ended: Promise<{ code: number | null; out: string; err: string }>;
}

const running = new Set<ChildProcess>();

/** Starts `cadre` as `npm start` does. */
export function cadre(args: readonly string[], { env = {}, cwd = "/", as }: CadreOptions = {}): Cadre {
  const command = [process.execPath, ...program, ...args];
  const [file = "", ...rest] = as === undefined ? command : ["setpriv", `--reuid=${as}`, `--regid=${as}`, "--clear-groups", ...command];
  const inherited = Object.fromEntries(["PATH", "HOME", "TMPDIR", "LANG"].map((name) => [name, process.env[name]]));
  const child = spawn(file, rest, { cwd, env: { ...inherited, PORT: "0", CONTENT_PORT: "0", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  let over = false;
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      over = true;
      resolve({ code, out, err });
    });
  });
  return {
    child,
    out: () => out,
    ended,
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(out);
        if (found) return found;
        if (over) throw new Error(`cadre ${args.join(" ")} ended without ${pattern}:\n${out}\n${err}`);
        await pause(20);
      }
    },
  };
}

/** Ends whatever a failed test has left behind. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
