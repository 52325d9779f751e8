import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failed, together, type Results } from "./reporter.ts";
import type { Task } from "./worker.ts";

/** A process that runs one file of tests after the other. */
export interface Worker {
  /** Runs a file and shows its words when it is over; a process that says nothing for too long is ended. */
  run(file: string): Promise<Results>;
  /** Whether it has ended, or has run enough: memory stays with what was loaded and started. */
  isSpent(): boolean;
  /** Waits until it ends, as it does when it is let go and nothing of its tests is left; what went wrong that no file was told. */
  end(): Promise<Results>;
}

/** How long a process may say nothing: no test and no hook takes as long, and what has no more files is about to end. */
const limits = { testing: { minutes: 10, says: "It said nothing" }, ending: { minutes: 2, says: "Its tests were over and it did not end" } };
const program = fileURLToPath(new URL("./worker.ts", import.meta.url));
const filesOfEach = 30;
const mark = "\0";
const running = new Set<ChildProcess>();

/** Starts a process, with a folder of its own for the results of its files. */
export function startWorker(folder: string): Worker {
  const child = spawn(process.execPath, ["-C", "source", "--import", "tsx", program], { detached: true, stdio: ["ignore", "pipe", "inherit", "ipc"] });
  running.add(child);
  child.once("exit", () => end(child)); // whatever its tests have left running holds its words open
  const closed = once(child, "close").then((): "ended" => {
    running.delete(child);
    return "ended";
  });
  const files: string[] = [];
  let output = "";
  let heard = (): void => {};
  let fault: string | undefined;
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    heard();
  });

  /** Waits until the file at hand is told, or else until the process has ended, by itself or for its silence; shows its words. */
  async function listen({ minutes, says }: { minutes: number; says: string }): Promise<"told" | "ended"> {
    let patience: NodeJS.Timeout | undefined;
    const told = new Promise<"told">((resolve) => {
      heard = () => {
        clearTimeout(patience);
        if (output.endsWith(mark)) return resolve("told");
        patience = setTimeout(() => {
          fault = `${says} for ${minutes} minutes; the last it said was\n${output.trimEnd().split("\n").slice(-3).join("\n")}`;
          end(child);
        }, minutes * 60_000);
      };
      heard();
    });
    const how = await Promise.race([told, closed]);
    heard = () => {};
    clearTimeout(patience);
    process.stdout.write(output.replace(mark, ""));
    output = "";
    return how;
  }

  return {
    async run(file) {
      const results = join(folder, `${child.pid}-${files.push(file)}.json`);
      if (child.connected) child.send({ file, results, mark } satisfies Task, () => {}); // where it ends meanwhile, it tells nothing
      const how = await listen(limits.testing);
      const told = existsSync(results) ? [JSON.parse(readFileSync(results, "utf8")) as Results] : [];
      if (how === "told") return together(told);
      // What has not told all has failed, whatever else it says.
      const error = fault ?? `The exit code of its process was ${child.exitCode}.`;
      fault = "";
      return together([...told, failed(`${file} ended early`, error)]);
    },
    isSpent: () => !child.connected || files.length >= filesOfEach,
    async end() {
      if (child.connected) child.send("end", () => {}); // disconnected from here, it would never be seen to close
      await listen(limits.ending);
      fault ??= child.exitCode === 0 ? "" : `Its exit code was ${child.exitCode}.`;
      return together(fault ? [failed(`the process did not end well that had run ${files.join(", ")}`, fault)] : []);
    },
  };
}

/** Ends every process that runs, and those that their tests have started and left in their groups. */
export function endAll(): void {
  running.forEach(end);
}

function end(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, "SIGKILL");
  } catch {
    // all are gone
  }
}
