import type { TSchema } from "../kernel/schema.ts";
import type { PlacedRoute } from "./table.ts";

interface ObjectSchema {
  properties?: Record<string, TSchema>;
  required?: string[];
}

/** The OpenAPI 3.1 document of the JSON routes and of those raw ones that say they are for clients. */
export function openApi(routes: readonly PlacedRoute[], site: { name: string; version: string; url: string }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes.filter(({ kind }) => kind === "api")) {
    const path = route.fullPath.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: `${site.name} API`, version: site.version, description: conventions },
    servers: [{ url: site.url }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "A personal API token." }, session: { type: "apiKey", in: "cookie", name: "cadre_session" } },
      parameters: { IdempotencyKey: idempotencyKey, IfMatch: ifMatch(true), IfMatchOptional: ifMatch(false) },
      headers,
      schemas: { Problem: problem },
    },
    security: [{ token: [] }, { session: [] }],
  };
}

function operation({ options, method, plugin, fullPath }: PlacedRoute): object {
  const { summary, can, params, query, body, upload, answer, status, ifMatch: matches } = options;
  const declared = (params as ObjectSchema | undefined)?.properties ?? {};
  const inPath = [...fullPath.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({ name, in: "path", required: true, schema: declared[name] ?? { type: "string" } }));
  const { properties = {}, required = [] } = (query ?? {}) as ObjectSchema;
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }));
  const inHeaders = [
    ...(method === "POST" && !upload ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
    ...(matches ? [{ $ref: `#/components/parameters/${matches === "required" ? "IfMatch" : "IfMatchOptional"}` }] : []),
  ];
  const told = { ...limitHeaders, ...(matches && headerNamed("ETag")), ...("cursor" in properties && headerNamed("Link")) };
  const content = upload
    ? { "multipart/form-data": { schema: { type: "object", properties: { file: { type: "string", format: "binary" } }, required: ["file"] } }, "application/octet-stream": {} }
    : body && { "application/json": { schema: body } };
  const ok = String(status ?? (answer ? 200 : method === "POST" ? 201 : method === "DELETE" ? 204 : 200));
  return {
    operationId: `${method.toLowerCase()}${fullPath.replace(/^\/api\/v1/, "").replace(/[/:.-]+(\w)?/g, (_, letter: string | undefined) => (letter ?? "").toUpperCase())}`,
    tags: [plugin],
    summary,
    description: can === "anyone" ? "Open to anyone." : can === "signed-in" ? "For anybody signed in." : `Needs the permission \`${can}\`.`,
    ...(can === "anyone" && { security: [] }),
    parameters: [...inPath, ...inQuery, ...inHeaders],
    ...(content && { requestBody: { required: upload !== undefined || ((body as ObjectSchema | undefined)?.required ?? []).length > 0, content } }),
    responses: {
      [ok]: { description: "Done.", headers: told, ...(answer && { content: { "application/json": { schema: answer } } }) },
      default: { description: "Refused or failed.", headers: limitHeaders, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
    },
  };
}

const conventions = [
  "Send a personal API token, made under *Account*, as `Authorization: Bearer <token>`; it may do what its scopes name and you may do.",
  "What is refused is answered as `application/problem+json` (RFC 9457) with a stable `code`, listed at [/docs/errors](/docs/errors), and for input the `pointer` of each field.",
  "Lists take `limit` and go on at the address that the header `Link` calls `next`; ids are UUIDs, times RFC 3339 in UTC.",
  "An edit names the `ETag` of what it was made on in `If-Match`: 412 says that somebody else was faster, 428 that the header is missing.",
  "A POST with an `Idempotency-Key` is done once, however often it is sent within 24 hours.",
  "`RateLimit` tells how many requests are left; 429 comes with `Retry-After`.",
].join("\n\n");

const idempotencyKey = { name: "Idempotency-Key", in: "header", required: false, schema: { type: "string", maxLength: 255 }, description: "Chosen by you, once for each thing to be done: a repeated request is answered as the first one was." };

const ifMatch = (required: boolean) => ({ name: "If-Match", in: "header", required, schema: { type: "string" }, description: "The `ETag` of what is edited as you read it, quotes included, or `*` for any." });

const headers = {
  ETag: { description: "The state of what was answered, for `If-Match`.", schema: { type: "string" } },
  Link: { description: "The pages beside this one, as `next` and `prev` (RFC 8288).", schema: { type: "string" } },
  RateLimit: { description: "Requests that are left, `r`, and the seconds until all are back, `t`.", schema: { type: "string" } },
  "RateLimit-Policy": { description: "Requests that are allowed, `q`, in so many seconds, `w`.", schema: { type: "string" } },
};

const headerNamed = (name: keyof typeof headers) => ({ [name]: { $ref: `#/components/headers/${name}` } });

const limitHeaders = { ...headerNamed("RateLimit"), ...headerNamed("RateLimit-Policy") };

const problem = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "requestId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string" },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: { type: "object", properties: { pointer: { type: "string" }, code: { type: "string" }, message: { type: "string" } } },
    },
  },
};
