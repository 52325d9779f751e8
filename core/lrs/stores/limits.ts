import type { Context } from "../../kernel/context.ts";
import { t, type Static } from "../../kernel/schema.ts";
import { storeOf } from "./store.ts";

const MiB = 1024 ** 2;
/** What a walk by recursion can hold. */
const deepest = 1000;

/** The settings that say how much one request may bring. */
export const limitSettings = {
  maxBodyBytes: t.Integer({ env: "CADRE_XAPI_MAX_BODY_BYTES", default: 16 * MiB, minimum: 1024, description: "The largest body of one xAPI request, its attachments not counted." }),
  maxMultipartBytes: t.Integer({ env: "CADRE_XAPI_MAX_MULTIPART_BYTES", default: 64 * MiB, minimum: 1024, description: "The largest body of one xAPI request with all its attachments." }),
  maxAttachmentBytes: t.Integer({ env: "CADRE_XAPI_MAX_ATTACHMENT_BYTES", default: 50 * MiB, minimum: 0, maximum: 1023 * MiB, description: "The largest attachment of an xAPI statement." }),
  maxStatements: t.Integer({ env: "CADRE_XAPI_MAX_STATEMENTS", default: 10_000, minimum: 1, description: "Statements in one xAPI request at most." }),
  maxDepth: t.Integer({ env: "CADRE_XAPI_MAX_DEPTH", default: 200, minimum: 20, maximum: deepest, description: "Levels of nesting in the JSON of an xAPI request at most." }),
};

/** How much one request may bring. */
export type RecordLimits = { [Name in keyof typeof limitSettings]: Static<(typeof limitSettings)[Name]> };

/** What holds where no setting tells otherwise. */
export const defaultLimits: RecordLimits = { maxBodyBytes: 16 * MiB, maxMultipartBytes: 64 * MiB, maxAttachmentBytes: 50 * MiB, maxStatements: 10_000, maxDepth: 200 };

/** How much one request to this store may bring: what the store has of its own, and for the rest the site's settings. */
export async function limitsOf(ctx: Context<RecordLimits>, store: number): Promise<RecordLimits> {
  const { maxBodyBytes, maxMultipartBytes, maxAttachmentBytes, maxStatements, maxDepth } = ctx.config;
  const { limits } = await storeOf(ctx, store);
  const own = { maxBodyBytes, maxMultipartBytes, maxAttachmentBytes, maxStatements, maxDepth, ...limits };
  return { ...own, maxDepth: Math.min(own.maxDepth, deepest) };
}
