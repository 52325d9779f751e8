/** What a slug looks like: small letters, digits, single hyphens. */
export const slugPattern = "^[a-z0-9]+(-[a-z0-9]+)*$";

/** A title as the last part of an address: "Phishing: see it, report it" is "phishing-see-it-report-it". Pure. */
export function slugOf(title: string): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/['’]/g, "");
  const slug = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80).replace(/-$/, "");
  return slug || "course";
}
