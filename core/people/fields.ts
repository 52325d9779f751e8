import { t } from "../kernel/schema.ts";

const line = (maxLength: number, description: string) => t.String({ minLength: 1, maxLength, pattern: "^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$", description });

/** A person's name: one line with something to read in it. */
export const nameField = line(200, "Full name, as it should read on a certificate.");
/** One line that says what something is for. */
export const labelField = line(100, "What it is for.");
export const emailField = t.String({ format: "email", maxLength: 254 });
/** A password as typed; its rules are those of passwords.ts, the limit here only keeps nonsense away. */
export const passwordField = t.String({ minLength: 1, maxLength: 1000 });
/** A word to search for. */
export const searchField = t.String({ maxLength: 200, pattern: "^[^\\p{Cc}]*$", default: "" });
/** The IANA time zones that this server knows. */
export const timeZones: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
export const timeZoneField = t.String({ maxLength: 64, description: "IANA name of a time zone." });
/** A scope: a course's id, or whatever a part names so. */
export const scopeField = t.String({ minLength: 1, maxLength: 200, pattern: "^[^\\p{Cc}]+$" });
