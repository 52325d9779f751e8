import { t } from "../kernel/schema.ts";
import { itemKind } from "./item-kinds.ts";

/** A text to read, in markdown; raw HTML in it is shown as text. */
export const pageKind = itemKind({
  label: "Reading",
  icon: "file",
  opens: "inside",
  content: t.Object({ markdown: t.String({ maxLength: 200_000, pattern: "^[^\\u0000]*$" }) }),
  check: (_, { markdown }) => (markdown.trim() === "" ? [{ pointer: "/markdown", code: "page_empty", message: "it has no text yet." }] : []),
});
