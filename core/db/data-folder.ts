import { randomUUID } from "node:crypto";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CadreError, messageOf } from "../kernel/errors.ts";

/** Where everything is kept that is not told to be elsewhere, below the site's folder. */
export const defaultDataDir = "./var";

/** Where the embedded PostgreSQL lives in a data folder. */
export const postgresFolder = (dataDir: string): string => join(dataDir, "postgres");

/** Makes the data folder `path` (absolute) where it is missing, and shows that files can be made in it. Answers the first folder that it made. @throws bad_settings */
export async function makeDataFolder(path: string): Promise<string | undefined> {
  try {
    const made = await makeFolder(path);
    const probe = join(path, `probe-${randomUUID()}`);
    await writeFile(probe, "");
    await rm(probe);
    return made;
  } catch (error) {
    const cure = "Give this user the right to, or set CADRE_DATA to another folder.";
    throw new CadreError("bad_settings", `The data folder ${path} can't be made or written to: ${messageOf(error)}. ${cure}`, { status: 500, cause: error });
  }
}

/** Not Node's own `recursive`, which tries for ever where a folder is there and says that what is to be made in it is not, as /proc does. */
async function makeFolder(path: string): Promise<string | undefined> {
  if (await isFolder(path)) return undefined;
  const above = path === dirname(path) ? undefined : await makeFolder(dirname(path));
  await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST" || !(await isFolder(path))) throw error; // else another process was first
  });
  return above ?? path;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}
