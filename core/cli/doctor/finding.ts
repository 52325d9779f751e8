import type { Host } from "../../kernel/host.ts";
import type { Environment } from "../../kernel/settings-file.ts";

/** One thing that was looked at. `doubtful` is worth a look and keeps nothing from running. */
export interface Finding {
  name: string;
  state: "good" | "doubtful" | "wrong";
  /** What was seen, and how to mend it unless it is good. */
  detail: string;
}

/** The site that is examined: its settings are checked, nothing runs. */
export interface Patient {
  site: string;
  environment: Environment;
  host: Host;
}

export const good = (name: string, detail: string): Finding => ({ name, state: "good", detail });
export const doubtful = (name: string, detail: string): Finding => ({ name, state: "doubtful", detail });
export const wrong = (name: string, detail: string): Finding => ({ name, state: "wrong", detail });
