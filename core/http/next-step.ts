import type { CadreError } from "../kernel/errors.ts";
import type { RawRequest } from "./request.ts";

/** What a person can do about a refusal, as the page of errors offers it: sign in and come back to where the form was, or load that page again. */
export function nextStep({ code }: CadreError, { headers: { referer = "" } }: RawRequest, siteUrl: string): { label: string; href: string } | null {
  const from = URL.canParse(referer) ? new URL(referer) : undefined;
  const page = from && from.origin === new URL(siteUrl).origin ? from.pathname + from.search : undefined;
  if (code === "sign_in_required") return { label: "Sign in", href: page ? `/sign-in?next=${encodeURIComponent(page)}` : "/sign-in" };
  if (code === "form_expired" && page) return { label: "Load the page again", href: page };
  return null;
}
