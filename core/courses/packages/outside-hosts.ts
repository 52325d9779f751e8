import { t } from "../../kernel/schema.ts";

const host = "https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}(?::[0-9]{1,5})?";

/** What may be said for a package of any format that is played from its own files. */
export const ofAnyFormat = {
  outsideHosts: t.Optional(
    t.String({
      label: "Outside hosts",
      description: "Where its content may load from besides its own files, as https://ajax.googleapis.com, set apart by blanks. Whoever runs these hosts learns who is learning, and can change what learners see.",
      pattern: `^${host}(?: ${host}){0,19}$`,
      maxLength: 2000,
    }),
  ),
};

/** The hosts that a package's settings name; none where they name none. */
export function outsideHostsOf({ outsideHosts }: Record<string, unknown>): string[] {
  return typeof outsideHosts === "string" ? outsideHosts.split(" ") : [];
}
