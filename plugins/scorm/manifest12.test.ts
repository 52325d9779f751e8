import { existsSync } from "node:fs";
import AdmZip from "adm-zip";
import { expect } from "chai";
import { Parser } from "xml2js";
import { findFile, joinParameters } from "./manifest/href.ts";
import { scorm12Format } from "./format12.ts";
import { detectEdition, readManifest12, scorm12Diagnostics, type DiagnosticSink, type Item, type Manifest12, type ManifestFiles } from "./manifest12.ts";
import type { XmlElement } from "cadre";

interface Node {
  "#name": string;
  $ns?: { local: string; uri: string };
  $?: Record<string, { local: string; uri: string; value: string } | string>;
  $$?: Node[];
  _?: string;
}

/** A parsed tree as the core's package reader gives it; a prefix that is not declared stands for its namespace. Lines are not known here. */
async function parse(xml: string): Promise<XmlElement> {
  const tree = async (xmlns: boolean) => {
    const parser = new Parser({ xmlns, explicitChildren: true, preserveChildrenOrder: true, explicitRoot: false });
    return (await parser.parseStringPromise(xml.replace(/^\uFEFF/, ""))) as Node;
  };
  const cut = (name: string) => (name.includes(":") ? { uri: name.split(":")[0]!, local: name.split(":")[1]! } : { uri: "", local: name });
  const element = (node: Node): XmlElement => ({
    name: node.$ns?.local ?? cut(node["#name"]).local,
    uri: node.$ns?.uri ?? cut(node["#name"]).uri,
    attributes: Object.entries(node.$ ?? {}).map(([name, value]) => (typeof value === "string" ? { ...cut(name), value } : value)),
    children: (node.$$ ?? []).filter((child) => child["#name"] !== "__text__").map(element),
    text: node._ ?? "",
    line: 1,
  });
  return element(await tree(true).catch(() => tree(false)));
}

interface Diagnostic {
  severity: string;
  code: string;
  message: string;
  path?: string;
  line?: number;
}

/** The files of a package and a report on it, as the core has them. */
function packageOf(paths: string[]): { files: ManifestFiles; report: DiagnosticSink; diagnostics: Diagnostic[] } {
  const catalogue: Record<string, { severity: string; sentence: string }> = {
    ...scorm12Diagnostics,
    path_differs_in_case: { severity: "leniency", sentence: "{wanted} {path}" },
  };
  const diagnostics: Diagnostic[] = [];
  const add: DiagnosticSink["add"] = (code, details = {}) => {
    const { severity, sentence } = catalogue[code]!;
    const message = sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
      expect(details, code).to.have.property(name);
      return String(details[name]);
    });
    const one = { severity, code, message, ...(details.path !== undefined && { path: details.path }), ...(details.line !== undefined && { line: details.line }) };
    if (!diagnostics.some((other) => other.code === code && other.message === message)) diagnostics.push(one);
  };
  const find = (wanted: string) => {
    const path = paths.includes(wanted) ? wanted : paths.find((one) => one.toLowerCase() === wanted.toLowerCase());
    if (path !== undefined && path !== wanted) add("path_differs_in_case", { path, wanted });
    return path;
  };
  return { files: { has: (path) => paths.includes(path), find }, report: { add }, diagnostics };
}

interface Reading {
  manifest: Manifest12 | null;
  diagnostics: Diagnostic[];
}

function readTree(root: XmlElement, paths: string[]): Reading {
  const { files, report, diagnostics } = packageOf(paths);
  return { manifest: readManifest12(root, files, report), diagnostics };
}

const namespaces = `xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"`;
const metadata = "<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>";
const sco = `<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="index.html"><file href="index.html"/></resource>`;
const item = `<item identifier="i1" identifierref="r1"><title>First</title></item>`;

interface Parts {
  attributes?: string;
  metadata?: string;
  organizations?: string;
  items?: string;
  resources?: string;
  base?: string;
}

function manifestXml(parts: Parts): string {
  const organizations = parts.organizations ?? `<organizations default="o1"><organization identifier="o1"><title>Course</title>${parts.items ?? item}</organization></organizations>`;
  return `<manifest identifier="m1" ${parts.attributes ?? namespaces}>${parts.metadata ?? metadata}${organizations}<resources${parts.base ?? ""}>${parts.resources ?? sco}</resources></manifest>`;
}

async function reading(parts: Parts, paths = ["index.html"]): Promise<Reading> {
  return readTree(await parse(manifestXml(parts)), paths);
}

const codes = (diagnostics: Diagnostic[]) => diagnostics.map(({ severity, code }) => `${severity} ${code.replace("scorm_", "")}`);

async function firstItem(parts: Parts, paths?: string[]): Promise<Item> {
  const { manifest, diagnostics } = await reading(parts, paths);
  expect(manifest, JSON.stringify(diagnostics)).not.to.equal(null);
  return manifest!.organizations[0]!.items[0]!;
}

describe("the SCORM 1.2 manifest reader", () => {
  it("reads a plain manifest without a remark", async () => {
    const { manifest, diagnostics } = await reading({});
    expect(diagnostics).to.deep.equal([]);
    expect(manifest).to.deep.equal({
      standard: "scorm12",
      identifier: "m1",
      title: "Course",
      organizations: [
        {
          identifier: "o1",
          title: "Course",
          isDefault: true,
          items: [
            {
              identifier: "i1",
              title: "First",
              visible: true,
              launch: { href: "index.html", path: "index.html", query: "", parameters: "", resource: "r1" },
              scormType: "sco",
              prerequisites: "",
              masteryScore: "",
              maxTimeAllowed: "",
              timeLimitAction: "",
              dataFromLms: "",
              children: [],
            },
          ],
        },
      ],
      files: ["index.html"],
    });
  });

  it("names prerequisites that it can't read, with their line", async () => {
    const items = ["i2 &amp;", "i9", "i1 and i2", "~i2|2*{i1,i2}"].map((script, index) => `<item identifier="i${index + 1}" identifierref="r1"><title>T</title>
      <adlcp:prerequisites type="aicc_script">${script}</adlcp:prerequisites></item>`).join("");
    const { diagnostics } = await reading({ items });
    const found = diagnostics.filter(({ code }) => code.startsWith("scorm_prerequisites"));
    expect(found.map(({ code, message }) => [code, message])).to.deep.equal([
      ["scorm_prerequisites_unreadable", "The prerequisites “i2 &” can't be read (an item is missing at its end); they are not enforced."],
      ["scorm_prerequisites_unknown", "The prerequisites “i9” name “i9”, which is no item of the course; they are not enforced."],
      ["scorm_prerequisites_in_words", "The prerequisites “i1 and i2” are written with words; AND, OR and NOT are read as &, | and ~."],
    ]);
    expect(found.every(({ line }) => Number(line) > 0)).to.equal(true);
  });

  it("reads what an item says to the run-time, and its tree", async () => {
    const items = `<item identifier="i1" identifierref="r1" isvisible="false" parameters="?a=1"><title> One
      </title><adlcp:prerequisites type="aicc_script">i0&amp;i9</adlcp:prerequisites><adlcp:maxtimeallowed>00:30:00</adlcp:maxtimeallowed>
      <adlcp:timelimitaction>exit, no message</adlcp:timelimitaction><adlcp:datafromlms>start=1</adlcp:datafromlms><adlcp:masteryscore>80</adlcp:masteryscore>
      <item identifier="i2"><title>Heading</title><item identifier="i3" identifierref="r1"><title>Deep</title></item></item></item>`;
    const one = await firstItem({ items });
    expect(one).to.deep.include({
      title: "One",
      visible: false,
      prerequisites: "i0&i9",
      maxTimeAllowed: "00:30:00",
      timeLimitAction: "exit,no message",
      dataFromLms: "start=1",
      masteryScore: "80",
    });
    expect(one.launch).to.deep.include({ href: "index.html?a=1", parameters: "?a=1" });
    expect(one.children[0]).to.deep.include({ identifier: "i2", launch: null, scormType: null });
    expect(one.children[0]!.children[0]!.launch!.path).to.equal("index.html");
  });

  const oddities: { title: string; parts: Parts; paths?: string[]; says: string[]; opens?: string | null }[] = [
    { title: "no namespaces at all", parts: { attributes: "", resources: `<resource identifier="r1" href="index.html" scormtype="sco"/>` }, says: ["leniency namespace_missing"], opens: "index.html" },
    { title: "an unbound prefix", parts: { attributes: `xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"` }, says: ["leniency namespace_missing"], opens: "index.html" },
    { title: "no schemaversion", parts: { metadata: "" }, says: ["leniency schemaversion_missing"], opens: "index.html" },
    { title: "neither schemaversion nor namespaces", parts: { metadata: "", attributes: "", resources: `<resource identifier="r1" href="index.html" scormtype="asset"/>` }, says: ["leniency edition_assumed", "leniency namespace_missing", "note assets_only"], opens: "index.html" },
    { title: "no scormtype", parts: { resources: `<resource identifier="r1" href="index.html"/>` }, says: ["leniency scormtype_missing", "note assets_only"], opens: "index.html" },
    { title: "scormType as SCORM 2004 writes it", parts: { resources: `<resource identifier="r1" href="index.html" adlcp:scormType="sco"/>` }, says: ["leniency name_in_other_case"], opens: "index.html" },
    { title: "a scormtype that is none", parts: { resources: `<resource identifier="r1" href="index.html" adlcp:scormtype="quiz"/>` }, says: ["warning scormtype_unknown", "note assets_only"], opens: "index.html" },
    { title: "blanks and %20 in identifiers", parts: { items: `<item identifier="i%201" identifierref=" r%31 "><title>First</title></item>` }, says: ["leniency identifier_tidied"], opens: "index.html" },
    { title: "a missing item title", parts: { items: `<item identifier="i1" identifierref="r1"/>` }, says: ["warning title_missing"], opens: "index.html" },
    { title: "a missing item identifier", parts: { items: `<item identifierref="r1"><title>First</title></item>` }, says: ["warning identifier_missing"], opens: "index.html" },
    { title: "repeated item identifiers", parts: { items: item + item }, says: ["warning identifier_repeated"], opens: "index.html" },
    { title: "repeated resource identifiers", parts: { resources: sco + `<resource identifier="r1" href="other.html" adlcp:scormtype="asset"/>` }, paths: ["index.html", "other.html"], says: ["warning resource_repeated"], opens: "index.html" },
    { title: "a dangling identifierref beside one that opens", parts: { items: `<item identifier="i1" identifierref="nowhere"><title>First</title></item>${item.replace("i1", "i2")}` }, says: ["warning identifierref_dangling"], opens: null },
    { title: "an unknown dependency", parts: { resources: sco.replace("</resource>", `<dependency identifierref="r9"/></resource>`) }, says: ["warning dependency_unknown"], opens: "index.html" },
    { title: "a declared file that is not there", parts: { resources: sco.replace("</resource>", `<file href="gone.js"/></resource>`) }, says: ["warning file_missing"], opens: "index.html" },
    { title: "a name in another case", parts: {}, paths: ["Index.HTML"], says: ["leniency path_differs_in_case"], opens: "Index.HTML" },
    { title: "backslashes", parts: { resources: sco.replaceAll("index.html", "a\\b.html") }, paths: ["a/b.html"], says: ["leniency href_backslash"], opens: "a/b.html" },
    { title: "xml:base at every level", parts: { attributes: `${namespaces} xml:base="one/"`, base: ` xml:base="two/"`, resources: sco.replace("<resource ", `<resource xml:base="three/" `) }, paths: ["one/two/three/index.html"], says: [], opens: "one/two/three/index.html" },
    { title: "xml:base without its slash", parts: { base: ` xml:base="content"` }, paths: ["content/index.html"], says: ["leniency base_without_slash"], opens: "content/index.html" },
    { title: "%20 for a blank in a file name", parts: { resources: sco.replaceAll("index.html", "my%20page.html") }, paths: ["my page.html"], says: [], opens: "my%20page.html" },
    { title: "a file name that really has %20", parts: { resources: sco.replaceAll("index.html", "my%20page.html") }, paths: ["my%20page.html"], says: [], opens: "my%2520page.html" },
    { title: "a mastery score that is none", parts: { items: item.replace("</item>", "<adlcp:masteryscore>eighty</adlcp:masteryscore></item>") }, says: ["warning value_invalid"], opens: "index.html" },
    { title: "a time limit that is none", parts: { items: item.replace("</item>", "<adlcp:maxtimeallowed>PT1H</adlcp:maxtimeallowed></item>") }, says: ["warning value_invalid"], opens: "index.html" },
    { title: "a time limit action that is none", parts: { items: item.replace("</item>", "<adlcp:timelimitaction>stop</adlcp:timelimitaction></item>") }, says: ["warning value_invalid"], opens: "index.html" },
    { title: "dataFromLMS as SCORM 2004 writes it", parts: { items: item.replace("</item>", "<adlcp:dataFromLMS>x</adlcp:dataFromLMS></item>") }, says: ["leniency name_in_other_case"], opens: "index.html" },
    { title: "a manifest within the manifest", parts: { resources: `${sco}</resources><manifest identifier="m2"/><resources>` }, says: ["warning submanifest_ignored"], opens: "index.html" },
    { title: "no organizations", parts: { organizations: "<organizations/>", resources: `<resource identifier="r0" href="a.html" adlcp:scormtype="asset"/>${sco}` }, paths: ["a.html", "index.html"], says: ["leniency organizations_empty"], opens: "index.html" },
    { title: "two organizations without a default", parts: { organizations: organizations("") }, says: ["leniency default_organization_missing", "note several_organizations"], opens: "index.html" },
    { title: "a default that is not there", parts: { organizations: organizations(` default="o9"`) }, says: ["leniency default_organization_missing", "note several_organizations"], opens: "index.html" },
    { title: "an untitled organization", parts: { organizations: `<organizations default="o1"><organization identifier="o1">${item}</organization></organizations>` }, says: ["warning title_missing"], opens: "index.html" },
  ];
  for (const { title, parts, paths, says, opens } of oddities) {
    it(`takes ${title}${says.length > 0 ? `, and says so: ${says.join(", ")}` : ""}`, async () => {
      const { manifest, diagnostics } = await reading(parts, paths);
      expect(codes(diagnostics)).to.deep.equal(says);
      expect(manifest!.organizations[0]!.items[0]!.launch?.href ?? null).to.equal(opens ?? null);
    });
  }

  const refusals: { title: string; parts: Parts; paths?: string[]; says: string[] }[] = [
    { title: "a launch file that is not there", parts: {}, paths: [], says: ["warning launch_file_missing", "warning item_cannot_open", "error nothing_to_open"] },
    { title: "items that lead nowhere", parts: { items: `<item identifier="i1" identifierref="r9"><title>First</title></item>` }, says: ["warning identifierref_dangling", "error nothing_to_open"] },
    { title: "no resources", parts: { resources: "" }, says: ["warning identifierref_dangling", "error nothing_to_open"] },
    { title: "nothing at all", parts: { organizations: "", resources: "" }, says: ["error nothing_to_open"] },
    ...["https://elsewhere.example/a.html", "//elsewhere.example/a.html", "file:///etc/passwd", "javascript:alert(1)", "C:\\a.html", "../../a.html", "a/../../b.html"].map((href) => ({
      title: `a launch at ${href}`,
      parts: { resources: `<resource identifier="r1" adlcp:scormtype="sco" href="${href}"/>` },
      says: ["warning reference_elsewhere", "warning item_cannot_open", "error nothing_to_open"],
    })),
    { title: "an organization of headings", parts: { items: `<item identifier="i1"><title>First</title></item>` }, says: ["error nothing_to_open"] },
    { title: "SCORM 2004", parts: { metadata: "<metadata><schemaversion>2004 3rd Edition</schemaversion></metadata>" }, says: ["error scorm2004_not_playable"] },
    { title: "a Common Cartridge", parts: { attributes: "", metadata: "<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.0.0</schemaversion></metadata>" }, says: ["error not_scorm"] },
  ];
  for (const { title, parts, paths, says } of refusals) {
    it(`refuses ${title}: ${says.join(", ")}`, async () => {
      const { manifest, diagnostics } = await reading(parts, paths);
      expect(codes(diagnostics)).to.deep.equal(says);
      expect(manifest).to.equal(null);
    });
  }

  it("refuses another root element", async () => {
    const { diagnostics } = readTree(await parse("<html/>"), []);
    expect(codes(diagnostics)).to.deep.equal(["error not_a_manifest"]);
  });

  it("plays the default of two organizations and makes identifiers unique across them", async () => {
    const { manifest } = await reading({ organizations: organizations(` default="o2"`, item) });
    expect(manifest!.title).to.equal("Second");
    expect(manifest!.organizations.map(({ isDefault, items }) => [isDefault, items[0]!.identifier])).to.deep.equal([[false, "i1"], [true, "i1-2"]]);
  });

  it("says of a launch file that isn't there what it is, not also that the file it names is missing", async () => {
    const { diagnostics } = await reading({ resources: sco.replaceAll("index.html", "gone.html") });
    expect(diagnostics.filter(({ message }) => message.includes("gone.html")).map(({ code }) => code)).to.deep.equal(["scorm_launch_file_missing"]);
  });

  it("gives the place of what is wrong", async () => {
    const { diagnostics } = await reading({ resources: sco.replace("</resource>", `<file href="gone.js"/></resource>`) });
    const message = "“gone.js” is named in the manifest but is not in the package.";
    expect(diagnostics).to.deep.equal([{ severity: "warning", code: "scorm_file_missing", message, line: 1, path: "imsmanifest.xml" }]);
  });
});

function organizations(attributes: string, second = item.replace("i1", "i2")): string {
  const organization = (id: string, title: string, items: string) => `<organization identifier="${id}"><title>${title}</title>${items}</organization>`;
  return `<organizations${attributes}>${organization("o1", "Course", item)}${organization("o2", "Second", second)}</organizations>`;
}

describe("SCORM 1.2 as a package format", () => {
  const formatFiles = (xml: string, paths: string[]) => {
    const { files, report, diagnostics } = packageOf(["imsmanifest.xml", ...paths]);
    return { files: { ...files, xml: () => parse(xml) }, report, diagnostics };
  };

  it("reads into the course model of the core", async () => {
    const items = `<item identifier="i1"><title>Part</title><item identifier="i2" identifierref="r1" parameters="?a=1"><title>Page</title><adlcp:masteryscore>80</adlcp:masteryscore></item></item>`;
    const { files, report } = formatFiles(manifestXml({ items }), ["index.html"]);
    const silent = { prerequisites: "", masteryScore: "", maxTimeAllowed: "", timeLimitAction: "", dataFromLms: "" };
    const page = {
      identifier: "i2",
      title: "Page",
      visible: true,
      launch: { path: "index.html", query: "?a=1" },
      kind: "sco",
      data: { ...silent, masteryScore: "80", resource: "r1" },
      children: [],
    };
    expect(await scorm12Format.read(files, report)).to.deep.equal({
      standard: "SCORM",
      edition: "1.2",
      identifier: "m1",
      title: "Course",
      items: [{ identifier: "i1", title: "Part", visible: true, kind: "asset", data: { ...silent, resource: "" }, children: [page] }],
    });
  });

  it("is surest of what says SCORM 1.2, and claims nothing else", async () => {
    const versions: [metadata: string, sureness: number][] = [[metadata, 1], ["", 0.5], ["<metadata><schemaversion>2004 4th Edition</schemaversion></metadata>", 0]];
    for (const [said, sureness] of versions) expect(await scorm12Format.detect(formatFiles(manifestXml({ metadata: said, attributes: "" }), []).files)).to.equal(sureness);
    const { files } = packageOf(["cmi5.xml"]);
    expect(await scorm12Format.detect({ ...files, xml: () => parse("<x/>") })).to.equal(0);
  });

  it("reports an error for what it cannot read", async () => {
    const { files, report, diagnostics } = formatFiles(manifestXml({}), []);
    expect((await scorm12Format.read(files, report)).items).to.deep.equal([]);
    expect(codes(diagnostics)).to.include("error nothing_to_open");
  });
});

describe("references in a manifest", () => {
  const joins: [href: string, parameters: string, joined: string][] = [
    ["a.html", "", "a.html"],
    ["a.html", "?x=1", "a.html?x=1"],
    ["a.html", "x=1", "a.html?x=1"],
    ["a.html", "&x=1", "a.html?x=1"],
    ["a.html", "??&x=1", "a.html?x=1"],
    ["a.html?y=2", "?x=1", "a.html?y=2&x=1"],
    ["a.html?y=2", "&x=1", "a.html?y=2&x=1"],
    ["a.html", "#top", "a.html#top"],
    ["a.html#end", "#top", "a.html#end"],
    ["a.html?y=2#end", "#top", "a.html?y=2#end"],
    ["a.html#end", "x=1", "a.html?x=1#end"],
    ["a.html?y=2#end", "?x=1", "a.html?y=2&x=1#end"],
    ["a.html", "?x=1#top", "a.html?x=1#top"],
    ["a.html?y=2", "", "a.html?y=2"],
  ];
  for (const [href, parameters, joined] of joins) {
    it(`join “${href}” and “${parameters}” to “${joined}”`, async () => {
      const items = `<item identifier="i1" identifierref="r1" parameters="${parameters.replaceAll("&", "&amp;")}"><title>First</title></item>`;
      const resources = `<resource identifier="r1" adlcp:scormtype="sco" href="${href}"/>`;
      expect((await firstItem({ items, resources }, ["a.html"])).launch!.href).to.equal(joined);
    });
  }

  it("are looked up by path alone, dots resolved within the package", () => {
    const { files } = packageOf(["a/b.html", "c.html"]);
    expect(findFile(files, ["a/"], "./b.html")).to.deep.equal({ is: "file", path: "a/b.html" });
    expect(findFile(files, ["a/x/"], "../b.html")).to.deep.equal({ is: "file", path: "a/b.html" });
    expect(findFile(files, ["a/"], "/c.html")).to.deep.equal({ is: "file", path: "c.html" });
    expect(findFile(files, [], "%zz.html")).to.deep.equal({ is: "missing", path: "%zz.html" });
    expect(joinParameters({ query: "", fragment: "" }, " ")).to.equal("");
  });
});

describe("the edition of a manifest", () => {
  const versions: [schemaversion: string, name: string][] = [
    ["1.2", "SCORM 1.2"],
    ["1.1", "SCORM 1.2"],
    ["CAM 1.3", "SCORM 2004 2nd edition"],
    ["1.3", "SCORM 2004 2nd edition"],
    ["2004 3rd Edition", "SCORM 2004 3rd edition"],
    ["2004 4th Edition", "SCORM 2004 4th edition"],
    ["2004", "SCORM 2004"],
  ];
  for (const [version, name] of versions) {
    it(`is ${name} for schemaversion “${version}”`, async () => {
      const xml = `<manifest><metadata><schemaversion> ${version} </schemaversion></metadata></manifest>`;
      expect(detectEdition(await parse(xml))).to.include({ name, by: "schemaversion" });
    });
  }

  it("is told by namespaces where there is no schemaversion", async () => {
    const v1p3 = `<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"/>`;
    expect(detectEdition(await parse(v1p3))).to.deep.equal({ standard: "scorm2004", edition: null, name: "SCORM 2004", by: "namespace" });
    expect(detectEdition(await parse(`<manifest ${namespaces}/>`))).to.include({ standard: "scorm12", by: "namespace" });
  });
});

describe("real packages", () => {
  const shared = process.env["CADRE_SHARED"] ? new URL(`file://${process.env["CADRE_SHARED"]}/packages/`) : new URL("../../../shared/packages/", import.meta.url);
  const expected: [file: string, items: number | null, says: string[]][] = [
    ["scorm12/golf-ContentPackagingOneFilePerSCO_SCORM12.zip", 22, ["note assets_only"]],
    ["scorm12/golf-ContentPackagingWithMetadata_SCORM12-manifestonly.zip", 1, []],
    ["scorm12/golf-RuntimeMinimumCalls_SCORM12-mini.zip", 11, []],
    ["scorm12/golf-singlesco_scorm12.zip", 1, []],
    ["scorm12/golf-singlescobasic.zip", 1, []],
    ["scorm12/jcp-LaunchUrlFromNestedItem_SCORM12.zip", 7, []],
    ["scorm12/jcp-MultipleItemsWithIdentifierRef_SCORM12.zip", 3, []],
    ["scorm12/jcp-PrerequisitesTest_SCORM12.zip", 4, ["leniency name_in_other_case", "leniency prerequisites_in_words"]],
    ["scorm12/orca-er_rel_trainer-SCORM12.zip", 1, ["leniency namespace_missing", "leniency scormtype_missing", "note assets_only"]],
    ["scorm12/reload-interink.zip", 1, ["leniency schemaversion_missing"]],
    ["odd/jcp-ComplexNestedOrganization_SCORM12.zip", null, ["warning launch_file_missing", "warning item_cannot_open", "note several_organizations", "error nothing_to_open"]],
    ["odd/jcp-InvalidFileReferences_SCORM12.zip", null, ["warning launch_file_missing", "warning file_missing", "warning item_cannot_open", "error nothing_to_open"]],
    ["odd/jcp-ItemWithNonExistentResourceId_SCORM12.zip", 2, ["warning identifierref_dangling"]],
    ["odd/jcp-MissingRequiredFields_SCORM12.zip", null, ["warning launch_file_missing", "warning item_cannot_open", "warning title_missing", "error nothing_to_open"]],
    ["odd/jcp-ContentPackagingNoSchemaVersion_SCORM20042ndEdition.zip", null, ["error scorm2004_not_playable"]],
    ["scorm2004/golf-SequencingPostTestRollup4thEd_SCORM20044thEdition.zip", null, ["error scorm2004_not_playable"]],
  ];
  for (const [file, items, says] of expected) {
    it(`${file} ${items === null ? "is refused" : `has ${items} items`}${says.length > 0 ? `: ${says.join(", ")}` : ""}`, async function () {
      const url = new URL(file, shared);
      if (!existsSync(url)) return this.skip();
      const zip = new AdmZip(url.pathname);
      const { manifest, diagnostics } = readTree(await parse(zip.readAsText("imsmanifest.xml")), zip.getEntries().map(({ entryName }) => entryName));
      const count = (list: Item[]): number => list.reduce((sum, { children }) => sum + 1 + count(children), 0);
      expect(manifest && count(manifest.organizations.find(({ isDefault }) => isDefault)!.items)).to.equal(items);
      expect([...new Set(codes(diagnostics))]).to.deep.equal(says);
    });
  }
});
