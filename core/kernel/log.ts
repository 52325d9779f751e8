import { pino } from "pino";
import type { Log } from "./context.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export interface LogOptions {
  level?: LogLevel;
  /** Values that are masked wherever they turn up. */
  secrets?: readonly string[];
  write?(line: string): void;
}

/** JSON lines with a time, a level and the fields given; errors under `error` with their stack and causes. */
export function createLog({ level = "info", secrets = [], write = (line) => void process.stdout.write(line) }: LogOptions = {}): Log {
  const masked = [...secrets].sort((a, b) => b.length - a.length).flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const destination = { write: (line: string) => write(masked.reduce((text, secret) => text.replaceAll(secret, "••••••••"), line)) };
  return pino(
    { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) }, serializers: { error: pino.stdSerializers.err } },
    destination,
  );
}
