const timespan = /^(\d{2,4}):(\d{2}):(\d{2}(?:\.\d{1,2})?)$/;
const longestMs = Date.UTC(1970, 0, 1, 9999, 59, 59, 990);

/** Milliseconds in a CMITimespan (`HHHH:MM:SS.SS`, two to four digits of hours), or null where the text is none. */
export function parseTimespan(text: string): number | null {
  const [, hours, minutes, seconds] = timespan.exec(text) ?? [];
  if (hours === undefined) return null;
  return (Number(hours) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 100) * 10;
}

/** `HHHH:MM:SS.SS`, cut to hundredths of a second and never above 9999:59:59.99, the most that the format can say. */
export function formatTimespan(durationMs: number): string {
  const hundredths = Math.floor(Math.min(Math.max(durationMs, 0), longestMs) / 10);
  const pad = (value: number, width: number) => String(Math.floor(value)).padStart(width, "0");
  return `${pad(hundredths / 360_000, 4)}:${pad((hundredths / 6000) % 60, 2)}:${pad((hundredths / 100) % 60, 2)}.${pad(hundredths % 100, 2)}`;
}
