import { openAsBlob, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { sql } from "../../core/db/sql.ts";
import type { TestBrowser, TestHost } from "../../core/testing/host.ts";
import { scorm12Format } from "../../plugins/scorm/format12.ts";
import type { Person } from "../courses/support.ts";
import { filesUnder, zipped, type Written } from "./zips.ts";

/** SCORM 1.2 alone, without its run-time. */
export const reading = definePlugin({ name: "reading", version: "1.0.0", summary: "Reads SCORM 1.2.", formats: { scorm12: scorm12Format } });

export interface DiagnosticAnswer {
  severity: string;
  code: string;
  message: string;
  path?: string;
  line?: number;
}

/** What the API answers of a package, or of a refusal. */
export interface PackageAnswer {
  id: string;
  courseId: string | null;
  title: string;
  versions: { id: string; number: number; format: string; fileName: string; sizeBytes: number; files: number; diagnostics: DiagnosticAnswer[] }[];
  structure: { items: { title: string; launch?: { path: string } }[] };
  code: string;
  detail: string;
  diagnostics: DiagnosticAnswer[];
  errors?: { pointer: string }[];
}

export interface UploadAnswer {
  status: number;
  type: string;
  location: string;
  text: string;
  json: PackageAnswer;
}

/** A zip as the whole body of a request to the API. */
export async function upload(host: TestHost, { token }: Person, path: string, zip: Buffer | Blob): Promise<UploadAnswer> {
  return answered(await fetch(`${host.url}/api/v1${path}`, { method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/zip" }, body: zip as Blob }));
}

/** A zip chosen in a form of a page, sent as a browser sends it. */
export async function uploadByForm(host: TestHost, browser: TestBrowser, page: string, action: string, zip: Buffer, accept = "text/html"): Promise<UploadAnswer> {
  const { text } = await browser.get(page);
  const form = new FormData();
  form.append("csrfToken", /name="csrfToken" value="([^"]+)"/.exec(text)?.[1] ?? "");
  form.append("file", new Blob([zip as BlobPart]), "course.zip");
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return answered(await fetch(host.url + action, { method: "POST", headers: { Cookie: cookie, Accept: accept }, body: form, redirect: "manual" }));
}

/** The same in two parts: the rest goes once `between` is done, which may look at what the first has left. */
export async function uploadInParts(host: TestHost, { token }: Person, zip: Buffer, cut: number, between: () => Promise<void>, { byForm = false } = {}): Promise<UploadAnswer> {
  const head = byForm ? '--b\r\nContent-Disposition: form-data; name="file"; filename="upload"\r\n\r\n' : "";
  const type = byForm ? "multipart/form-data; boundary=b" : "application/zip";
  const body = async function* () {
    yield Buffer.concat([Buffer.from(head), zip.subarray(0, cut)]);
    await between();
    yield Buffer.concat([zip.subarray(cut), Buffer.from(byForm ? "\r\n--b--\r\n" : "")]);
  };
  const init = { method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": type }, body: body() as unknown as BodyInit, duplex: "half" };
  return answered(await fetch(`${host.url}/api/v1/packages`, init));
}

/** Asks again and again, a turn of the event loop apart. */
export async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setImmediate(resolve));
}

async function answered(response: Response): Promise<UploadAnswer> {
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  return { status: response.status, type, location: response.headers.get("location") ?? "", text, json: (type.includes("json") ? JSON.parse(text) : {}) as PackageAnswer };
}

/** What uploads may leave: files waiting, contents kept, rows. */
export async function leftBy({ context }: TestHost): Promise<{ waiting: number; contents: number; rows: number[] }> {
  const count = async (table: string) => (await context.db.one<{ count: number }>(sql`select count(*)::int as count from ${sql.id(table)}`)).count;
  const rows = [await count("package"), await count("package_version"), await count("package_file"), await count("blob")];
  const inData = async (folder: string) => (await filesUnder(join(context.site.dataDir, folder))).length;
  return { waiting: await inData("uploads"), contents: await inData("blobs"), rows };
}

/** Takes every package away, so that the next test begins with none. */
export async function removeAll({ context }: TestHost): Promise<void> {
  await context.db.run(sql`truncate package, blob cascade`);
  await rm(join(context.site.dataDir, "blobs"), { recursive: true, force: true });
}

/** A manifest of one organization, with an item for each of these files. */
export function manifest(hrefs: readonly string[] = ["index.html"], title = "Golf"): string {
  const items = hrefs.map((_, index) => `<item identifier="I${index}" identifierref="R${index}"><title>Part ${index + 1}</title></item>`);
  const resources = hrefs.map((href, index) => `<resource identifier="R${index}" type="webcontent" adlcp:scormtype="sco" href="${href}">\n<file href="${href}"/></resource>`);
  return `<?xml version="1.0"?>
<manifest identifier="M" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="O"><organization identifier="O"><title>${title}</title>${items.join("\n")}</organization></organizations>
<resources>
${resources.join("\n")}
</resources></manifest>`;
}

/** A small package that is right, with more entries where they are given. */
export function golf(more: Written[] = [], title = "Golf"): Buffer {
  return zipped([{ name: "imsmanifest.xml", content: manifest(["index.html"], title) }, { name: "index.html", content: `<p>${title}</p>` }, ...more]);
}

/** The packages that other people made, by path; none where they are not at hand. */
export function realPackages(folder: string): { name: string; open(): Promise<Blob> }[] {
  const place = join(process.env.CADRE_SHARED ?? new URL("../../../shared", import.meta.url).pathname, "packages", folder);
  const names = (() => {
    try {
      return readdirSync(place).filter((name) => name.endsWith(".zip"));
    } catch {
      return [];
    }
  })();
  return names.map((name) => ({ name, open: () => openAsBlob(join(place, name)) }));
}
