import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CadreError, messageOf } from "./errors.ts";

/** Settings as a file holds them: one object for each part or plugin, by its name. */
export type SettingsFile = Record<string, Record<string, unknown>>;

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the site's file of settings holds, `cadre.json` unless CADRE_SETTINGS names another; nothing where there is none. @throws bad_settings */
export function settingsOfSite(site: string, environment: Environment): SettingsFile {
  const file = environment.CADRE_SETTINGS ?? join(site, "cadre.json");
  return existsSync(file) || environment.CADRE_SETTINGS ? readSettings(file) : {};
}

/** @throws bad_settings naming the file, when it is not a JSON object of objects. */
function readSettings(path: string): SettingsFile {
  try {
    const read: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isSection(read)) throw new Error("it holds no JSON object");
    const odd = Object.keys(read).filter((name) => !isSection(read[name]));
    if (odd.length > 0) throw new Error(`${odd.map((name) => `"${name}"`).join(", ")} must be an object of settings`);
    return read as SettingsFile;
  } catch (error) {
    throw new CadreError("bad_settings", `The settings file ${path} can't be used: ${messageOf(error)}.`, { cause: error });
  }
}

/** Whether JSON holds an object here, as every section of settings is. */
export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
