import semver from "semver";
import type { EventDeclaration, HookDeclaration, HookOrder } from "./catalogue.ts";
import type { Log } from "./context.ts";
import { CadreError, isCadreError, messageOf, type ErrorDeclaration, type Problem } from "./errors.ts";
import { Hooks } from "./hooks.ts";
import { nameProblem } from "./names.ts";
import { cyclesIn, inOrder, ranks, requirementsOf } from "./order.ts";
import type { PermissionDeclaration } from "./permissions.ts";
import type { ContributionDeclaration, Gathering, Plugin } from "./plugin.ts";
import type { Environment, SettingsFile } from "./settings-file.ts";
import { describeSettings, secretsIn, settingsOf, type DescribedSetting } from "./settings.ts";

/** A part of the core: declared by the same contract as a plugin, but at home in the public schema and at the root of the paths. */
export type Part = Plugin;

export interface HostOptions {
  engineVersion: string;
  parts: readonly Part[];
  plugins: readonly Plugin[];
  settings: SettingsFile;
  environment: Environment;
  /** Names of plugins the site can do without: one that can't run is left out instead of stopping the boot. */
  optional?: readonly string[];
  /** The site's folder, for checks of what it holds. */
  site?: string;
  /** Found while looking for plugins, or in what they have for browsers. */
  problems?: readonly Problem[];
  log: Log;
}

/** Why an optional plugin does not run. */
export interface LeftOut {
  plugin: string;
  version: string;
  summary: string;
  problems: Problem[];
}

/** Everything that has been declared, checked and put in order; the same for every role of a process. */
export interface Host {
  engineVersion: string;
  /** Parts first, then plugins, each after what it requires. */
  plugins: readonly Plugin[];
  leftOut: readonly LeftOut[];
  hooks: Hooks;
  configs: ReadonlyMap<string, unknown>;
  permissions: ReadonlyMap<string, PermissionDeclaration & { plugin: string }>;
  errors: ReadonlyMap<string, ErrorDeclaration & { plugin: string }>;
  hookDeclarations: ReadonlyMap<string, HookDeclaration & { plugin: string }>;
  eventDeclarations: ReadonlyMap<string, EventDeclaration & { plugin: string }>;
  /** Settings values that must never be shown. */
  secrets: readonly string[];
  isPart(name: string): boolean;
  /** A plugin's settings with where they come from, secrets masked. */
  settingsOf(name: string): DescribedSetting[];
  /** What every plugin contributes under a field, in order. */
  contributions<T>(field: string): { plugin: string; value: T }[];
}

const kernelFields = new Set(["name", "version", "summary", "engine", "requires", "config", "checkConfig", "permissions", "hooks", "errors", "provides", "start", "stop"]);

/** Puts parts and plugins together. @throws boot_failed with every problem there is, each naming its plugin. */
export function createHost(options: HostOptions): Host {
  const optional = new Set(options.optional);
  const leftOut: LeftOut[] = [];
  let plugins = [...options.plugins];
  for (;;) {
    const all = [...options.parts, ...plugins];
    const found = (options.problems ?? []).filter(({ pointer }) => leftOut.every(({ plugin }) => plugin !== pointer));
    const problems = [...found, ...problemsOf(all, options)];
    const own = (name: string) => problems.filter(({ pointer }) => pointer === name);
    const failing = plugins.filter(({ name }) => optional.has(name) && own(name).length > 0 && own(name).every(({ code }) => code !== "optional_guard"));
    if (failing.length === 0) {
      if (problems.length > 0) throw bootFailed(problems);
      return assemble(inOrder(all, (plugin) => (options.parts.includes(plugin) ? 0 : 1)), leftOut, options);
    }
    for (const { name, version, summary } of failing) leftOut.push({ plugin: name, version, summary, problems: own(name) });
    plugins = plugins.filter((plugin) => !failing.includes(plugin));
  }
}

function assemble(plugins: Plugin[], leftOut: LeftOut[], options: HostOptions): Host {
  const declared = declarationsOf(plugins);
  const hooks = new Hooks(declared.hooks, options.log);
  const requirements = new Map(plugins.map(({ name }) => [name, [...requirementsOf(name, plugins)]]));
  for (const hook of declared.hooks.keys()) {
    const taps = plugins.flatMap(({ name, hooks: handlers }) => {
      const handler = (handlers as Record<string, Handler | { order: HookOrder; run: Handler }> | undefined)?.[hook];
      if (!handler) return [];
      return [{ name, requires: requirements.get(name), ...(typeof handler === "function" ? { order: "normal" as const, run: handler } : handler) }];
    });
    for (const { name, run } of inOrder(taps, ({ order }) => ranks[order])) hooks.tap(hook, name, run);
  }
  hooks.seal();
  const configs = new Map(plugins.map((plugin) => [plugin.name, settingsOf(plugin.config, options.settings[plugin.name], options.environment)]));
  return {
    engineVersion: options.engineVersion,
    plugins,
    leftOut,
    hooks,
    configs,
    permissions: declared.permissions,
    errors: declared.errors,
    hookDeclarations: declared.hooks,
    eventDeclarations: declared.events,
    secrets: plugins.flatMap((plugin) => secretsIn(plugin.config, configs.get(plugin.name))),
    isPart: (name) => options.parts.some((part) => part.name === name),
    settingsOf: (name) => describeSettings(name, plugins.find((plugin) => plugin.name === name)?.config, configs.get(name), options.settings[name], options.environment),
    contributions: <T>(field: string) =>
      plugins.flatMap((plugin) => {
        const value = (plugin as unknown as Record<string, T | undefined>)[field];
        return value === undefined ? [] : [{ plugin: plugin.name, value }];
      }),
  };
}

type Handler = (ctx: unknown, subject: unknown) => unknown;

function declarationsOf(plugins: readonly Plugin[]) {
  const owned = <T>(pick: (plugin: Plugin) => Record<string, T> | undefined) =>
    new Map(plugins.flatMap((plugin) => Object.entries(pick(plugin) ?? {}).map(([name, value]) => [name, { ...value, plugin: plugin.name }] as const)));
  return {
    hooks: owned<HookDeclaration>((plugin) => plugin.provides?.hooks),
    events: owned<EventDeclaration>((plugin) => plugin.provides?.events),
    contributions: owned<ContributionDeclaration>((plugin) => plugin.provides?.contributions),
    permissions: owned<PermissionDeclaration>((plugin) => plugin.permissions),
    errors: owned<ErrorDeclaration>((plugin) => plugin.errors),
  };
}

function problemsOf(plugins: readonly Plugin[], options: HostOptions): Problem[] {
  const { hooks, contributions } = declarationsOf(plugins);
  const names = new Set(plugins.map(({ name }) => name));
  const problems: Problem[] = [];
  const all: Gathering = { plugins, isPart: (plugin) => options.parts.includes(plugin), site: options.site };
  for (const plugin of plugins) {
    const problem = (code: string, message: string) => void problems.push({ pointer: plugin.name, code, message });
    const isPart = options.parts.includes(plugin);
    const misnamed = nameProblem(plugin.name);
    if (misnamed) problem("bad_name", misnamed);
    if (plugins.filter(({ name }) => name === plugin.name).length > 1) problem("duplicate_plugin", `Two plugins are called ${plugin.name}.`);
    if (!semver.valid(plugin.version)) problem("bad_version", `Its version "${plugin.version}" is no semantic version.`);
    if (plugin.engine !== undefined && !semver.satisfies(options.engineVersion, plugin.engine)) {
      problem("wrong_engine", `It is for Cadre ${plugin.engine}; this is ${options.engineVersion}.`);
    }
    for (const name of plugin.requires ?? []) if (!names.has(name)) problem("missing_requirement", `It requires the plugin ${name}, which is not there.`);
    for (const [name, handler] of Object.entries(plugin.hooks ?? {})) {
      const declared = hooks.get(name);
      if (!declared) problem("unknown_hook", `It taps the hook ${name}, which nobody declares${nearest(name, hooks.keys()) || "."}`);
      const run: unknown = typeof handler === "function" ? handler : (handler as { run?: unknown } | undefined)?.run;
      if (typeof run !== "function") problem("bad_hook", `Its handler of ${name} is no function.`);
      if (declared?.kind === "guard" && options.optional?.includes(plugin.name)) problem("optional_guard", `It guards ${name}, so it can't be optional: without it, what it forbids would be allowed.`);
    }
    for (const field of Object.keys(plugin).filter((name) => !kernelFields.has(name))) {
      const contribution = contributions.get(field);
      if (!contribution) problem("unknown_field", `Nobody asks for its field "${field}"${nearest(field, contributions.keys()) || "."}`);
      else for (const message of saidBy(() => contribution.check?.((plugin as unknown as Record<string, unknown>)[field], plugin, all))) problem("bad_contribution", `${field}: ${message}`);
    }
    for (const name of Object.keys(plugin.permissions ?? {})) {
      if (!isPart && !name.startsWith(`${plugin.name}.`)) problem("bad_permission", `Its permission ${name} must begin with "${plugin.name}.".`);
    }
    try {
      const config = settingsOf(plugin.config, options.settings[plugin.name], options.environment);
      for (const message of saidBy(() => plugin.checkConfig?.(config as never))) problem("bad_settings", message);
    } catch (error) {
      if (!isCadreError(error)) throw error;
      const fields = error.problems.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`).join("; ");
      problem("bad_settings", fields ? `Its settings are not valid: ${fields}${variableHint(plugin, error.problems)}.` : error.message);
    }
  }
  problems.push(...duplicates(plugins));
  for (const cycle of cyclesIn(plugins)) problems.push({ pointer: cycle[0] ?? "", code: "requirement_cycle", message: `It requires itself: ${[...cycle, cycle[0]].join(" → ")}.` });
  return problems;
}

/** Hooks, events, permissions, error codes and contributions have one owner each. */
function duplicates(plugins: readonly Plugin[]): Problem[] {
  const kinds: [string, (plugin: Plugin) => object | undefined][] = [
    ["hook", (plugin) => plugin.provides?.hooks],
    ["event", (plugin) => plugin.provides?.events],
    ["contribution", (plugin) => plugin.provides?.contributions],
    ["permission", (plugin) => plugin.permissions],
  ];
  return kinds.flatMap(([kind, pick]) => {
    const owners = new Map<string, string>();
    return plugins.flatMap((plugin) =>
      Object.keys(pick(plugin) ?? {}).flatMap((name) => {
        const owner = owners.get(name);
        owners.set(name, owner ?? plugin.name);
        return owner === undefined ? [] : [{ pointer: plugin.name, code: `duplicate_${kind}`, message: `It declares the ${kind} ${name}, which is ${owner}'s.` }];
      }),
    );
  });
}

/** What a check of a part's or plugin's own says; one that fails says why. */
function saidBy(check: () => readonly string[] | undefined): readonly string[] {
  try {
    return check() ?? [];
  } catch (error) {
    return [messageOf(error)];
  }
}

function variableHint({ config }: Plugin, problems: readonly Problem[]): string {
  const { properties = {} }: { properties?: Record<string, { env?: string }> } = config ?? {};
  const variables = problems.flatMap(({ pointer }) => properties[pointer.split("/")[1] ?? ""]?.env ?? []);
  return variables.length > 0 ? ` (set ${[...new Set(variables)].join(", ")})` : "";
}

function nearest(name: string, known: Iterable<string>): string {
  const near = [...known].find((candidate) => candidate.startsWith(name.slice(0, 5)) || candidate.endsWith(name.slice(-6)));
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** The one error of a boot that found problems, each line naming whose it is. */
export function bootFailed(problems: readonly Problem[]): CadreError {
  const lines = problems.map(({ pointer, code, message }) => `  ${pointer}: ${message} [${code}]`);
  return new CadreError("boot_failed", `Cadre can't start; ${problems.length === 1 ? "one thing is" : `${problems.length} things are`} wrong:\n${lines.join("\n")}`, {
    status: 500,
    problems: [...problems],
  });
}

