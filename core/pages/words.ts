type When = Date | string | null | undefined;

const dash = "–";
const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** "Mar 3, 2026", in the reader's time zone; UTC unless told. */
export function date(value: When, timeZone = "UTC"): string {
  return format(value, timeZone, day);
}

/** "14:05", in the reader's time zone; UTC unless told. */
export function time(value: When, timeZone = "UTC"): string {
  return format(value, timeZone, clock);
}

/** "Mar 3, 2026, 14:05", in the reader's time zone; UTC unless told. */
export function dateTime(value: When, timeZone = "UTC"): string {
  return format(value, timeZone, { ...day, ...clock });
}

const steps = [
  { unit: "minute", ms: 60_000, below: 3_600_000 },
  { unit: "hour", ms: 3_600_000, below: 86_400_000 },
  { unit: "day", ms: 86_400_000, below: 30 * 86_400_000 },
] as const;

/** "5 minutes ago" as seen at `now`; a date beyond a month, a date with time when `now` is not known. */
export function ago(value: When, now: When, timeZone = "UTC"): string {
  if (value === null || value === undefined) return dash;
  if (now === null || now === undefined) return dateTime(value, timeZone);
  const distance = new Date(value).getTime() - new Date(now).getTime();
  if (Math.abs(distance) < 60_000) return "just now";
  const step = steps.find(({ below }) => Math.abs(distance) < below);
  if (!step) return date(value, timeZone);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(distance / step.ms), step.unit);
}

/** A ratio of 0 to 1 as "82%": rounded down, so that 100% means all of it. A dash when there is none. */
export function percent(ratio: number | null | undefined): string {
  return ratio === null || ratio === undefined ? dash : `${Math.floor(ratio * 100 + 1e-9)}%`;
}

/** Milliseconds as "1 h 20 min", "14 min" or "9 s"; a dash when there are none. */
export function duration(durationMs: number | null | undefined): string {
  if (durationMs === null || durationMs === undefined) return dash;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 ? `${hours} h` : "", rest > 0 ? `${rest} min` : ""].filter(Boolean).join(" ");
}

/** "12 MB", in decimal units. */
export function sizeOf(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} bytes`;
  const [value, unit] = sizeBytes < 1e6 ? [sizeBytes / 1e3, "kB"] : sizeBytes < 1e9 ? [sizeBytes / 1e6, "MB"] : [sizeBytes / 1e9, "GB"];
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Formatters are kept: making one takes a millisecond, using one a microsecond. There are as many as time zones. */
function format(value: When, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  if (value === null || value === undefined) return dash;
  const key = `${timeZone} ${Object.keys(options).join()}`;
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat("en", { ...options, timeZone });
  formatters.set(key, formatter);
  return formatter.format(new Date(value));
}
