import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { json, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import { isAlternate, plainRequest } from "../protocol/alternate.ts";
import type { RecordLimits } from "../stores/limits.ts";
import { invalidParameters, valuesOf } from "./parameter-readers.ts";

/** The About Resource (Communication 2.8): the latest patch of each version spoken here, told to anybody in whatever version they ask. */
export function about(parameters: URLSearchParams): Reply {
  const { problems } = valuesOf(parameters, {}, "2.0.0");
  if (problems.length > 0) throw invalidParameters(problems);
  return json({ version: ["1.0.3", "2.0.0"] });
}

/** The same by the alternate request syntax. @throws wrong_request (400), method_not_allowed (405) */
export async function aboutByForm({ config }: Context<RecordLimits>, request: RawRequest): Promise<Reply> {
  if (isAlternate(request)) {
    const { method, parameters } = await plainRequest(request, config.maxBodyBytes);
    if (method === "GET") return about(parameters);
  }
  throw refuse("method_not_allowed", "/xapi/about takes GET.", { status: 405, data: { headers: { Allow: "GET, HEAD, OPTIONS" } } });
}
