import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt({ html: false, linkify: true });

/**
 * An author's markdown as HTML that is safe to show: raw HTML stays text and `javascript:` addresses stay unlinked
 * (markdown-it's own checks), headings go one level down, and columns align by class, since pages forbid inline styles.
 */
export function renderMarkdown(source: string): string {
  return markdown.render(source);
}

markdown.core.ruler.push("fit-into-page", ({ tokens }) => {
  for (const token of tokens) {
    if (token.type === "heading_open" || token.type === "heading_close") token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 1)}`;
    const style = String(token.attrGet("style") ?? "");
    if (style === "") continue;
    token.attrs = (token.attrs ?? []).filter(([name]) => name !== "style");
    if (style.includes("right")) token.attrJoin("class", "to-end");
    if (style.includes("center")) token.attrJoin("class", "to-center");
  }
});
