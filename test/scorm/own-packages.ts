import { rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AdmZip from "adm-zip";
import type { TestHost } from "../../core/testing/index.ts";
import { takeIn } from "../support/packages.ts";

/** Builds a SCORM 1.2 package of these files, of which `index.html` is its only SCO, and takes it in; answers its version's id. */
export function ownPackage(host: TestHost, files: Record<string, string>): Promise<string> {
  return taken(host, manifest12, files);
}

/** An activity of a course of our own; they all open `index.html`. */
export interface OwnActivity {
  title: string;
  /** What of the player it wants hidden (hideLMSUI). */
  hides?: readonly string[];
}

/** The same of SCORM 2004 4th Edition, with these activities, in any order or one after the other. */
export function ownCourse(host: TestHost, activities: readonly OwnActivity[], files: Record<string, string>): Promise<string> {
  return taken(host, (names) => manifest2004(activities, names), files);
}

async function taken(host: TestHost, manifest: (names: readonly string[]) => string, files: Record<string, string>): Promise<string> {
  const zip = new AdmZip();
  const all: Record<string, string> = { "imsmanifest.xml": manifest(Object.keys(files)), ...files };
  for (const [name, text] of Object.entries(all)) zip.addFile(name, Buffer.from(text));
  const file = join(tmpdir(), `cadre-own-${randomUUID()}.zip`);
  await zip.writeZipPromise(file);
  try {
    return (await takeIn(host, file)).versionId;
  } finally {
    await rm(file, { force: true });
  }
}

const finderOf = (name: string) => `
  function apiFrom(win) {
    for (let up = 0; win && up < 500; up += 1) {
      try { if (win.${name}) return win.${name}; } catch { return null; }
      if (win.parent === win) return null;
      win = win.parent;
    }
    return null;
  }
  const api = apiFrom(window) || (window.opener && apiFrom(window.opener)) || (window.top.opener && apiFrom(window.top.opener));`;

/** Script that finds the API as content does: up the frames, then the same from the opener. */
export const findApi = finderOf("API");
export const findApi2004 = finderOf("API_1484_11");

/** Content that does as it is told from outside, and suspends when it is left. */
export const obedient = `<!doctype html><title>Obedient</title><h1>Obedient</h1><script>${findApi}
  api.LMSInitialize("");
  window.began = { entry: api.LMSGetValue("cmi.core.entry"), location: api.LMSGetValue("cmi.core.lesson_location"), time: api.LMSGetValue("cmi.core.total_time") };
  function visit(place) { api.LMSSetValue("cmi.core.lesson_location", place); return api.LMSCommit(""); }
  addEventListener("pagehide", () => { api.LMSSetValue("cmi.suspend_data", "left at " + api.LMSGetValue("cmi.core.lesson_location")); api.LMSSetValue("cmi.core.exit", "suspend"); api.LMSFinish(""); });
</script>`;
export const obedient2004 = `<!doctype html><title>Obedient</title><h1>Obedient</h1><script>${findApi2004}
  api.Initialize("");
  window.began = { entry: api.GetValue("cmi.entry"), location: api.GetValue("cmi.location") };
  function visit(place) { api.SetValue("cmi.location", place); return api.Commit(""); }
  addEventListener("pagehide", () => { api.SetValue("cmi.suspend_data", "left at " + api.GetValue("cmi.location")); api.SetValue("cmi.exit", "suspend"); api.Terminate(""); });
</script>`;

const filesOf = (names: readonly string[]) => names.map((name) => `<file href="${name}"/>`).join("");

function manifest12(names: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="own" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="course"><organization identifier="course"><title>Own</title><item identifier="sco" identifierref="page"><title>The page</title></item></organization></organizations>
  <resources><resource identifier="page" type="webcontent" adlcp:scormtype="sco" href="index.html">${filesOf(names)}</resource></resources>
</manifest>`;
}

function manifest2004(activities: readonly OwnActivity[], names: readonly string[]): string {
  const items = activities.map(({ title, hides = [] }, index) => {
    const hidden = hides.map((control) => `<adlnav:hideLMSUI>${control}</adlnav:hideLMSUI>`).join("");
    return `<item identifier="part-${index + 1}" identifierref="page"><title>${title}</title><adlnav:presentation><adlnav:navigationInterface>${hidden}</adlnav:navigationInterface></adlnav:presentation></item>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="own" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="course"><organization identifier="course"><title>Own</title>${items.join("")}<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing></organization></organizations>
  <resources><resource identifier="page" type="webcontent" adlcp:scormType="sco" href="index.html">${filesOf(names)}</resource></resources>
</manifest>`;
}
