import type { HttpSettings } from "./settings.ts";

/**
 * The headers of every answer. The site's pages run our own scripts only and frame the content origin only; content may
 * use inline script and eval, because authoring tools need them, but is framed by the site only and holds no cookie of it.
 */
export function securityHeaders(origin: "site" | "content", { url, contentUrl }: HttpSettings): Record<string, string> {
  const policy: Record<string, string> =
    origin === "site"
      ? {
          "default-src": "'self'",
          "img-src": "'self' data:",
          "style-src": "'self'",
          "script-src": "'self'",
          // not every browser takes 'self' to mean sockets as well
          "connect-src": `'self' ${url.replace(/^http/, "ws")}`,
          "frame-src": `'self' ${contentUrl}`,
          "object-src": "'none'",
          "base-uri": "'none'",
          "form-action": "'self'",
          "frame-ancestors": "'none'",
        }
      : ofContent(url);
  return {
    "Content-Security-Policy": written(policy),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": origin === "site" ? "same-origin" : "no-referrer",
    // Content opens windows of its own that look for the API at their opener; sandboxed, they can't be any page that sets this.
    "Cross-Origin-Opener-Policy": origin === "site" ? "same-origin" : "unsafe-none",
    "Origin-Agent-Cluster": "?1",
    ...(origin === "site" ? { "X-Frame-Options": "DENY", "Permissions-Policy": "camera=(), microphone=(), geolocation=()" } : { "Cross-Origin-Resource-Policy": "same-origin" }),
    ...(url.startsWith("https:") ? { "Strict-Transport-Security": "max-age=31536000; includeSubDomains" } : {}),
  };
}

/** The Content-Security-Policy of content that may load from these hosts besides its own files. */
export function contentPolicy({ url }: Pick<HttpSettings, "url">, hosts: readonly string[]): string {
  return written(ofContent(url, hosts));
}

function ofContent(url: string, hosts: readonly string[] = []): Record<string, string> {
  return {
    "default-src": ["'self' data: blob: 'unsafe-inline' 'unsafe-eval'", ...hosts].join(" "),
    "frame-ancestors": `'self' ${url}`,
    "base-uri": "'self'",
    "form-action": "'self'",
  };
}

function written(policy: Record<string, string>): string {
  return Object.entries(policy).map(([name, value]) => `${name} ${value}`).join("; ");
}
