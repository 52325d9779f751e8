import { open, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Served } from "./server.process.ts";

/** What a person waited for. */
export interface Waited {
  /** From the first byte to the answer. */
  ms: number;
  /** From when the last byte had left to the answer. */
  afterLastByteMs: number;
}

const partBytes = 1e6;

/** Uploads the package `file` to a server of kind `packages` that has none of its contents, `bytesPerS` at the most. */
export async function uploaded({ url, authorization, blobsFolder = "" }: Served, file: string, bytesPerS: number): Promise<Waited> {
  await rm(blobsFolder, { recursive: true, force: true });
  const { size } = await stat(file);
  const sending = request(new URL("/api/v1/packages", url), { method: "POST", headers: { Authorization: authorization, "Content-Type": "application/zip", "Content-Length": size } });
  const answered = new Promise<number>((resolve, reject) => {
    sending.on("error", reject);
    sending.on("response", (response) => response.resume().on("end", () => resolve(response.statusCode ?? 0)));
  });
  const handle = await open(file);
  const begunMs = performance.now();
  for (let sent = 0; sent < size; sent += partBytes) {
    const part = Buffer.alloc(Math.min(partBytes, size - sent));
    await handle.read(part, 0, part.length, sent);
    await new Promise((resolve) => sending.write(part, resolve));
    const earlyMs = ((sent + part.length) / bytesPerS) * 1000 - (performance.now() - begunMs);
    if (earlyMs > 0) await pause(earlyMs);
  }
  sending.end();
  const lastMs = performance.now();
  const status = await answered;
  const endMs = performance.now();
  await handle.close();
  if (status !== 201) throw new Error(`The package was answered with ${status}.`);
  return { ms: endMs - begunMs, afterLastByteMs: endMs - lastMs };
}
