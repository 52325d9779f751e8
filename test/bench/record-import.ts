import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { createLog } from "../../core/kernel/log.ts";
import { prepareText, type PreparedStatement } from "../../core/lrs/ingest/prepare.ts";
import { makeRoom } from "../../core/lrs/stores/room.ts";
import { carryOn } from "../../core/lrs/transfers/import.ts";
import { beginOf } from "../../core/lrs/transfers/imports.ts";
import { testHost } from "../../core/testing/index.ts";
import { reception } from "../lrs/support.ts";
import { bareStore, insertBare } from "./bare-rows.ts";
import type { Figure } from "./measure.ts";
import { sample } from "./sample-statement.ts";

const turns = 3;
const statements = 20_000;
const atOnce = 500;

/** An NDJSON file of statements taken in, report and digests included, against the same rows through pg alone, 500 at once. */
export async function bench(): Promise<Figure[]> {
  const host = await testHost({ log: createLog({ level: "silent" }) });
  const client = new pg.Client(host.database.url);
  await client.connect();
  try {
    await makeRoom(host.database, bareStore);
    const [own, bare]: [number[], number[]] = [[], []];
    for (let turn = 0; turn <= turns; turn++) {
      const path = join(host.context.site.dataDir, `statements-${turn}.ndjson`);
      await writeFile(path, lines(statements).join("\n"));
      own.push(await timed(async () => {
        const { id } = await beginOf(host.context, { store: 1, path, fileName: "statements.ndjson" });
        await carryOn(host.context, id);
      }));
      const groups = Array.from({ length: statements / atOnce }, () => prepared(atOnce));
      bare.push(await timed(async () => {
        for (const group of groups) await insertBare(client, group);
      }));
    }
    const rate = ([, ...counted]: number[]): number => (statements * 1000) / median(counted); // the first warms up
    return [{ name: "import of 20,000 statements (bare: their rows)", unit: "statements", own: rate(own), bare: rate(bare) }];
  } finally {
    await client.end();
    await host.stop();
  }
}

let made = 0;
const lines = (count: number): string[] => Array.from({ length: count }, () => JSON.stringify(sample(made++)));
const prepared = (count: number): PreparedStatement[] => prepareText(`[${lines(count).join()}]`, reception);

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
