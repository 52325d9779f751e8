const timespan = /^P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,2})?)S)?)?$/;
const dayMs = 24 * 60 * 60_000;
// ISO 8601 does not say how long a year is; this is the Julian one, and a month a twelfth of it.
const yearMs = 365.25 * dayMs;

/** Milliseconds in a timeinterval(second,10,2), an ISO 8601 duration, or null where the text is none (RTE 4.1.1.7). */
export function parseTimespan(text: string): number | null {
  if (text.length > 100) return null;
  const [all, years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = timespan.exec(text) ?? [];
  if (all === undefined) return null;
  const clockMs = (Number(hours) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 100) * 10;
  return Number(years) * yearMs + (Number(months) * yearMs) / 12 + Number(days) * dayMs + clockMs;
}

/** `PT…H…M…S`, all three always there, cut to hundredths of a second: content reads it with patterns of its own. */
export function formatTimespan(durationMs: number): string {
  const hundredths = Math.floor(Math.max(durationMs, 0) / 10);
  return `PT${Math.floor(hundredths / 360_000)}H${Math.floor(hundredths / 6000) % 60}M${(hundredths % 6000) / 100}S`;
}
