/** Kinds of plugins to begin with. */
export type ScaffoldKind = "page" | "integration" | "question";

/** The files of a new plugin, by path. */
export const scaffolds: Record<ScaffoldKind, (name: string) => Record<string, string>> = { page, integration, question };

const titleOf = (name: string): string => name.replace(/-/g, " ").replace(/^./, (letter) => letter.toUpperCase());
const schemaOf = (name: string): string => name.replaceAll("-", "_");

/** A page with a form that keeps something. */
function page(name: string): Record<string, string> {
  return {
    "index.ts": `import { definePlugin, page, redirect, sql, t, Table, type PersonalData } from "cadre";

/** A note: among what a person may export, and gone when they are erased. */
class Note extends Table {
  static override tableName = "${schemaOf(name)}.note";
  static override personalData: PersonalData = { subject: "author", onErase: "delete" };
  declare id: string;
  declare author: string;
  declare text: string;
  declare at: Date;
}

/** ${titleOf(name)}: a page on which people leave notes. */
export default definePlugin({
  name: "${name}",
  version: "1.0.0",
  summary: "A page on which people leave notes.",
  permissions: { "${name}.write": { label: "Leave notes", roles: ["user"] } },
  models: [Note],
  migrations: new URL("./migrations/", import.meta.url),
  templates: new URL("./templates/", import.meta.url),
  nav: [{ place: "main", label: "${titleOf(name)}", href: "/${name}", can: "${name}.write" }],
  routes: ({ page: show, form, get }) => [
    show("/", { can: "${name}.write", summary: "The notes." }, async (ctx) => page("${name}/notes", { page: { title: "${titleOf(name)}" }, notes: await notes(ctx.db) })),
    form("/", { can: "${name}.write", summary: "Leave a note.", body: t.Object({ text: t.String({ minLength: 1, maxLength: 500 }) }) }, async (ctx, { body }) => {
      await ctx.db.run(sql\`insert into ${schemaOf(name)}.note (author, text, at) values (\${ctx.actor.id}, \${body.text}, \${ctx.now()})\`);
      return redirect("/${name}");
    }),
    get("/notes", { can: "${name}.write", summary: "The notes, the latest first." }, (ctx) => notes(ctx.db)),
  ],
});

function notes(db: { rows<Row>(statement: ReturnType<typeof sql>): Promise<Row[]> }): Promise<Pick<Note, "id" | "text" | "at">[]> {
  return db.rows(sql\`select id, text, at from ${schemaOf(name)}.note order by at desc limit 100\`);
}
`,
    "migrations/0001_notes.ts": `/** Notes, and who left them. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(\`create table note (id uuid primary key default gen_random_uuid(), author uuid not null, text text not null, at timestamptz not null)\`);
}
`,
    "templates/notes.hbs": `{{#> layouts/main width="narrow"}}
<h1>{{page.title}}</h1>
<form method="post" action="/${name}">
{{> partials/csrf}}
<div class="field"><label for="text">Note</label><input id="text" name="text" required maxlength="500"></div>
<button type="submit">Leave it</button>
</form>
<ul>
{{#each notes}}
<li>{{text}} <span class="small muted">{{ago at}}</span></li>
{{/each}}
</ul>
{{/layouts/main}}
`,
    "test.ts": `import { expect } from "chai";
import { conformance, person, testHost, type TestHost } from "cadre/testing";
import plugin from "./index.ts";

conformance(plugin);

describe("${titleOf(name)}", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [plugin] })));
  after(() => host.stop());

  it("keeps a note that somebody leaves", async () => {
    const browser = await (await person(host)).browser();
    await browser.get("/${name}");
    expect((await browser.post("/${name}", { text: "Read chapter 3" })).status).to.equal(303);
    expect((await browser.get("/${name}")).text).to.contain("Read chapter 3");
  });

  it("sends a guest to sign in", async () => {
    expect((await host.browser().get("/${name}")).headers.get("location")).to.match(/^\\/sign-in/);
  });
});
`,
  };
}

/** Tells another service of what has happened here. */
function integration(name: string): Record<string, string> {
  return {
    "index.ts": `import { definePlugin, t } from "cadre";

/** ${titleOf(name)}: tells another service when a course is completed. */
export default definePlugin({
  name: "${name}",
  version: "1.0.0",
  summary: "Tells another service when a course is completed.",
  config: t.Object({
    url: t.String({ env: "${schemaOf(name).toUpperCase()}_URL", default: "", description: "Where to tell it; nothing is told while this is empty." }),
    token: t.String({ env: "${schemaOf(name).toUpperCase()}_TOKEN", default: "", secret: true, description: "The bearer token it wants." }),
  }),
  on: {
    // At least once, after the commit: the delivery's id lets the other side see a repetition.
    "course.completed": async (ctx, { userId, courseId }, { id }) => {
      if (!ctx.config.url) return;
      const answer = await ctx.fetch(ctx.config.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: \`Bearer \${ctx.config.token}\`, "Idempotency-Key": id },
        body: JSON.stringify({ userId, courseId }),
        signal: AbortSignal.timeout(10_000),
      });
      if (!answer.ok) throw new Error(\`The service answered \${answer.status}.\`);
    },
  },
});
`,
    "test.ts": `import { expect } from "chai";
import { conformance, testHost, type TestHost } from "cadre/testing";
import plugin from "./index.ts";

conformance(plugin);

describe("${titleOf(name)}", () => {
  const sent: { url: string; body: unknown; key: string | null }[] = [];
  let host: TestHost;
  before(async () => {
    host = await testHost({
      plugins: [plugin],
      settings: { "${name}": { url: "https://service.example/completions", token: "a-token" } },
      fetch: async (url, init) => {
        sent.push({ url: String(url), body: JSON.parse(String(init?.body)), key: new Headers(init?.headers).get("idempotency-key") });
        return new Response(null, { status: 204 });
      },
    });
  });
  after(() => host.stop());

  it("tells the service of a completed course, with a key against repetition", async () => {
    const [userId, courseId, enrollmentId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await host.context.transact((ctx) => ctx.emit("course.completed", { enrollmentId, userId, courseId }));
    await host.drain();
    expect(sent).to.have.length(1);
    expect(sent[0]).to.deep.include({ url: "https://service.example/completions", body: { userId, courseId } });
    expect(sent[0]?.key).to.be.a("string");
  });
});
`,
  };
}

/** A question type. */
function question(name: string): Record<string, string> {
  const type = name.replace(/^question-/, "");
  return {
    "index.ts": `import { definePlugin, question, t } from "cadre";

/** ${titleOf(name)}: a word, right when it is the wanted one, however it is written. */
export default definePlugin({
  name: "${name}",
  version: "1.0.0",
  summary: "Questions answered with one word.",
  questions: {
    "${type}": question({
      interaction: "fill-in",
      body: t.Object({ prompt: t.String({ minLength: 1 }) }),
      key: t.Object({ word: t.String({ minLength: 1 }) }),
      response: t.String({ maxLength: 200 }),
      grade: ({ key }, response) => (response.trim().toLowerCase() === key.word.toLowerCase() ? 1 : 0),
      template: \`<label for="{{id}}">{{body.prompt}}</label> <input id="{{id}}" name="response" value="{{response}}" required>\`,
    }),
  },
});
`,
    "test.ts": `import { conformance, testQuestion } from "cadre/testing";
import plugin from "./index.ts";

conformance(plugin);

testQuestion(
  plugin,
  "${type}",
  { body: { prompt: "What does P stand for in HTTP?" }, key: { word: "Protocol" } },
  { right: ["protocol", " Protocol "], wrong: ["port", ""], invalid: [7, null] },
);
`,
  };
}
