import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { CadreError } from "../../kernel/errors.ts";
import type { Account } from "./program.ts";

/** Bytes that the path of a Unix socket may have: 107 on Linux, 103 on macOS. */
const longestPath = 103;

/**
 * The folder of the server's Unix socket: `<folder>/socket`, or one in /tmp named after `folder` where that is too long a path;
 * any process that starts on the same folder finds the same.
 *
 * It is the lock on the door: mode 0700, so that only its owner and root can reach the socket, and the server trusts whoever
 * does. There is no password to keep or lose. Peer authentication would be weaker, not stronger: inside a user namespace every
 * foreign account looks like 65534.
 * @throws embedded_postgres_failed when somebody else made the folder
 */
export async function socketFolder(folder: string, owner: Account): Promise<string> {
  const inside = join(folder, "socket");
  const short = `/tmp/cadre-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
  const path = Buffer.byteLength(join(inside, ".s.PGSQL.5432")) <= longestPath ? inside : short;
  const made = await mkdir(path, { mode: 0o700, recursive: true });
  if (made) await chown(path, owner.uid, owner.gid);
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== owner.uid) {
    throw new CadreError("embedded_postgres_failed", `${path} belongs to user ${found.uid}; PostgreSQL's socket is not safe there.`, { status: 500 });
  }
  if (found.mode & 0o077) await chmod(path, 0o700);
  return path;
}

/** The address of `database` behind the socket in `folder`. */
export function socketUrl(folder: string, database: string): string {
  return `postgres://postgres@${encodeURIComponent(folder)}:5432/${database}`;
}

/** Whether a server answers at `url`: `busy` while it recovers, starts or stops. */
export async function stateAt(url: string): Promise<"accepting" | "busy" | "absent"> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => {}); // the answer is in the promise
  try {
    await client.connect();
    await client.end();
    return "accepting";
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) return "absent";
    return error.code === "57P03" ? "busy" : "accepting"; // 57P03: cannot_connect_now
  }
}
