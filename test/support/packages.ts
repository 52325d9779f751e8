import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatsOf } from "../../core/courses/packages/formats.ts";
import { importPackage, type ImportedPackage } from "../../core/courses/packages/import.ts";
import { savePackage } from "../../core/courses/packages/store.ts";
import { system } from "../../core/kernel/permissions.ts";
import type { TestHost } from "../../core/testing/index.ts";

const shared = process.env.CADRE_SHARED ? new URL(`file://${process.env.CADRE_SHARED.replace(/\/?$/, "/")}`) : new URL("../../../shared/", import.meta.url);

/** A given package by its path below `packages/`; undefined where the packages are not there. */
export function givenPackage(path: string): string | undefined {
  const file = fileURLToPath(new URL(`packages/${path}`, shared));
  return existsSync(file) ? file : undefined;
}

/** Imports a package without any page; answers what was found and the version's id. */
export async function takeIn(host: TestHost, file: string): Promise<{ versionId: string; imported: ImportedPackage }> {
  const ctx = host.context.by(system);
  const imported = await importPackage({ file, fileName: file.split("/").at(-1) ?? "", formats: formatsOf(ctx), blobs: ctx.site.blobs });
  const { versionId } = await ctx.transact((tx) => savePackage(tx.db, imported, { at: tx.now() }));
  return { versionId, imported };
}
