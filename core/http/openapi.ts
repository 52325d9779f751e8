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
    info: { title: `${site.name} API`, version: site.version, description: "Errors are application/problem+json (RFC 9457) with a stable `code`; lists are paged by `Link` headers." },
    servers: [{ url: site.url }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "A personal API token." }, session: { type: "apiKey", in: "cookie", name: "cadre_session" } },
      schemas: { Problem: problem },
    },
    security: [{ token: [] }, { session: [] }],
  };
}

function operation({ options, method, plugin, fullPath }: PlacedRoute): object {
  const { summary, can, params, query, body, upload, answer, status } = options;
  const declared = (params as ObjectSchema | undefined)?.properties ?? {};
  const inPath = [...fullPath.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({ name, in: "path", required: true, schema: declared[name] ?? { type: "string" } }));
  const { properties = {}, required = [] } = (query ?? {}) as ObjectSchema;
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }));
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
    parameters: [...inPath, ...inQuery],
    ...(content && { requestBody: { required: true, content } }),
    responses: {
      [ok]: { description: "Done.", ...(answer && { content: { "application/json": { schema: answer } } }) },
      default: { description: "Refused or failed.", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
    },
  };
}

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
