import { t, type Static } from "../kernel/schema.ts";

/** How the site is reached. Two origins: the site's own, and the one that course content of strangers is served from. */
export const httpSettingsSchema = t.Object({
  host: t.String({ env: "HOST", default: "127.0.0.1", description: "The address to listen on; 0.0.0.0 for every one." }),
  port: t.Integer({ env: "PORT", default: 3000, minimum: 0, maximum: 65535, description: "The site's port; 0 takes any free one." }),
  contentPort: t.Integer({ env: "CONTENT_PORT", default: 3001, minimum: 0, maximum: 65535, description: "The port of the content origin." }),
  url: t.String({ env: "CADRE_URL", default: "", description: "The site's public address, such as https://learn.example.org; told from host and port when empty." }),
  contentUrl: t.String({ env: "CADRE_CONTENT_URL", default: "", description: "The public address of the content origin; it must not be the site's. With a * in its place, such as https://*.content.example.org (a wildcard in DNS and certificate), what one learner opens of one package has an origin of its own." }),
  secret: t.String({ env: "CADRE_SECRET", secret: true, default: "", description: "At least 32 characters that sign forms and tokens; made and kept in the data folder when empty." }),
  trustProxy: t.Boolean({ env: "CADRE_TRUST_PROXY", default: false, description: "Take the client's address from X-Forwarded-For: only behind a proxy that sets it." }),
  requestsPerMinute: t.Integer({ env: "CADRE_REQUESTS_PER_MINUTE", default: 3000, minimum: 1, description: "Requests one signed-in person (or one address of guests) may make in a minute." }),
  privateHosts: t.String({ env: "CADRE_PRIVATE_HOSTS", default: "", description: "Names or addresses, with commas between, that may be called although they are not public; for webhooks and the like inside one's own network." }),
  maxUploadBytes: t.Integer({ env: "CADRE_MAX_UPLOAD_BYTES", default: 2 * 1024 ** 3, minimum: 1, description: "The largest file that may be uploaded." }),
  maxSockets: t.Integer({ env: "CADRE_MAX_SOCKETS", default: 1000, minimum: 0, description: "WebSockets that are open at once in one process." }),
  socketPingMs: t.Integer({ env: "CADRE_SOCKET_PING_MS", default: 30_000, minimum: 10, description: "How often an open WebSocket is asked whether its reader is there and still may read, in milliseconds." }),
});

/** The settings with everything that could be left empty filled in. */
export type HttpSettings = Static<typeof httpSettingsSchema> & { secureCookies: boolean };
