import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import {
  created,
  definePlugin,
  event,
  filter,
  page,
  question,
  redirect,
  refuse,
  sql,
  survey,
  t,
  Table,
  type Context,
  type DeclaredIn,
  type Exporter,
  type Plugin,
} from "cadre";
import { person, testHost, type TestHost } from "cadre/testing";

const hooks = { "torch.naming": filter<string>("What is a torch called?"), "torch.asking": survey<string, number>("What is it worth?") };
const events = { "torch.lit": event("A torch was lit.", t.Object({ id: t.Id() })) };

declare module "cadre" {
  interface HookCatalogue extends DeclaredIn<typeof hooks> {}
  interface EventCatalogue extends DeclaredIn<typeof events> {}
  interface PluginFields<Config> {
    /** Asked for by the plugin of this test. */
    shades?: Record<string, { colour: string }>;
  }
}

class Torch extends Table {
  static override tableName = "torchs.torch";
  static override personalData = { subject: "owner", onErase: "delete" } as const;
  declare id: string;
  declare owner: string | null;
  declare title: string;
}

const said: string[] = [];
const heard = (what: string) => void said.push(what);

/** Every field of the contract once, each doing something that can be seen. */
const torchs = (folder: URL): Plugin =>
  definePlugin({
    name: "torchs",
    version: "1.2.3",
    summary: "Torchs that can be lit.",
    engine: "^1.0",
    requires: ["shades"],
    config: t.Object({ brightness: t.Integer({ default: 3 }), key: t.String({ env: "TORCHS_KEY", secret: true }) }),
    permissions: { "torchs.light": { label: "Light torchs", roles: ["user"] }, "torchs.own": { label: "Own torchs", roles: ["instructor"] } },
    errors: { torch_broken: { status: 409, summary: "The torch is broken." } },
    hooks: {
      "torch.naming": { order: "last", run: (_, name) => `${name}!` },
      "torch.asking": () => 7,
      "user.registering": (_, { email }) => (email.startsWith("dark") ? refuse("torch_broken", "No dark addresses.", { status: 409 }) : undefined),
    },
    on: { "torch.lit": async (ctx, { id }, { attempt }) => heard(`${id} lit, ${ctx.config.brightness}, try ${attempt}, by ${ctx.actor.kind}`) },
    feeds: { events: { batch: 10, from: "beginning", run: async (_, items) => items.forEach(({ name }) => heard(`feed ${name}`)) } },
    routes: ({ get, post, page: show, form }) => [
      get("/torchs", { can: "torchs.light", summary: "Torchs." }, (ctx) => ctx.db.table(Torch).orderBy("title")),
      post("/torchs", { can: "torchs.light", summary: "A torch.", body: t.Object({ title: t.String() }), status: 201 }, async (ctx, { body }) => {
        const title = await ctx.filter("torch.naming", body.title);
        const id = crypto.randomUUID();
        await ctx.transact(async (tx) => {
          await tx.db.table(Torch).insert({ id, owner: tx.actor.id, title });
          await tx.emit("torch.lit", { id });
          await tx.enqueue("dim", { id });
        });
        return created(`/api/v1/torchs/torchs/${id}`, { id, title });
      }),
      show("/", { can: "torchs.light", summary: "The page." }, () => page("torchs/shelf", { page: { title: "Shelf" }, torchs: ["<b>desk</b>"] })),
      form("/", { can: "torchs.light", summary: "The form.", body: t.Object({ watts: t.Integer() }) }, (_, { body }) => redirect(`/torchs?watts=${body.watts + 1}`)),
    ],
    jobs: (job) => ({ dim: job(t.Object({ id: t.Id() }), async (ctx, { id }) => heard(`${id} dimmed as ${ctx.plugin}`)) }),
    schedules: { nightly: { cron: "0 4 * * *", job: "dim", input: { id: "00000000-0000-7000-8000-000000000001" } } },
    models: [Torch],
    migrations: new URL("migrations/", folder),
    templates: new URL("templates/", folder),
    browser: new URL("browser/", folder),
    slots: { "catalogue.above": { template: "sign", data: (ctx) => ({ text: `Torchs at ${ctx.config.brightness}` }) } },
    nav: [{ place: "main", label: "Torchs", href: "/torchs", can: "torchs.light", order: "last" }],
    questions: {
      watts: question({ interaction: "numeric", body: t.Object({ prompt: t.String() }), key: t.Object({ answer: t.Number() }), response: t.Number(), grade: ({ key }, given) => (given === key.answer ? 1 : 0), template: `<label for="{{id}}">{{body.prompt}}</label><input id="{{id}}" name="{{name}}">` }),
    },
    exporters: {
      torchs: { label: "Torchs", summary: "Every torch.", can: "torchs.own", of: "site", mediaType: "text/csv; charset=utf-8", fileName: () => "torchs.csv", run: lines } satisfies Exporter,
    },
    provides: { hooks, events, contributions: { torchKinds: { summary: "Kinds of torchs." } } },
    start: async (ctx) => heard(`started with ${ctx.config.key.length} characters of key`),
    stop: async () => heard("stopped"),
  });

async function* lines(ctx: Context): AsyncGenerator<string> {
  yield "title\n";
  for (const { title } of await ctx.db.rows<{ title: string }>(sql`select title from torchs.torch order by title`)) yield `${title}\n`;
}

const shades = definePlugin({ name: "shades", version: "1.0.0", summary: "Asks for shades.", provides: { contributions: { shades: { summary: "Shades." } } }, shades: { red: { colour: "red" } } });

describe("Every field of a plugin", () => {
  let host: TestHost;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cadre-torchs-"));
    const write = async (path: string, text: string) => {
      await mkdir(join(folder, path, ".."), { recursive: true });
      await writeFile(join(folder, path), text);
    };
    await write("migrations/0001_torchs.js", "export const up = (run) => run(`create table torch (id uuid primary key, owner uuid references public.user_account, title text not null)`);");
    await write("templates/shelf.hbs", "{{#> layouts/main}}<ul>{{#each torchs}}<li>{{this}}</li>{{/each}}</ul>{{> partials/csrf}}{{/layouts/main}}");
    await write("templates/sign.hbs", "<p>{{text}}</p>");
    await write("browser/glow.ts", "document.title = `${document.title satisfies string} glows`;");
    await write("package.json", '{ "type": "module" }');
    host = await testHost({ plugins: [torchs(pathToFileURL(`${folder}/`)), shades], environment: { TORCHS_KEY: "a very secret key" } });
  });
  after(async () => {
    await host.stop();
    expect(said.at(-1)).to.equal("stopped");
    await rm(folder, { recursive: true });
  });

  it("config, start: settings come from the environment, and the secret is in no log", () => {
    expect(said).to.include("started with 17 characters of key");
    expect(JSON.stringify(host.log)).not.to.contain("a very secret key");
  });

  it("routes, permissions, models, migrations, hooks, on, feeds, jobs: a torch is made, told of, followed and dimmed", async () => {
    const ada = await person(host);
    const made = await ada.api<{ id: string; title: string }>("POST", "/torchs/torchs", { title: "Desk" });
    expect(made.status).to.equal(201);
    expect(made.json.title).to.equal("Desk!");
    await host.drain();
    expect(said).to.include.members([`${made.json.id} lit, 3, try 1, by system`, "feed torch.lit", `${made.json.id} dimmed as torchs`]);
    expect((await ada.api<{ owner: string }[]>("GET", "/torchs/torchs")).json.map(({ owner }) => owner)).to.deep.equal([ada.id]);
    expect((await host.request("GET", "/api/v1/torchs/torchs")).status).to.equal(401);
  });

  it("hooks of others: a guard of the core is asked", async () => {
    const browser = host.browser();
    await browser.get("/register");
    const refused = await browser.post("/register", { name: "Dark", email: "dark@example.org", password: "a horse on a staircase", next: "" });
    expect(refused.status).to.equal(409);
    expect(refused.text).to.contain("No dark addresses.");
  });

  it("templates, form, nav, browser: a page is drawn safely, its form is checked, a script is bundled", async () => {
    const browser = await (await person(host)).browser();
    const shown = await browser.get("/torchs");
    expect(shown.text).to.contain("&lt;b&gt;desk&lt;/b&gt;").and.contain('<a href="/torchs" aria-current="page">Torchs</a>');
    expect((await browser.post("/torchs", { watts: "40" })).headers.get("location")).to.equal("/torchs?watts=41");
    expect((await browser.post("/torchs", { watts: "many" })).status).to.equal(422);
    const href = host.context.site.assets.get("torchs/glow.js")?.href ?? "";
    expect((await host.request("GET", href)).text).to.contain("glows");
  });

  it("slots: something is shown on a page of the core", async () => {
    expect((await host.browser().get("/courses")).text).to.contain("<p>Torchs at 3</p>");
  });

  it("schedules: the job is queued when its time has come", async () => {
    await host.drain();
    host.advance(24 * 3_600_000);
    await host.drain();
    expect(said).to.include("00000000-0000-7000-8000-000000000001 dimmed as torchs");
  });

  it("questions, exporters: the core finds and uses them", async () => {
    const teacher = await person(host, { roles: ["instructor"] });
    const list = await teacher.api<{ name: string }[]>("GET", "/exports");
    expect(list.json.map(({ name }) => name)).to.include("torchs");
    const file = await teacher.api("GET", "/exports/torchs");
    expect(file.headers.get("content-type")).to.equal("text/csv; charset=utf-8");
    expect(file.text).to.equal("title\nDesk!\n");
  });

  it("provides: hooks, events and contributions of a plugin are the site's", async () => {
    expect((await host.context.survey("torch.asking", "x")).map(({ plugin, answer }) => [plugin, answer])).to.deep.equal([["torchs", 7]]);
    expect(host.host.contributions("shades")).to.deep.equal([{ plugin: "shades", value: { red: { colour: "red" } } }]);
    const documents = await Promise.all(["hooks", "events", "errors", "permissions"].map(async (list) => (await host.browser().get(`/docs/${list}`)).text));
    for (const [index, name] of ["torch.naming", "torch.lit", "torch_broken", "torchs.light"].entries()) expect(documents[index]).to.contain(name);
  });
});

describe("A plugin that can't start", () => {
  for (const [how, start] of [
    ["at once", () => { throw new Error("no luck."); }],
    ["later", () => Promise.reject(new Error("no luck"))],
  ] as const) {
    it(`is named, with what it says, when it fails ${how}`, async () => {
      const late = definePlugin({ name: "late", version: "1.0.0", summary: "Fails.", start });
      const failed: unknown = await testHost({ plugins: [late] }).then((host) => host.stop(), (error: unknown) => error);
      expect(failed).to.have.property("message", "Cadre can't start; one thing is wrong:\n  late: It could not start: no luck. [start_failed]");
    });
  }
});
