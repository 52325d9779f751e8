import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CadreError } from "../kernel/errors.ts";
import type { HttpSettings } from "./settings.ts";

/** The public addresses of both origins, without a slash at the end. @throws shared_origin when content would share the site's */
export function addressesOf(settings: HttpSettings, servers?: { site: { port: number }; content: { port: number } }): { url: string; contentUrl: string } {
  const { host, port, contentPort } = settings;
  const name = host === "0.0.0.0" || host === "::" || host === "127.0.0.1" ? "localhost" : host;
  // A process that does not listen can't know which free port another one took.
  const url = origin(settings.url || `http://${name}:${servers?.site.port ?? (port || 3000)}`, "CADRE_URL");
  const contentUrl = origin(settings.contentUrl || `http://${name}:${servers?.content.port ?? (contentPort || 3001)}`, "CADRE_CONTENT_URL");
  if (url === contentUrl) {
    throw new CadreError(
      "shared_origin",
      `Course content would share the site's origin ${url}, where it could act as whoever plays it. Set CADRE_CONTENT_URL to another host name, such as content.example.org.`,
      { status: 500 },
    );
  }
  return { url, contentUrl };
}

/** The secret of the settings, or one that is made on first use and kept in the data folder, readable by this user only. */
export async function siteSecret(given: string, dataDir: string): Promise<string> {
  if (given) {
    if (given.length < 32) throw new CadreError("weak_secret", "CADRE_SECRET must have at least 32 characters.", { status: 500 });
    return given;
  }
  const path = join(dataDir, "secret");
  await writeFile(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const kept = await readFile(path, "utf8");
  if (kept.length < 32) throw new CadreError("weak_secret", `${path} is damaged; remove it and start again (everybody signs in again).`, { status: 500 });
  return kept;
}

function origin(address: string, setting: string): string {
  if (!URL.canParse(address)) throw new CadreError("bad_settings", `${setting} is no address: ${address}.`, { status: 500 });
  return new URL(address).origin;
}
