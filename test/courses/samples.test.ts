import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/host.ts";
import * as courses from "../../core/courses/courses.ts";
import { versionOf } from "../../core/courses/packages/store.ts";
import { installSamples } from "../../core/courses/samples.ts";
import { scorm12Format } from "../../plugins/scorm/format12.ts";

const folder = new URL("../../content-packages/", import.meta.url);
const scorm = definePlugin({ name: "scorm", version: "1.0.0", summary: "Reads SCORM 1.2.", formats: { scorm12: scorm12Format } });

interface SampleRow {
  id: string;
  title: string;
  status: string;
  items: { kind: string; content: { packageVersionId?: string; markdown?: string } }[];
}

describe("Sample courses", () => {
  let host: TestHost;
  beforeEach(async () => void (host = await testHost({ plugins: [scorm] })));
  afterEach(() => host?.stop());

  const installed = () =>
    host.context.db.rows<SampleRow>(sql`select course.id, title, status,
        (select json_agg(json_build_object('kind', kind, 'content', content)) from item where version_id = version.id) as items
      from course join course_version version on version.id = published_version_id order by title`);

  it("are installed and published, the package read without a complaint", async () => {
    expect(await installSamples(host.context, folder)).to.deep.equal(["passwords", "phishing"]);
    const rows = await installed();
    expect(rows.map(({ title, status, items }) => [title, status, items.map(({ kind }) => kind)])).to.deep.equal([
      ["Passwords and passkeys in practice", "published", ["page", "page", "page"]],
      ["Phishing: see it, report it", "published", ["page", "page", "page", "package"]],
    ]);
    const id = rows[1]?.items[3]?.content.packageVersionId ?? "";
    const version = await versionOf(host.context.db, id);
    expect(version).to.include({ format: "scorm12", standard: "SCORM", edition: "1.2", title: "A morning's inbox" });
    expect(version?.diagnostics).to.deep.equal([]);
    expect(version?.structure.items[0]?.launch?.path).to.equal("index.html");
  });

  it("are installed once, by several processes at once and at every later start, and stay archived", async () => {
    const names = await Promise.all([1, 2, 3].map(() => installSamples(host.context, folder)));
    expect(names.flat().sort()).to.deep.equal(["passwords", "phishing"]);
    for (const { id } of await installed()) await courses.archive(host.context, id);
    expect(await installSamples(host.context, folder)).to.deep.equal([]);
    expect((await installed()).map(({ status }) => status)).to.deep.equal(["archived", "archived"]);
  });
});
