import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import AdmZip from "adm-zip";
import type { Context } from "../kernel/context.ts";
import { checker, t, type Static } from "../kernel/schema.ts";
import { sql } from "../db/sql.ts";
import * as courses from "./courses.ts";
import { newTitleField, summaryField } from "./fields.ts";
import * as items from "./items.ts";
import * as modules from "./modules.ts";
import type { ImportedPackage } from "./packages/import.ts";
import * as packages from "./packages/packages.ts";

const inFolder = t.String({ pattern: "^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9.-]*)*$", description: "Relative to the course's folder." });
const minutes = t.Optional(t.Integer({ minimum: 1 }));
const sampleSchema = t.Object({
  title: newTitleField,
  summary: summaryField,
  modules: t.Array(
    t.Object({
      title: newTitleField,
      items: t.Array(
        t.Union([
          t.Object({ kind: t.Literal("page"), title: newTitleField, file: inFolder, minutes }),
          t.Object({ kind: t.Literal("package"), title: newTitleField, folder: inFolder, minutes }),
        ]),
      ),
    }),
  ),
});

type Sample = Static<typeof sampleSchema>;
type SampleItem = Sample["modules"][number]["items"][number];

/** What an item of a sample holds, read and stored before the transaction. */
type Prepared = { item: SampleItem; content: { markdown: string } | ImportedPackage };

/**
 * Installs and publishes every sample course of `folder` (see content-packages/README.md) that this site has never had; answers
 * their names. Safe to repeat, also in several processes at once: what somebody archived or changed stays so.
 * @throws package_format_unknown where no plugin reads a package, invalid_input for a bad course.json
 */
export async function installSamples(ctx: Context, folder: URL): Promise<string[]> {
  const known = new Set((await ctx.db.rows<{ name: string }>(sql`select name from sample_course`)).map(({ name }) => name));
  const installed: string[] = [];
  for (const { name, path } of await samplesIn(fileURLToPath(folder))) {
    if (!known.has(name) && (await install(ctx, name, path))) installed.push(name);
  }
  return installed;
}

async function samplesIn(folder: string): Promise<{ name: string; path: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => ({ name, path: join(folder, name) }));
  const found = await Promise.all(folders.map(async (each) => ((await readdir(each.path)).includes("course.json") ? [each] : [])));
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function install(ctx: Context, name: string, path: string): Promise<boolean> {
  const sample = checker(sampleSchema)(JSON.parse(await readFile(join(path, "course.json"), "utf8")), `${name}/course.json`);
  const prepared = await Promise.all(sample.modules.map(({ items }) => Promise.all(items.map((item) => prepare(ctx, path, item)))));
  return ctx.transact(async (ctx) => {
    const first = await ctx.db.run(sql`insert into sample_course (name, installed_at) values (${name}, ${ctx.now()}) on conflict do nothing`);
    if (first === 0) return false;
    const { id } = await courses.create(ctx, { title: sample.title, summary: sample.summary });
    for (const [index, { title }] of sample.modules.entries()) {
      const { module } = await modules.add(ctx, id, { title });
      for (const each of prepared[index] ?? []) await addItem(ctx, id, module.key, each);
    }
    await courses.publish(ctx, id);
    return true;
  });
}

async function prepare(ctx: Context, path: string, item: SampleItem): Promise<Prepared> {
  if (item.kind === "page") return { item, content: { markdown: await readFile(join(path, item.file), "utf8") } };
  return { item, content: await importFolder(ctx, join(path, item.folder)) };
}

async function addItem(ctx: Context, courseId: string, moduleKey: string, { item, content }: Prepared): Promise<void> {
  const { kind, title, minutes } = item;
  const kept = "markdown" in content ? content : { packageVersionId: (await packages.keep(ctx, content, { courseId })).versionId };
  await items.add(ctx, courseId, { moduleKey, kind, title, content: kept, durationMs: minutes === undefined ? null : minutes * 60_000 });
}

/** Zips a folder into a course package and takes it in like any other. */
async function importFolder(ctx: Context, folder: string): Promise<ImportedPackage> {
  const work = await mkdtemp(join(tmpdir(), "cadre-sample-"));
  try {
    const file = join(work, "package.zip");
    const zip = new AdmZip();
    zip.addLocalFolder(folder);
    await zip.writeZipPromise(file);
    return await packages.take(ctx, { file, fileName: `${folder.split(/[\\/]/).at(-1)}.zip` });
  } finally {
    await rm(work, { recursive: true });
  }
}
