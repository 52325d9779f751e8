import { rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AdmZip from "adm-zip";
import type { TestHost } from "../../core/testing/index.ts";
import { takeIn } from "../support/packages.ts";

/** Builds a SCORM 1.2 package of these files, of which `index.html` is its only SCO, and takes it in; answers its version's id. */
export async function ownPackage(host: TestHost, files: Record<string, string>): Promise<string> {
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

/** Script that finds the API as content does: up the frames, then the same from the opener. */
export const findApi = `
  function apiFrom(win) {
    for (let up = 0; win && up < 500; up += 1) {
      try { if (win.API) return win.API; } catch { return null; }
      if (win.parent === win) return null;
      win = win.parent;
    }
    return null;
  }
  const api = apiFrom(window) || (window.opener && apiFrom(window.opener)) || (window.top.opener && apiFrom(window.top.opener));`;

function manifest(names: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="own" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="course"><organization identifier="course"><title>Own</title><item identifier="sco" identifierref="page"><title>The page</title></item></organization></organizations>
  <resources><resource identifier="page" type="webcontent" adlcp:scormtype="sco" href="index.html">${names.map((name) => `<file href="${name}"/>`).join("")}</resource></resources>
</manifest>`;
}
