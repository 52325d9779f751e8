import type { Context } from "../kernel/context.ts";
import type { Host } from "../kernel/host.ts";
import type { Outbox } from "./context.ts";
import type { Database } from "./database.ts";

export type WorkRole = "worker" | "scheduler";
export interface Work {
  outbox: Outbox;
  start(): Promise<void>;
  drain(): Promise<void>;
  stop(): Promise<void>;
}
export async function openWork(_: { host: Host; database: Database; context(): Context; roles: readonly WorkRole[]; now(): Date }): Promise<Work> {
  return { outbox: { emit: async () => undefined, enqueue: async () => undefined }, start: async () => undefined, drain: async () => undefined, stop: async () => undefined };
}
