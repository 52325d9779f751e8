import { expect } from "chai";
import { hostsIn, nameOutsideHosts } from "./manifest/outside-hosts.ts";

interface Item {
  launch: { path: string } | null;
  children: Item[];
}

const item = (path: string | null, ...children: Item[]): Item => ({ launch: path === null ? null : { path }, children });

describe("Outside hosts that a package's pages load from", () => {
  const pages: [what: string, html: string, hosts: string[]][] = [
    ["a script", '<script src="http://ajax.googleapis.com/ajax/libs/jquery/1.4/jquery.min.js"></script>', ["https://ajax.googleapis.com"]],
    ["a style without a scheme, in other case and quotes", "<LINK Rel='stylesheet' HREF='//Fonts.Example.org/css'>", ["https://fonts.example.org"]],
    ["a frame on a port of its own, unquoted", "<iframe width=9 src=https://video.example.org:8443/v></iframe>", ["https://video.example.org:8443"]],
    ["each host once", '<img src="https://a.example/1.png"><img src="https://a.example/2.png"><img src="https://b.example/">', ["https://a.example", "https://b.example"]],
    ["a style's import and a font in it", "<style>@import url(https://a.example/x.css); @import '//b.example/y'; @font-face { src: url( \"//c.example/f.woff\" ) }</style>", ["https://a.example", "https://b.example", "https://c.example"]],
    ["a picture in a tag's own style", "<div class=x style='background: url(https://a.example/1.png)'>", ["https://a.example"]],
    ["an object, and a film's picture beside the film", '<object data="//a.example/x.svg"></object><video src="//b.example/v" poster="//c.example/p">', ["https://a.example", "https://b.example", "https://c.example"]],
    ["no file of its own", '<script src="scripts/a.js"></script><img src="/b.png"><img src="data:image/png;base64,//x.example/">', []],
    ["no link that a learner follows, and no word about the page", '<a href="https://example.org/">x</a><link rel="canonical" href="https://example.org/">', []],
    ["no address in a script's text that looks like a style's", "<script>var x = 'url(https://example.org/)';</script>", []],
    ["no address in text or code", "<p>https://example.org/</p><script>var x = 'https://example.org/';</script>", []],
    ["nothing that is no host", '<img src="https://localhost/a.png"><img src="https://10.0.0.1/">', []],
  ];
  for (const [what, html, hosts] of pages) it(`are found for ${what}`, () => expect(hostsIn(html)).to.deep.equal(hosts));

  it("are named once each, with the first page that has them, of pages that items open alone", async () => {
    const files = new Map([["a.html", '<script src="//x.example/"></script>'], ["b.HTM", '<script src="//x.example/"></script><img src="//y.example/">'], ["c.swf", '<img src="//z.example/">']]);
    const read: string[] = [];
    const said: object[] = [];
    const bytes = async (path: string) => (read.push(path), Buffer.from(files.get(path) ?? ""));
    await nameOutsideHosts({ bytes }, [item(null, item("a.html"), item("b.HTM")), item("a.html"), item("c.swf")], { add: (code, details) => void said.push({ code, ...details }) });
    expect(said).to.deep.equal([{ code: "scorm_outside_host", path: "a.html", host: "https://x.example" }, { code: "scorm_outside_host", path: "b.HTM", host: "https://y.example" }]);
    expect(read).to.deep.equal(["a.html", "b.HTM"]);
  });
});
