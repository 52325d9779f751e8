import { expect } from "chai";
import Handlebars from "handlebars";
import { helpers } from "../../core/pages/helpers.ts";

const handlebars = Handlebars.create();
handlebars.registerHelper(helpers);

/** Renders as the engine does: strict, and blind to prototypes. */
function render(source: string, data: object = {}): string {
  return handlebars.compile(source, { strict: true })(data, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
}

const at = "2026-03-12T14:05:09Z";
const table: [title: string, source: string, data: object, expected: string][] = [
  ["compares", "{{#if (eq a 1)}}same{{/if}}", { a: 1 }, "same"],
  ["takes an empty list for false", "{{#if (or list list)}}some{{else}}none{{/if}}", { list: [] }, "none"],
  ["falls back to the last word of or", `{{or missing "/"}}`, {}, "/"],
  ["says nothing when or has nothing to say", `{{or missing ""}}`, {}, ""],
  ["joins conditions", "{{#if (and a (not b))}}yes{{/if}}", { a: "x", b: "" }, "yes"],
  ["looks into a list", `{{#if (includes list "read")}}yes{{/if}}`, { list: ["read"] }, "yes"],
  ["looks into no list at all", `{{#if (includes missing "read")}}yes{{else}}no{{/if}}`, {}, "no"],
  ["counts one", `{{plural n "item" "items"}}`, { n: 1 }, "1 item"],
  ["counts many, with separators", `{{plural n "item" "items"}}`, { n: 1284 }, "1,284 items"],
  ["separates thousands", "{{count n}}", { n: 20931 }, "20,931"],
  ["rounds a percentage down, so that 100% is all of it", "{{percent r}}", { r: 0.999 }, "99%"],
  ["does not lose a percent to floating point", "{{percent r}}", { r: 0.29 }, "29%"],
  ["has a dash for no score", "{{percent r}}", { r: null }, "–"],
  ["keeps a progress bar within its ends", "{{outOf100 r}}", { r: 1.2 }, "100"],
  ["has an empty progress bar for no ratio", "{{outOf100 r}}", { r: null }, "0"],
  ["says seconds", "{{duration d}}", { d: 9400 }, "9 s"],
  ["says minutes", "{{duration d}}", { d: 843_000 }, "14 min"],
  ["says whole hours without minutes", "{{duration d}}", { d: 7_200_000 }, "2 h"],
  ["carries sixty minutes into the hour", "{{duration d}}", { d: 3_599_500 }, "1 h"],
  ["renders a date", "{{date at}}", { at }, `<time datetime="2026-03-12T14:05:09.000Z" data-as="date">Mar 12, 2026</time>`],
  ["renders a time in the reader's zone", "{{time at}}", { at, page: { timeZone: "America/New_York" } }, `<time datetime="2026-03-12T14:05:09.000Z" data-as="time">10:05</time>`],
  ["takes a Date for a date", "{{dateTime at}}", { at: new Date(at) }, `<time datetime="2026-03-12T14:05:09.000Z" data-as="datetime">Mar 12, 2026, 14:05</time>`],
  ["has a dash for a time that never was", "{{dateTime at}}", { at: null }, "–"],
  ["indents JSON and escapes it", "{{json v}}", { v: { a: "<b>" } }, "{\n  &quot;a&quot;: &quot;&lt;b&gt;&quot;\n}"],
  ["finds what is wrong with a field", `{{problemOf form "email"}}`, { form: { problems: [{ field: "email", message: "is missing" }] } }, "is missing"],
  ["finds nothing wrong with another", `{{problemOf form "name"}}`, { form: { problems: [{ field: "email", message: "is missing" }] } }, ""],
  ["knows an asset's address", `{{asset "cadre.css"}}`, { page: { assets: { "cadre.css": "/assets/cadre.1a2b.css" } } }, "/assets/cadre.1a2b.css"],
  ["falls back to an asset's plain address", `{{asset "cadre.css"}}`, {}, "/assets/cadre.css"],
  ["leaves a slot empty that nobody filled", `[{{slot "course.aside"}}]`, {}, "[]"],
  ["escapes plain text in a slot", `{{slot "x"}}`, { page: { slots: { x: ["<b>"] } } }, "&lt;b&gt;"],
  ["keeps rendered markup in a slot", `{{slot "x"}}`, { page: { slots: { x: [new Handlebars.SafeString("<b>1</b>")] } } }, "<b>1</b>"],
];

describe("template helpers", () => {
  for (const [title, source, data, expected] of table) {
    it(title, () => expect(render(source, data)).to.equal(expected));
  }

  it("tells how long ago by the page's clock", () => {
    const page = { now: at };
    const words = (moment: string) => render("{{ago moment}}", { moment, page }).replace(/<[^>]+>/g, "");
    expect(words("2026-03-12T14:05:00Z")).to.equal("just now");
    expect(words("2026-03-12T13:36:00Z")).to.equal("29 minutes ago");
    expect(words("2026-03-11T14:00:00Z")).to.equal("yesterday");
    expect(words("2026-03-12T16:06:00Z")).to.equal("in 2 hours");
    expect(words("2026-01-01T00:00:00Z")).to.equal("Jan 1, 2026");
  });

  it("draws an icon that screen readers pass over", () => {
    expect(render(`{{icon "check"}}`)).to.match(/^<svg class="icon"[^>]* aria-hidden="true"[^>]*><path d="[^"]+"\/><\/svg>$/);
  });

  it("refuses an icon that does not exist, by name", () => {
    expect(() => render(`{{icon "constructor"}}`)).to.throw(`There is no icon "constructor".`);
  });

  it("says a state in words beside its colour", () => {
    expect(render(`{{status "in-progress"}}`)).to.match(/class="badge active".*In progress<\/span>$/);
  });

  it("shows a plugin's own state plainly and escapes it", () => {
    expect(render("{{status s}}", { s: "<b>_odd" })).to.match(/class="badge plain".*&lt;b&gt; odd<\/span>$/);
  });

  it("shows how far somebody is as a bar with its words, and escapes its label", () => {
    expect(render("{{progressBar r label=l}}", { r: 0.5, l: 'A "b"' })).to.equal('<span class="bar-line"><progress max="100" value="50" aria-label="A &quot;b&quot;">50%</progress><span>50%</span></span>');
    expect(render("{{progressBar r label=l}}", { r: 1, l: "A" })).to.match(/^<span class="bar-line done">/);
  });

  it("draws the same cover for the same course and another for another", () => {
    const cover = (seed: string) => render("{{cover seed}}", { seed });
    expect(cover("linux")).to.equal(cover("linux"));
    expect(cover("linux")).not.to.equal(cover("network"));
    expect(cover("linux")).not.to.include("style=");
  });
});

describe("markdown in pages", () => {
  const markdown = (source: string) => render("{{markdown source}}", { source });

  it("leaves raw HTML as text", () => expect(markdown("<script>alert(1)</script>")).to.include("&lt;script&gt;"));
  it("does not link script addresses", () => expect(markdown("[x](javascript:alert(1))")).not.to.include("<a"));
  it("puts headings one level down", () => expect(markdown("# One\n\n###### Six")).to.include("<h2>One</h2>").and.include("<h6>Six</h6>"));
  it("aligns columns by class, never by style", () => {
    expect(markdown("|a|b|\n|--:|:-:|\n|1|2|")).to.include(`<td class="to-end">1</td>`).and.include(`<td class="to-center">2</td>`).and.not.include("style");
  });
  it("renders nothing for nothing", () => expect(render("{{markdown source}}", { source: null })).to.equal(""));
});
