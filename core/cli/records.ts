import { basename, resolve } from "node:path";
import { CadreError } from "../kernel/errors.ts";
import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { carryOn } from "../lrs/transfers/import.ts";
import * as imports from "../lrs/transfers/imports.ts";
import { badUsage, parse, requireFile } from "./arguments.ts";
import { withEngine } from "./engine.ts";
import type { Command } from "./main.ts";

const usage = "records import <file.ndjson> [--store name]";
const sayEveryMs = 2_000;

/** Statements and documents of another record store, from a file of any size. */
export default {
  usage,
  summary: "Import xAPI statements and documents, one on each line; what was begun with this file is gone on with.",
  async run(args) {
    const { values, words } = parse(usage, args, { store: { type: "string" } }, 2);
    const [action, file] = words;
    if (action !== "import" || file === undefined) throw badUsage(usage, "Name the file to import");
    const path = resolve(file);
    requireFile(path);
    return withEngine(({ context }) => importFile(context, path, values.store ?? "default"));
  },
} satisfies Command;

async function importFile(ctx: Context, path: string, storeName: string): Promise<number> {
  const store = await ctx.db.maybe<{ id: number }>(sql`select id from lrs_store where name = ${storeName}`);
  if (!store) throw new CadreError("no_such_store", `There is no store "${storeName}".`);
  const { id, offsetBytes, sizeBytes } = await imports.beginOf(ctx, { store: store.id, path, fileName: basename(path) });
  if (offsetBytes > 0) process.stdout.write(`Going on at ${Math.floor((100 * offsetBytes) / sizeBytes)}%.\n`);
  for (;;) {
    const until = performance.now() + sayEveryMs;
    const carried = await carryOn(ctx, id, () => performance.now() > until);
    const found = await imports.get(ctx, id);
    if (carried === "done") return told(found);
    process.stdout.write(`${Math.floor((100 * found.offsetBytes) / found.sizeBytes)}%: ${found.stored} stored, ${found.there} there already, ${found.refused} refused\n`);
  }
}

function told({ id, lines, stored, there, refused, attachments, documentsStored, documentsThere, ...digests }: imports.RecordImport): number {
  const { sourceDigest, targetDigest, sourceDocuments, targetDocuments } = digests;
  const same = sourceDigest === targetDigest && sourceDocuments === targetDocuments;
  const rows = [`${lines} lines read`, `${stored} statements stored`, `${there} there already`, `${refused} lines refused`, `${attachments} attachments`, `${documentsStored} documents stored, ${documentsThere} there already`, `source ${sourceDigest} ${sourceDocuments}`, `store  ${targetDigest} ${targetDocuments}`];
  process.stdout.write(`${rows.join("\n")}\n${same ? "Every valid statement and document of the file is here, exactly." : `Source and store differ. See /admin/records/imports/${id}`}\n`);
  return same && refused === 0 ? 0 : 1;
}
