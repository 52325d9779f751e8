import { pino } from "pino";
import type { Log } from "./context.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export interface LogOptions {
  level?: LogLevel;
  /** `json` for machines, unless told; `text` for a person at a terminal. */
  format?: "json" | "text";
  /** Values that are masked wherever they turn up. */
  secrets?: readonly string[];
  write?(line: string): void;
}

/** JSON lines with a time, a level and the fields given; errors under `error` with their stack and causes. */
export function createLog({ level = "info", format = "json", secrets = [], write = (line) => void process.stdout.write(line) }: LogOptions = {}): Log {
  const masked = [...secrets].sort((a, b) => b.length - a.length).flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const shown = format === "text" ? textOf : (line: string) => line;
  const destination = { write: (line: string) => write(shown(masked.reduce((text, secret) => text.replaceAll(secret, "••••••••"), line))) };
  return pino(
    { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) }, serializers: { error: pino.stdSerializers.err } },
    destination,
  );
}

interface Line {
  level: string;
  time: string;
  msg?: string;
  error?: { stack?: string };
  [field: string]: unknown;
}

/** `10:42:07 info  request  method=GET path=/ status=200`, in UTC; the stack of an error below it. */
function textOf(json: string): string {
  const { level, time, msg = "", error, requestId: _, ...fields } = JSON.parse(json) as Line;
  const told = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const stack = error?.stack && level === "error" ? `\n${error.stack}` : "";
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${told.length > 0 ? ` ${told.join("")}` : ""}${stack}\n`;
}
