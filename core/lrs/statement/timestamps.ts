import type { XapiVersion } from "./versions.ts";

/** A point in time as it was written: whole seconds since 1970, the digits after them, and how its zone was told. */
export interface Timestamp {
  seconds: number;
  /** Digits of the second's fraction as sent; "" for none. */
  fraction: string;
  zone: "Z" | "offset" | "none";
  /** Date and time in the extended form, as RFC 3339 has it. */
  extended: boolean;
}

/** Reads an ISO 8601 calendar date or date and time; undefined for anything else, and for the offset -00:00 (Data 4.5). */
export function timestampOf(text: string): Timestamp | undefined {
  const match = extended.exec(text) ?? basic.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone] = match;
  const offsetMinutes = offsetOf(zone);
  if (offsetMinutes === undefined || +minute > 59 || +hour > 23 || +second > 60) return undefined;
  if (+month! < 1 || +month! > 12 || +day! < 1 || +day! > daysIn(+year!, +month!)) return undefined;
  const seconds = Date.UTC(+year! + 400, +month! - 1, +day!, +hour, +minute, +second) / 1000 - secondsIn400Years - offsetMinutes * 60;
  return { seconds, fraction, zone: zone === undefined ? "none" : zone === "Z" || zone === "z" ? "Z" : "offset", extended: text.includes(":") };
}

/** Whether a statement of this version may have this timestamp: 2.0 wants RFC 3339, with any zone or none (none is UTC). */
export function isTimestamp(text: string, version: XapiVersion): boolean {
  const timestamp = timestampOf(text);
  return timestamp !== undefined && (version === "1.0.3" || timestamp.extended);
}

/** The same instant in UTC, its fraction as sent: `2015-11-18T12:17:00.123Z`. */
export function inUtc({ seconds, fraction }: Timestamp): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}${fraction && `.${fraction}`}Z`;
}

/** Microseconds since 1970; what is finer is cut off. */
export function microsecondsOf({ seconds, fraction }: Timestamp): number {
  return seconds * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

/** Microseconds since 1970 as `stored` and Consistent-Through tell them: `2015-11-18T12:17:00.123456Z`. */
export function timeOf(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  return inUtc({ seconds, fraction: String(microseconds - seconds * 1_000_000).padStart(6, "0"), zone: "Z", extended: true });
}

const zone = String.raw`([Zz]|[+-]\d{2}(?::?\d{2})?)?`;
const extended = new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?${zone})?$`);
const basic = new RegExp(String.raw`^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d+))?)?${zone})?$`);
const secondsIn400Years = 146_097 * 86_400;

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const digits = zone.replace(":", "");
  const [hours, minutes] = [+digits.slice(1, 3), +(digits.slice(3) || "0")];
  if (hours > 23 || minutes > 59) return undefined;
  if (digits.startsWith("-") && hours + minutes === 0) return undefined;
  return (digits.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
