import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { createTransport } from "nodemailer";
import semver from "semver";
import { unreadSettings } from "../../assembly.ts";
import { makeDataFolder } from "../../db/data-folder.ts";
import { openLive } from "../../db/live.ts";
import type { DatabaseSettings } from "../../db/part.ts";
import { diskHealth } from "../../health.ts";
import { listen } from "../../http/server.ts";
import type { HttpSettings } from "../../http/settings.ts";
import { addressesOf } from "../../http/site.ts";
import { messageOf } from "../../kernel/errors.ts";
import { createLog } from "../../kernel/log.ts";
import { doubtful, good, wrong, type Finding, type Patient } from "./finding.ts";

const oldestNode = "20.19.0";
const mailPatienceMs = 5000;

export const databaseSettingsOf = ({ host }: Patient): DatabaseSettings => host.configs.get("database") as DatabaseSettings;
const httpSettingsOf = ({ host }: Patient): HttpSettings => host.configs.get("http") as HttpSettings;
const inProduction = ({ environment }: Patient): boolean => environment.NODE_ENV === "production";

/** Is this Node new enough? */
export function checkNode(version: string): Finding {
  return semver.gte(version, oldestNode) ? good("node", `Node ${version}.`) : wrong("node", `This is Node ${version}; install ${oldestNode} or later.`);
}

/** Can the data folder be written to, and is there room? Leaves nothing behind. */
export async function checkData(patient: Patient): Promise<Finding[]> {
  const folder = resolve(patient.site, databaseSettingsOf(patient).dataDir);
  try {
    const made = await makeDataFolder(folder);
    const { ok, detail } = await diskHealth(folder);
    if (made !== undefined) await rm(made, { recursive: true });
    return [good("data", `${folder} can be written to.`), ok ? good("disk", detail) : doubtful("disk", detail)];
  } catch (error) {
    return [wrong("data", messageOf(error))];
  }
}

/** Does Redis answer, if there is to be one? */
export async function checkRedis(patient: Patient): Promise<Finding[]> {
  const { redisUrl } = databaseSettingsOf(patient);
  if (!redisUrl) return [good("redis", "None is set; each process counts and remembers by itself, which is right for one process.")];
  const live = await openLive({ redisUrl, prefix: "cadre-doctor:", now: () => new Date(), log: createLog({ level: "silent" }) });
  const health = await live.health();
  await live.close();
  return [health?.ok ? good("redis", health.detail) : doubtful("redis", health?.detail ?? "")];
}

/** Are both ports free, or taken by this very site? */
export async function checkPorts(patient: Patient): Promise<Finding[]> {
  const { host, port, contentPort } = httpSettingsOf(patient);
  return Promise.all([portFinding(host, port, "PORT"), portFinding(host, contentPort, "CONTENT_PORT")]);
}

async function portFinding(host: string, port: number, setting: string): Promise<Finding> {
  const name = setting === "PORT" ? "port" : "content port";
  try {
    await (await listen(host, port, setting)).stop();
    return good(name, port === 0 ? "Any free one is taken." : `${port} is free.`);
  } catch (error) {
    const ours = await fetch(`http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}/`, { signal: AbortSignal.timeout(2000), redirect: "manual" }).then(({ headers }) => headers.has("x-request-id"), () => false);
    return ours ? good(name, `The site is running on ${port}.`) : wrong(name, messageOf(error));
  }
}

/** Where do site and content stand? That they are apart, boot has told (`checkConfig` of http). */
export async function checkAddresses(patient: Patient): Promise<Finding[]> {
  const { url, contentUrl } = addressesOf(httpSettingsOf(patient));
  const apart = contentUrl.includes("*") ? "" : " All packages share that origin: one that you do not trust could read what another keeps in the browser. An address such as https://*.content.example.org holds them apart.";
  return [good("addresses", `The site is at ${url}, content at ${contentUrl}.${apart}`)];
}

/** What only matters where strangers come. */
export async function checkProduction(patient: Patient): Promise<Finding[]> {
  const { secret, url } = httpSettingsOf(patient);
  if (!inProduction(patient)) return [];
  return [
    secret ? good("secret", "CADRE_SECRET is set.") : wrong("secret", "CADRE_SECRET is not set: every machine would make its own, and people would be signed out between them. Set it to 32 random characters or more."),
    url.startsWith("https:") ? good("tls", "The public address is https.") : doubtful("tls", "CADRE_URL is no https address; passwords would travel in the clear."),
  ];
}

/** Does the mail server let us in? */
export async function checkMail(patient: Patient): Promise<Finding[]> {
  const { mailUrl } = patient.host.configs.get("mail") as { mailUrl: string };
  if (mailUrl === "") {
    const detail = "No mail server is set; mail is kept for administrators to read, and nothing is sent.";
    return [inProduction(patient) ? doubtful("mail", `${detail} Set MAIL_URL.`) : good("mail", detail)];
  }
  const transport = createTransport({ url: mailUrl, connectionTimeout: mailPatienceMs, greetingTimeout: mailPatienceMs, socketTimeout: mailPatienceMs } as object);
  try {
    await transport.verify();
    return [good("mail", "The mail server lets us in.")];
  } catch (error) {
    return [doubtful("mail", `The mail server can't be used: ${messageOf(error)}. See that MAIL_URL is right; mail waits until then.`)];
  } finally {
    transport.close();
  }
}

/** Does the file of settings speak of what is not there, such as a part by a name with a letter missing? */
export async function checkSettingsFile({ site, environment, host }: Patient): Promise<Finding[]> {
  return unreadSettings(site, environment, host).map((detail) => doubtful("settings file", detail));
}

/** Which optional plugins can't run? */
export async function checkLeftOut({ host }: Patient): Promise<Finding[]> {
  return host.leftOut.map(({ plugin, problems }) => doubtful(plugin, `This plugin is left out: ${problems.map(({ message }) => message).join(" ")}`));
}
