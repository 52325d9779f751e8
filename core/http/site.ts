import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CadreError } from "../kernel/errors.ts";
import type { Static } from "../kernel/schema.ts";
import type { HttpSettings, httpSettingsSchema } from "./settings.ts";

const shortestSecret = 32;

/** Where both origins listen. */
interface Servers {
  site: { port: number };
  content: { port: number };
}

interface Addresses {
  url: string;
  contentUrl: string;
}

/** What is wrong with the addresses and the secret, as sentences. A port that is taken at random is known later, and then is nobody else's. */
export function settingsProblems(settings: Static<typeof httpSettingsSchema>): string[] {
  const { secret, url, port, contentUrl, contentPort } = settings;
  const weak = secret !== "" && secret.length < shortestSecret ? [`CADRE_SECRET must have at least ${shortestSecret} characters.`] : [];
  const given = Object.entries({ CADRE_URL: url, CADRE_CONTENT_URL: contentUrl }).filter(([, address]) => address !== "");
  const unreadable = given.filter(([, address]) => !isAddress(address)).map(([setting, address]) => `${setting} is no address such as https://learn.example.org: ${address}.`);
  const known = unreadable.length === 0 && (url !== "" || port !== 0) && (contentUrl !== "" || contentPort !== 0);
  return [...weak, ...unreadable, ...(known ? sharing(publicAddresses(settings)) : [])];
}

/** The public addresses of both origins, without a slash at the end. @throws shared_origin when content would share the site's */
export function addressesOf(settings: HttpSettings, servers?: Servers): Addresses {
  const addresses = publicAddresses(settings, servers);
  for (const message of sharing(addresses)) throw new CadreError("shared_origin", message, { status: 500 });
  return addresses;
}

function publicAddresses({ host, port, contentPort, ...settings }: Static<typeof httpSettingsSchema>, servers?: Servers): Addresses {
  const name = host === "0.0.0.0" || host === "::" || host === "127.0.0.1" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  // A process that does not listen can't know which free port another one took.
  const url = new URL(settings.url || `http://${name}:${servers?.site.port ?? (port || 3000)}`).origin;
  const contentUrl = new URL(settings.contentUrl || `http://${name}:${servers?.content.port ?? (contentPort || 3001)}`).origin;
  return { url, contentUrl };
}

function sharing({ url, contentUrl }: Addresses): string[] {
  if (url !== contentUrl) return [];
  return [`Course content would share the site's origin ${url}, where it could act as whoever plays it. Set CADRE_CONTENT_URL to another host name, such as content.example.org.`];
}

/** The secret of the settings, or one that is made on first use and kept in the data folder, readable by this user only. */
export async function siteSecret(given: string, dataDir: string): Promise<string> {
  if (given) return given;
  const path = join(dataDir, "secret");
  await writeFile(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const kept = await readFile(path, "utf8");
  if (kept.length < shortestSecret) throw new CadreError("weak_secret", `${path} is damaged; remove it and start again (everybody signs in again).`, { status: 500 });
  return kept;
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
