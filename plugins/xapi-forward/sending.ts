import { decrypted, isCadreError, messageOf, statements, type Context, type FedStatement } from "cadre";
import type { Target } from "./model.ts";
import type { ForwardSettings } from "./settings.ts";
import { signatureHeaders } from "./signature.ts";

/** What came of sending: the target has it; it never takes what was sent; it can't take anything now; or it wants no more. */
export type Outcome =
  | { is: "taken" }
  | { is: "refused"; reason: string }
  /** `suspect`: the fault may lie in what was sent after all. */
  | { is: "failed"; reason: string; suspect: boolean; retryAfterMs?: number }
  | { is: "gone"; reason: string };

/** What a target's secret is encrypted for. */
export const secretPurpose = "xapi-forward secret";

const userAgent = "Cadre";

/** Sends statements to a target, once; to a store with the bytes that came with them. `id` is the same for every try with the same statements. */
export async function send(ctx: Context<ForwardSettings>, target: Target, batch: readonly FedStatement[], id: string): Promise<Outcome> {
  const list = `[${batch.map(({ raw }) => raw).join(",")}]`;
  if (target.kind === "webhook") return notify(ctx, target, `{"type":"statements","statements":${list}}`, id);
  const [first] = batch;
  const multipart = batch.length === 1 ? await statements.multipart(ctx, first!) : undefined;
  const contentType = multipart?.contentType ?? "application/json";
  const body = multipart ? Buffer.concat(await multipart.body.toArray()) : list;
  return call(ctx, `${target.url}/statements`, { method: "POST", headers: { ...storeHeaders(ctx, target), "Content-Type": contentType }, body });
}

/** Asks a target whether it could be sent to, sending no statement: a store is asked for one, a webhook gets `{"type":"ping"}`. */
export async function ask(ctx: Context<ForwardSettings>, target: Target): Promise<Outcome> {
  if (target.kind === "webhook") return notify(ctx, target, `{"type":"ping"}`, `ping-${ctx.now().getTime()}`);
  return call(ctx, `${target.url}/statements?limit=1`, { headers: storeHeaders(ctx, target) });
}

function notify(ctx: Context<ForwardSettings>, target: Target, body: string, id: string): Promise<Outcome> {
  const signed = signatureHeaders(decrypted(ctx.site, secretPurpose, target.secret), { id, at: ctx.now(), body });
  return call(ctx, target.url, { method: "POST", headers: { "Content-Type": "application/json", "User-Agent": userAgent, ...signed }, body });
}

function storeHeaders(ctx: Context, { username, secret, version }: Target): Record<string, string> {
  const credentials = Buffer.from(`${username}:${decrypted(ctx.site, secretPurpose, secret)}`).toString("base64");
  return { Authorization: `Basic ${credentials}`, "X-Experience-API-Version": version, "User-Agent": userAgent };
}

async function call(ctx: Context<ForwardSettings>, url: string, init: RequestInit): Promise<Outcome> {
  let answer: Response;
  try {
    // A redirect is never followed: the secret is meant for the address that was entered.
    answer = await ctx.fetchPublic(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(ctx.config.timeoutS * 1000) });
  } catch (error) {
    const { name, cause } = error as { name?: string; cause?: unknown };
    const reason = name === "TimeoutError" ? `It did not answer within ${ctx.config.timeoutS} s.` : isCadreError(error) ? error.message : `It can't be reached: ${messageOf(cause ?? error)}.`;
    return { is: "failed", reason, suspect: false };
  }
  const words = await beginningOf(answer);
  return judged(answer, `It answers ${answer.status}${words && `: ${words}`}`, ctx.now());
}

function judged({ status, headers }: Response, reason: string, now: Date): Outcome {
  if (status >= 200 && status < 300) return { is: "taken" };
  if (status >= 300 && status < 400) return { is: "failed", reason: `It answers ${status}, a redirect to ${headers.get("location") ?? "nowhere"}; enter the address itself.`, suspect: false };
  if (status === 410) return { is: "gone", reason };
  if ([400, 409, 413, 422].includes(status)) return { is: "refused", reason };
  const waits = [408, 425, 429, 502, 503, 504].includes(status);
  return { is: "failed", reason, suspect: status >= 500 && !waits, ...(waits && { retryAfterMs: retryAfterMs(headers.get("retry-after"), now) }) };
}

function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}

const shownAtMost = 500;

/** As much of an answer as is worth showing; the rest is not read, however long it is. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= shownAtMost) break;
    }
  } catch {
    // An answer cut short has still said its status.
  }
  return text.slice(0, shownAtMost).replace(/[\s\p{Cc}]+/gu, " ").trim();
}
