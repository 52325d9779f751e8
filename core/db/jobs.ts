import type { Context } from "../kernel/context.ts";
import type { Host } from "../kernel/host.ts";
import type { ContributionDeclaration, Plugin } from "../kernel/plugin.ts";
import { checker, type Static, type TSchema } from "../kernel/schema.ts";
import { retriesOf, retryProblems, type Delivery, type Queue, type Retries } from "./queue.ts";

/** A job as a plugin declares it: the schema of its input, and what it does. */
export interface JobDeclaration {
  input: TSchema;
  run(ctx: Context<never>, input: never, delivery: Delivery): Promise<void>;
  retries: Retries;
}

/** Declares a job: `jobs: (job) => ({ settle: job(t.Object({…}), async (ctx, input) => {…}, { attempts: 3 }) })`. */
export type JobMaker<Config> = <S extends TSchema>(
  input: S,
  run: (ctx: Context<Config>, input: Static<S>, delivery: Delivery) => Promise<void>,
  retries?: Retries,
) => JobDeclaration;

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Work to be done apart from a request: durable, at least once, tried again, buried after its attempts, replayable. */
    jobs?: (job: JobMaker<Config>) => Record<string, JobDeclaration>;
  }
}

/** A plugin's jobs by their short names. */
export function jobsIn(plugin: Plugin): Record<string, JobDeclaration> {
  return typeof plugin.jobs === "function" ? plugin.jobs(makeJob) : {};
}

/** The job called `name` in `plugin` (`settle`), or in another by its full name (`stripe.settle`). */
export function findJob(plugins: readonly Plugin[], plugin: string, name: string): JobDeclaration | undefined {
  const [owner, short] = name.includes(".") ? (name.split(".", 2) as [string, string]) : [plugin, name];
  const found = plugins.find((candidate) => candidate.name === owner);
  return found && jobsIn(found)[short];
}

/** One queue for each job, `stripe.settle`. Inputs are checked again when they are run: the code may have changed since. */
export function jobQueues(host: Host): (Queue & { check(input: unknown): unknown })[] {
  return host.plugins.flatMap((plugin) =>
    Object.entries(jobsIn(plugin)).map(([short, { input, run, retries }]) => {
      const name = `${plugin.name}.${short}`;
      const check = (value: unknown): unknown => checker(input)(value, `input of the job ${name}`);
      return { kind: "job" as const, name, plugin: plugin.name, retries: retriesOf(retries), check, run: (ctx, content, delivery) => run(ctx as Context<never>, check(content) as never, delivery) };
    }),
  );
}

export const jobsField: ContributionDeclaration = {
  summary: "Work to be done apart from a request: durable, tried again, buried after its attempts, replayable.",
  check: (value, plugin) => {
    if (typeof value !== "function") return ["must be a function: (job) => ({ … })"];
    return Object.entries(jobsIn(plugin)).flatMap(([name, job]) => {
      if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) return [`"${name}" is no camelCase name`];
      if (typeof job?.run !== "function" || typeof job.input !== "object") return [`${name} is not made by job(schema, run)`];
      return retryProblems(name, job.retries);
    });
  },
};

const makeJob: JobMaker<never> = (input, run, retries = {}) => ({ input, run: run, retries });
