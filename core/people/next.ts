import type { Site } from "../kernel/context.ts";

/** Where to go on after signing in: a path of this site, or its front page for anything else somebody put into a link. */
export function safeNext(site: Site, next: string | undefined): string {
  // eslint-disable-next-line no-control-regex -- browsers drop some of these before they look at the slashes
  if (next === undefined || !/^\/(?![/\\])[^\u0000-\u001f\\]*$/.test(next) || !URL.canParse(next, site.url)) return "/";
  const address = new URL(next, site.url);
  return address.origin === new URL(site.url).origin ? address.pathname + address.search + address.hash : "/";
}
