import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { testHost, type TestHost } from "../../core/testing/host.ts";
import { person, type Person } from "../courses/support.ts";
import { golf, leftBy, manifest, reading, realPackages, removeAll, until, upload, type PackageAnswer } from "./uploading.ts";
import { filesUnder, zipped, type Written } from "./zips.ts";

/** Knows a word that no package may have. */
const strict = definePlugin({
  name: "strict",
  version: "1.0.0",
  summary: "Looks for a word.",
  hooks: {
    "package.checking": async (_, { structure, files }) => [
      ...(files.has("tracker.js") ? [{ severity: "error", code: "tracker_found", message: "It holds a tracker.", path: "tracker.js", line: 1 } as const] : []),
      ...(structure.title === "Untested" ? [{ severity: "warning", code: "untested", message: "Nobody has tried it." } as const] : []),
    ],
  },
});

const nothing = { waiting: 0, contents: 0, rows: [0, 0, 0, 0] };
const right: Written[] = [{ name: "imsmanifest.xml", content: manifest() }, { name: "index.html", content: "<p>Golf</p>" }];
const zeros = () => ({ packed: deflateRawSync(Buffer.alloc(20 * 1024 ** 2), { level: 9 }), sizeBytes: 20 * 1024 ** 2 });

describe("Packages over the API", () => {
  let host: TestHost;
  let ines: Person;
  const installed: unknown[] = [];
  const listening = definePlugin({ name: "listening", version: "1.0.0", summary: "Listens.", on: { "package.installed": async (_, payload) => void installed.push(payload) } });

  before(async () => {
    host = await testHost({ plugins: [reading, strict, listening], settings: { http: { maxUploadBytes: 8 * 1024 ** 2 } } });
    ines = await person(host, "instructor");
  });
  after(() => host?.stop());
  afterEach(async () => {
    expect(host.log.filter(({ level }) => level === "error")).to.deep.equal([]);
    await removeAll(host);
  });

  it("are uploaded as a body or by a form, answered with their report, and found again", async () => {
    const sent = await upload(host, ines, "/packages?fileName=C:%5CDesktop%5Cgolf.zip", golf());
    expect(sent.status, sent.text).to.equal(201);
    const [version] = sent.json.versions;
    expect(version).to.deep.include({ number: 1, format: "scorm12", standard: "SCORM", edition: "1.2", title: "Golf", fileName: "golf.zip", files: 2, createdBy: ines.id, diagnostics: [] });
    expect(sent.json.structure.items.map(({ launch }) => launch?.path)).to.deep.equal(["index.html"]);
    expect(sent.location).to.equal(`/api/v1/packages/${sent.json.id}`);
    expect((await ines.api("GET", `/packages/${sent.json.id}`)).json).to.deep.equal(sent.json);

    const form = new FormData();
    form.append("file", new Blob([golf([], "Second") as BlobPart]), "zweite Fassung ü.zip");
    const formed = await fetch(`${host.url}/api/v1/packages`, { method: "POST", headers: { Authorization: `Bearer ${ines.token}` }, body: form });
    expect(((await formed.json()) as PackageAnswer).versions[0]?.fileName).to.equal("zweite Fassung ü.zip");

    const first = await ines.api<{ title: string }[]>("GET", "/packages?limit=1");
    expect(first.json.map(({ title }) => title)).to.deep.equal(["Second"]);
    const next = /<\/api\/v1([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect((await ines.api<{ title: string }[]>("GET", next)).json.map(({ title }) => title)).to.deep.equal(["Golf"]);
    expect((await leftBy(host)).waiting).to.equal(0);
    await host.drain();
    expect(installed).to.deep.include({ packageId: sent.json.id, versionId: version?.id, number: 1, format: "scorm12", courseId: null });
  });

  it("get new versions beside the old ones", async () => {
    const { id } = (await upload(host, ines, "/packages", golf())).json;
    const second = await upload(host, ines, `/packages/${id}/versions?fileName=b.zip`, golf([{ name: "more.js", content: "1" }], "Golf, revised"));
    expect(second.status, second.text).to.equal(201);
    expect([second.json.title, ...second.json.versions.map(({ number, files }) => `${number}: ${files}`)]).to.deep.equal(["Golf, revised", "2: 3", "1: 2"]);
    expect((await ines.api<{ title: string; number: number }[]>("GET", "/packages")).json).to.have.length(1).and.to.have.nested.property("[0].number", 2);
    const left = await leftBy(host);
    const refused = await upload(host, ines, `/packages/${id}/versions`, Buffer.from("no zip"));
    expect([refused.status, refused.json.code]).to.deep.equal([422, "zip_not_a_zip"]);
    expect(await leftBy(host)).to.deep.equal(left);
    expect((await upload(host, ines, "/packages/00000000-0000-7000-8000-000000000000/versions", golf())).json.code).to.equal("package_missing");
  });

  it("belong to who uploaded them, or to the staff of a course", async () => {
    const [other, learner] = [await person(host, "instructor"), await person(host, "learner")];
    const course = (await ines.api<{ id: string }>("POST", "/courses", { title: "Golf" })).json;
    const { id } = (await upload(host, ines, "/packages", golf())).json;
    const shared = (await upload(host, ines, `/packages?courseId=${course.id}`, golf())).json;
    expect(shared.courseId).to.equal(course.id);
    expect((await ines.api<{ id: string }[]>("GET", `/packages?courseId=${course.id}`)).json.map((each) => each.id)).to.deep.equal([shared.id]);
    for (const packageId of [id, shared.id]) {
      expect((await other.api("GET", `/packages/${packageId}`)).status).to.equal(404);
      expect((await other.api("DELETE", `/packages/${packageId}`)).status).to.equal(404);
      expect((await upload(host, other, `/packages/${packageId}/versions`, golf())).status).to.equal(404);
      expect((await learner.api("GET", `/packages/${packageId}`)).status).to.equal(403);
    }
    expect((await other.api<object[]>("GET", "/packages")).json).to.deep.equal([]);
    expect((await upload(host, other, `/packages?courseId=${course.id}`, golf())).status).to.equal(403);
    expect((await upload(host, learner, "/packages", golf())).status).to.equal(403);
    expect((await fetch(`${host.url}/api/v1/packages`, { method: "POST", body: golf() as BodyInit })).status).to.equal(401);
    const added = await upload(host, ines, "/packages?courseId=00000000-0000-7000-8000-000000000000", golf());
    expect([added.status, added.json.code]).to.deep.equal([404, "course_not_found"]);
  });

  it("can't be deleted while an item has them, and leave nothing when they are", async () => {
    const { id, versions } = (await upload(host, ines, "/packages", golf())).json;
    const course = (await ines.api<{ id: string }>("POST", "/courses", { title: "Greens" })).json;
    const module = (await ines.api<{ key: string }>("POST", `/courses/${course.id}/modules`, { title: "M" })).json;
    const item = (await ines.api<{ key: string; title: string }>("POST", `/courses/${course.id}/items`, { moduleKey: module.key, kind: "package", content: { packageVersionId: versions[0]?.id } })).json;
    expect(item.title).to.equal("Golf");
    const kept = await ines.api<PackageAnswer>("DELETE", `/packages/${id}`);
    expect([kept.status, kept.json.code, kept.json.detail]).to.deep.equal([409, "package_in_use", "It is part of “Greens”, so it can't be deleted."]);
    await ines.api("DELETE", `/courses/${course.id}/items/${item.key}`);
    expect((await ines.api("DELETE", `/packages/${id}`)).status).to.equal(204);
    expect((await leftBy(host)).rows.slice(0, 3)).to.deep.equal([0, 0, 0]);
    host.advance(3 * 86_400_000);
    await host.drain();
    expect(await leftBy(host)).to.deep.equal(nothing);
  });

  it("are refused by what plugins find, and warned of", async () => {
    const refused = await upload(host, ines, "/packages", golf([{ name: "tracker.js", content: "x" }]));
    expect([refused.status, refused.json.code, refused.json.detail]).to.deep.equal([422, "package_refused", "This package cannot be used: It holds a tracker."]);
    expect(refused.json.diagnostics).to.deep.equal([{ severity: "error", code: "tracker_found", message: "It holds a tracker.", path: "tracker.js", line: 1 }]);
    expect(await leftBy(host)).to.deep.equal(nothing);
    const warned = await upload(host, ines, "/packages", golf([], "Untested"));
    expect(warned.json.versions[0]?.diagnostics.map(({ code }) => code)).to.deep.equal(["untested"]);
  });

  const named = (name: string | Buffer, more: Partial<Written> = {}): Written[] => [...right, { name, content: "x", ...more }];
  const hostile: [string, () => Buffer, string, Partial<PackageAnswer["diagnostics"][number]>?][] = [
    ["something that is no zip", () => Buffer.from("<html>Sign in to the hotel's network</html>"), "zip_not_a_zip"],
    ["nothing at all", () => Buffer.alloc(0), "invalid_input"],
    ["a zip without a manifest", () => zipped([{ name: "index.html", content: "x" }]), "manifest_missing"],
    ["a manifest with a DOCTYPE", () => zipped([{ name: "imsmanifest.xml", content: `<?xml version="1.0"?>\n<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n${manifest().slice(22)}` }]), "xml_doctype", { path: "imsmanifest.xml", line: 2 }],
    ["a path out of the package", () => zipped(named("../../evil.html")), "zip_path_parent", { path: "../../evil.html" }],
    ["a symbolic link", () => zipped(named("link", { content: "/etc/passwd", mode: 0o120777 })), "zip_symlink", { path: "link" }],
    ["a bomb that says so", () => zipped(named("zeros", zeros())), "zip_ratio", { path: "zeros" }],
    ["a bomb that does not", () => zipped(named("zeros", { ...zeros(), sizeBytes: 900_000 })), "zip_size_mismatch", { path: "zeros" }],
    ["30,000 entries", () => zipped([...right, ...Array.from({ length: 30_000 - 2 }, (_, index) => ({ name: `f${index}`, method: 0 }))]), "zip_too_many_entries"],
    ["half a zip", () => golf([{ name: "big.bin", content: "y".repeat(5000), method: 0 }]).subarray(0, 3000), "zip_truncated"],
    ["launch files that are not there", () => zipped([{ name: "imsmanifest.xml", content: manifest(["a.html", "b.html"]) }]), "package_refused", { path: "imsmanifest.xml", severity: "error" }],
    ["a manifest that is not well-formed", () => zipped([{ name: "imsmanifest.xml", content: "<manifest>\n<a>\n</manifest>" }]), "xml_malformed", { line: 3 }],
    ["a password", () => zipped(named("secret.html", { flags: 0x801 })), "zip_encrypted", { path: "secret.html" }],
  ];
  for (const [what, zip, code, found] of hostile) {
    it(`are refused with ${what}, and leave nothing behind`, async () => {
      const { status, type, json } = await upload(host, ines, "/packages", zip());
      expect([status, type, json.code], json.detail).to.deep.equal([422, "application/problem+json", code]);
      if (code === "invalid_input") expect(json.errors).to.deep.include({ pointer: "/file", code: "required", message: "Choose a zip file; nothing arrived." });
      else expect(json.diagnostics.at(-1)).to.deep.include({ severity: "error", ...found });
      expect(await leftBy(host)).to.deep.equal(nothing);
    });
  }

  it("are refused with everything that is odd in their manifest, each with its line", async () => {
    const { json } = await upload(host, ines, "/packages", zipped([{ name: "imsmanifest.xml", content: manifest(["a.html", "b.html"]) }]));
    expect(json.detail).to.equal("This package cannot be used: No item of the course can be opened.");
    expect(json.diagnostics.map(({ severity, path, line, code }) => `${severity} ${path}:${line} ${code}`)).to.include.members([
      "warning imsmanifest.xml:7 scorm_launch_file_missing",
      "warning imsmanifest.xml:9 scorm_launch_file_missing",
      "error imsmanifest.xml:2 scorm_nothing_to_open",
    ]);
  });

  const forgiven: [string, () => Buffer, string[]][] = [
    ["a manifest in a folder", () => zipped(right.map((entry) => ({ ...entry, name: `my course/${entry.name.toString()}` }))), ["manifest_in_subfolder"]],
    ["a name in code page 437", () => golf([{ name: Buffer.from([0x82, 0x2e, 0x70, 0x6e, 0x67]), flags: 0, content: "x" }]), ["name_in_cp437"]],
    ["a manifest in UTF-16 with a mark", () => zipped([{ name: "imsmanifest.xml", content: Buffer.from(`\uFEFF${manifest().replace('"1.0"?', '"1.0" encoding="UTF-16"?')}`, "utf16le") }, right[1] as Written]), ["xml_in_utf16"]],
    ["backslashes in paths", () => golf([{ name: "media\\a.js", content: "x" }]), ["backslash_path"]],
  ];
  for (const [what, zip, codes] of forgiven) {
    it(`are taken with ${what}, which the report names`, async () => {
      const { status, text, json } = await upload(host, ines, "/packages", zip());
      expect(status, text).to.equal(201);
      expect(json.versions[0]?.diagnostics.map(({ code, severity }) => [code, severity])).to.deep.equal(codes.map((code) => [code, "leniency"]));
    });
  }

  it("leave nothing when the upload breaks off in the middle", async () => {
    const { hostname, port } = new URL(host.url);
    const waiting = () => filesUnder(join(host.context.site.dataDir, "uploads"));
    for (const type of ["application/zip", "multipart/form-data; boundary=b"]) {
      const socket = connect(Number(port), hostname);
      const head = type.startsWith("m") ? '--b\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n' : "";
      socket.write(`POST /api/v1/packages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ines.token}\r\nContent-Type: ${type}\r\nContent-Length: 900000\r\n\r\n${head}`);
      socket.write(golf().subarray(0, 300));
      await until(async () => (await waiting()).length === 1);
      socket.destroy();
      await until(async () => (await waiting()).length === 0);
    }
    expect(await leftBy(host)).to.deep.equal(nothing);
  });

  it("leave nothing for long when the process died in the middle of an upload", async () => {
    const folder = join(host.context.site.dataDir, "uploads");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "orphan"), "half");
    host.advance(2 * 86_400_000);
    await host.drain();
    expect(await filesUnder(folder)).to.deep.equal([]);
  });

  it("are refused when they are larger than the site allows, by an answer that arrives", async () => {
    const large = Buffer.alloc(9 * 1024 ** 2, "x");
    const { status, type, json } = await upload(host, ines, "/packages", large);
    expect([status, type, json.code]).to.deep.equal([413, "application/problem+json", "body_too_large"]);
    expect(await leftBy(host)).to.deep.equal(nothing);
  });

  for (const { name, open } of realPackages("scorm12")) {
    it(`are read as other people made them: ${name}`, async () => {
      const { status, text, json } = await upload(host, ines, `/packages?fileName=${name}`, await open());
      expect(status, text).to.equal(201);
      expect(json.versions[0]).to.deep.include({ format: "scorm12", fileName: name });
      expect(json.structure.items.length).to.be.greaterThan(0);
    });
  }
  for (const { name, open } of realPackages("odd").filter(({ name }) => name.includes("SCORM12"))) {
    it(`are told what is wrong with them: ${name}`, async () => {
      const { status, json } = await upload(host, ines, `/packages?fileName=${name}`, await open());
      if (status === 201) return expect(json.versions[0]?.diagnostics.length).to.be.greaterThan(0);
      expect([status, json.code]).to.deep.equal([422, "package_refused"]);
      expect(json.diagnostics.filter(({ severity, line }) => severity === "error" && line).length).to.be.greaterThan(0);
      expect(await leftBy(host)).to.deep.equal(nothing);
    });
  }
});
