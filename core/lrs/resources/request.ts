import type { IncomingHttpHeaders } from "node:http";
import type { Context } from "../../kernel/context.ts";
import type { Reply } from "../../http/reply.ts";
import type { Credential } from "../credentials/credential.ts";
import type { RecordLimits } from "../stores/limits.ts";
import type { XapiVersion } from "../statement/versions.ts";

/** A request of any xAPI resource, its credential checked and its version told. */
export interface XapiRequest {
  /** Where the resource is: `/xapi/statements`. */
  path: string;
  parameters: URLSearchParams;
  headers: IncomingHttpHeaders;
  version: XapiVersion;
  credential: Credential;
  /** The whole body, inflated. @throws body_too_large (413), bad_body (400) */
  body(maxBytes: number): Promise<Buffer>;
}

/** What a resource does with a request of one method. */
export type Answering = (ctx: Context<RecordLimits>, request: XapiRequest) => Promise<Reply>;

export type XapiMethod = "GET" | "PUT" | "POST" | "DELETE";

/** A resource of xAPI; HEAD is GET without the body. */
export interface XapiResource {
  path: string;
  methods: Partial<Record<XapiMethod, { summary: string; answer: Answering }>>;
}
