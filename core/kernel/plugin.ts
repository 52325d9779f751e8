import type { EventDeclaration, HookDeclaration, HookHandlers } from "./catalogue.ts";
import type { Context } from "./context.ts";
import type { ErrorDeclaration } from "./errors.ts";
import type { PermissionDeclaration } from "./permissions.ts";
import type { Static, TSchema } from "./schema.ts";

/**
 * A field that plugins may contribute, as the part or plugin that asks for it declares it in `provides.contributions`.
 * `check` names what is wrong with one plugin's value, so that boot can report every problem at once.
 */
export interface ContributionDeclaration {
  summary: string;
  check?(value: unknown, plugin: Plugin, all: Gathering): string[];
}

/** Everything that is about to start together, for what can only be checked across plugins. */
export interface Gathering {
  plugins: readonly Plugin[];
  /** True for a part of the core, whose tables lie in the public schema. */
  isPart(plugin: Plugin): boolean;
  /** The site's folder, where there is one. */
  site?: string;
}

/**
 * The fields of a plugin. The kernel knows those below; the core's parts (and plugins that others extend) add theirs by
 * declaration merging: `declare module "cadre" { interface PluginFields<Config> { … } }`.
 */
export interface PluginFields<Config> {
  /** What the schema of the settings can't say, such as two that contradict each other: a sentence for each thing wrong, told at boot. Changes nothing. */
  checkConfig?: (config: Config) => readonly string[];
  /** What may be done, and by whom from the start. Names begin with the plugin's: `stripe.refund`. */
  permissions?: Record<string, PermissionDeclaration>;
  hooks?: HookHandlers<Config>;
  /** The error codes this plugin refuses with, for `/docs/errors`. */
  errors?: Record<string, ErrorDeclaration>;
  /** What this plugin offers to others. */
  provides?: {
    hooks?: Record<string, HookDeclaration>;
    events?: Record<string, EventDeclaration>;
    contributions?: Record<string, ContributionDeclaration>;
  };
  /** After everything is in place and before the first request. */
  start?: (ctx: Context<Config>) => Promise<void>;
  /** In reverse order of start; must not throw. */
  stop?: (ctx: Context<Config>) => Promise<void>;
}

export interface PluginIdentity {
  /** kebab-case, and none of those that are reserved, such as `public`; also the schema in PostgreSQL, the path under `/api/v1`, the template folder and the log label. */
  name: string;
  /** Semantic version. */
  version: string;
  /** One sentence for the plugins page. */
  summary: string;
  /** The range of Cadre versions it works with; any, unless told. */
  engine?: string;
  /** Plugins that must be there and run before it. */
  requires?: readonly string[];
}

/** What `definePlugin` takes. `config` is an object schema; its `Static` type is `ctx.config` in every handler. */
export type PluginDefinition<Schema extends TSchema> = PluginIdentity & { config?: Schema } & PluginFields<Static<Schema>>;

/** A plugin as the host holds it, its settings' type forgotten. */
export interface Plugin extends PluginIdentity, PluginFields<never> {
  config?: TSchema;
}

/** Gives a plugin its types and freezes it. Importing a plugin does nothing else. */
export function definePlugin<Schema extends TSchema>(plugin: PluginDefinition<Schema>): Plugin {
  return Object.freeze(plugin);
}
