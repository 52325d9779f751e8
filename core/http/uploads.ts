import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { CadreError } from "../kernel/errors.ts";
import { arrivingFile, type ArrivingFile, type Followed } from "./arriving.ts";
import { bodyTooLarge, mediaTypeOf } from "./bodies.ts";
import type { UploadedFile } from "./request.ts";

/** What an upload brought; `remove` takes the files away again. */
export interface Upload {
  fields: Record<string, unknown>;
  files: UploadedFile[];
  remove(): Promise<void>;
}

export interface UploadOptions {
  folder: string;
  maxBytes: number;
  /** Of a body that is the file; "upload" unless told. */
  fileName?: string;
  /** Given the first file as it begins to arrive. */
  follow(file: ArrivingFile): Followed | undefined;
}

/**
 * Streams the files of a multipart form, or the whole body as one file (its name from `?fileName=`), to `folder`.
 * Nothing is kept of an upload that breaks off; of one that is refused the rest is read and thrown away, so that the client
 * hears why and may go on using the connection. @throws body_too_large (413), upload_broken (400)
 */
export async function receiveUpload(request: IncomingMessage, { folder, maxBytes, fileName = "upload", follow }: UploadOptions): Promise<Upload> {
  await mkdir(folder, { recursive: true });
  const files: UploadedFile[] = [];
  const fields: Record<string, unknown> = {};
  const remove = async (): Promise<void> => {
    for (const { path, followed } of files) {
      await followed?.discard();
      await rm(path, { force: true });
    }
  };
  const save = async (field: string, name: string, source: AsyncIterable<Buffer>): Promise<void> => {
    const arriving = arrivingFile(join(folder, randomUUID()));
    const file = { field, fileName: name, path: arriving.path, sizeBytes: 0, followed: files.length === 0 ? follow(arriving) : undefined };
    files.push(file);
    const counted = async function* () {
      for await (const chunk of source) {
        file.sizeBytes += chunk.length;
        if (file.sizeBytes > maxBytes) throw bodyTooLarge(maxBytes);
        yield chunk;
      }
    };
    await arriving.write(counted());
  };
  try {
    if (mediaTypeOf(request) === "multipart/form-data") await receiveForm(request, maxBytes, fields, save);
    else await save("file", fileName, kept(request));
    return { fields, files, remove };
  } catch (error) {
    request.resume();
    await remove();
    if (error instanceof CadreError) throw error;
    throw new CadreError("upload_broken", "The upload broke off before it was complete; nothing of it was kept. Send it again.", { cause: error });
  }
}

/** Removes uploads that a process did not live to remove. */
export async function removeOldUploads(folder: string, olderThan: Date): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtime < olderThan) await rm(path, { force: true });
  }
}

/** Where the uploads of a site wait for their handler. */
export const uploadsFolderOf = (dataDir: string): string => join(dataDir, "uploads");

async function receiveForm(
  request: IncomingMessage,
  maxBytes: number,
  fields: Record<string, unknown>,
  save: (field: string, name: string, source: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const parser = busboy({ headers: request.headers, limits: { files: 10, fields: 100, fieldSize: 64 * 1024, fileSize: maxBytes + 1 }, defParamCharset: "utf8" });
  const saving: Promise<void>[] = [];
  parser.on("field", (name, value) => void (fields[name] = value));
  parser.on("file", (field, source, { filename }) => {
    const saved = save(field, filename || "upload", source);
    saved.catch((error: unknown) => parser.destroy(error as Error));
    saving.push(saved);
  });
  try {
    await pipeline(kept(request), parser);
  } finally {
    await Promise.all(saving);
  }
}

/** The body, for a pipeline that must not destroy the connection when it fails. */
function kept(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}
