import assert from "node:assert/strict";
import semver from "semver";
import { createLog } from "../kernel/log.ts";
import { nameProblem } from "../kernel/names.ts";
import type { Plugin } from "../kernel/plugin.ts";
import type { SettingsFile } from "../kernel/settings-file.ts";
import { schemaOf } from "../db/migrate.ts";
import { sql } from "../db/sql.ts";
import type { PlacedRoute } from "../http/table.ts";
import { boot } from "../main.ts";
import { engineVersion } from "../version.ts";
import { defineChecks, type Check } from "./checks.ts";
import { testHost, type LoggedLine, type TestHost } from "./host.ts";
import { callersFolder, filesIn, requirementsOf } from "./plugin-folder.ts";

export interface ConformanceOptions {
  /** Plugins to run with; those it requires are found by themselves where they lie beside it. */
  with?: readonly Plugin[];
  /** Settings that have no default. */
  settings?: SettingsFile;
  /** Where the plugin's files are; the folder of the calling test unless told. */
  folder?: URL;
}

/** Defines tests that hold any plugin to the contract, in an engine of its own. */
export function conformance(plugin: Plugin, options: ConformanceOptions = {}): void {
  const { checks, end } = conformanceChecks(plugin, { folder: callersFolder(), ...options });
  defineChecks(`The plugin ${plugin.name} keeps the contract:`, checks, end);
}

/** What `conformance` holds; call `end` afterwards. */
export function conformanceChecks(plugin: Plugin, { with: given = [], settings = {}, folder }: ConformanceOptions): { checks: Check[]; end(): Promise<void> } {
  let running: Promise<TestHost> | undefined;
  const plugins = async () => [...(await requirementsOf(plugin, given, folder)), plugin];
  const started = () => (running ??= plugins().then((all) => testHost({ plugins: all, settings })));
  const checks: Check[] = [
    { title: "is frozen, named, versioned, and for this version of Cadre", run: () => declaresItself(plugin) },
    { title: "starts with its requirements and default settings", run: async () => void (await started()) },
    { title: "says of each table what it knows about people", run: async () => knowsPeople(await started(), plugin) },
    { title: "names a permission and a summary for each route", run: async () => routesOf(await started(), plugin).forEach(declared) },
    { title: "lets a guest do what guests may and nothing else, and fails for nobody", run: async () => answersGuests(await started(), plugin) },
    { title: "declares each error code that it refuses with", run: async () => declaresErrors(await started(), folder) },
    { title: "has no template that lets markup through", run: () => escapesMarkup(plugin) },
    { title: "starts again on the same database, migrates nothing twice, and stops", run: async () => startsAgain(await started(), await plugins(), settings) },
    { title: "has logged no error", run: async () => assert.deepEqual((await started()).log.filter(({ level }) => level === "error").map(({ msg }) => msg), []) },
  ];
  const end = async () => {
    const host = await running?.catch(() => undefined); // that it did not start was found above
    await host?.stop();
  };
  return { checks, end };
}

function declaresItself(plugin: Plugin): void {
  assert.ok(Object.isFrozen(plugin), "make it with definePlugin({ … })");
  assert.equal(nameProblem(plugin.name), undefined);
  assert.ok(semver.valid(plugin.version), `"${plugin.version}" is no semantic version`);
  assert.match(plugin.summary, /^\S.*\.$/s, "the summary is a sentence");
  assert.ok(plugin.engine === undefined || semver.satisfies(engineVersion, plugin.engine), `its engine range ${plugin.engine} leaves out ${engineVersion}`);
}

async function knowsPeople(host: TestHost, { name, models = [] }: Plugin): Promise<void> {
  const schema = schemaOf(name);
  const tables = await host.context.db.rows<{ name: string }>(sql`select schemaname || '.' || tablename as name from pg_tables where schemaname = ${schema} and tablename <> 'migrations'`);
  const told = new Set(models.map(({ tableName }) => tableName));
  for (const { name } of tables) assert.ok(told.has(name), `no model says what the table ${name} knows about people; a person's export and erasure pass it by`);
  for (const { tableName, personalData } of models) assert.ok(personalData === "none" || personalData?.subject, `${tableName} does not say what it knows about people`);
}

const routesOf = (host: TestHost, { name }: Plugin): PlacedRoute[] => host.context.site.routes.filter((route) => route.plugin === name);

function declared({ method, fullPath, options: { can, summary } }: PlacedRoute): void {
  assert.ok(can, `${method} ${fullPath} names no permission`);
  assert.match(summary, /^\S.*\.$/s, `the summary of ${method} ${fullPath} is no sentence`);
}

async function answersGuests(host: TestHost, plugin: Plugin): Promise<void> {
  for (const route of routesOf(host, plugin)) {
    const { method, fullPath, kind, options } = route;
    const path = fullPath.replace(/\{[^}]*\}/g, "").replace(/[:*]\w+/g, "00000000-0000-7000-8000-000000000000");
    const origin = options.origin === "content" ? host.contentUrl : host.url;
    const takesBody = method !== "GET" && method !== "HEAD";
    const body = takesBody ? (kind === "form" ? new URLSearchParams() : "{}") : undefined;
    const headers = { Accept: kind === "api" ? "application/json" : "text/html", ...(body === "{}" && { "Content-Type": "application/json" }) };
    const { status, headers: answered } = await fetch(new URL(path, origin), { method, redirect: "manual", headers, body });
    const what = `${method} ${fullPath} answered a guest with ${status}`;
    assert.ok(status < 500, what);
    if (options.can === "anyone" || host.host.permissions.get(options.can)?.roles.includes("guest")) continue;
    const toSignIn = status === 303 && answered.get("location")?.startsWith("/sign-in") === true;
    const hidden = options.scope !== undefined && (status === 404 || status === 400); // where it would be allowed was looked for first
    assert.ok(status === 401 || status === 403 || toSignIn || hidden, `${what}, which its permission ${options.can} does not allow`);
  }
}

/** `folder` undefined: nothing to look at, because it is not known where its files are. */
function declaresErrors(host: TestHost, folder: URL | undefined): void {
  const sources = folder ? filesIn(folder, /(?<!\.d)\.[jt]s$/) : [];
  for (const { path, text } of sources) {
    for (const [, code = ""] of text.matchAll(/\brefuse\(\s*"([a-z0-9_]+)"/g)) assert.ok(host.host.errors.has(code), `${path} refuses with ${code}, which nobody declares under "errors"`);
  }
}

function escapesMarkup({ templates }: Plugin): void {
  for (const { path, text } of templates ? filesIn(templates, /\.hbs$/) : []) assert.doesNotMatch(text, /\{\{(\{|~?&)/, path);
}

async function startsAgain(host: TestHost, plugins: readonly Plugin[], settings: SettingsFile): Promise<void> {
  const lines: LoggedLine[] = [];
  const again = await boot({
    site: host.context.site.dataDir,
    discover: false,
    plugins,
    clock: () => host.context.now(),
    log: createLog({ level: "debug", write: (line) => void lines.push(JSON.parse(line) as LoggedLine) }),
    environment: { DATABASE_URL: host.database.url },
    settings: { ...settings, http: { ...settings.http, port: 0, contentPort: 0 } },
  });
  await again.stop();
  assert.deepEqual(lines.filter(({ level, migration }) => level === "error" || migration !== undefined), []);
}
