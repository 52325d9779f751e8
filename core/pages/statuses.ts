/** How a state looks: `tone` is a class of cadre.css, `icon` a name of icons.ts. */
export interface StatusLook {
  tone: "good" | "warn" | "bad" | "active" | "plain";
  label: string;
  icon: string;
}

const looks: Readonly<Record<string, Omit<StatusLook, "label">>> = {
  "not-started": { tone: "plain", icon: "circle" },
  "in-progress": { tone: "active", icon: "half" },
  completed: { tone: "good", icon: "check-circle" },
  passed: { tone: "good", icon: "check-circle" },
  failed: { tone: "bad", icon: "x-circle" },
  locked: { tone: "plain", icon: "lock" },
  withdrawn: { tone: "plain", icon: "x-circle" },
  draft: { tone: "plain", icon: "edit" },
  published: { tone: "good", icon: "globe" },
  archived: { tone: "plain", icon: "archive" },
  importing: { tone: "active", icon: "refresh" },
  ready: { tone: "good", icon: "check-circle" },
  refused: { tone: "bad", icon: "x-circle" },
  healthy: { tone: "good", icon: "check-circle" },
  degraded: { tone: "warn", icon: "alert" },
  failing: { tone: "bad", icon: "x-circle" },
  "left-out": { tone: "warn", icon: "alert" },
  waiting: { tone: "plain", icon: "clock" },
  running: { tone: "active", icon: "refresh" },
  done: { tone: "good", icon: "check-circle" },
  "done-with-problems": { tone: "warn", icon: "alert" },
  dead: { tone: "bad", icon: "x-circle" },
  expired: { tone: "plain", icon: "clock" },
  error: { tone: "bad", icon: "x-circle" },
  warning: { tone: "warn", icon: "alert" },
  note: { tone: "plain", icon: "info" },
  leniency: { tone: "active", icon: "info" },
};

/** The look of a state; one that is not known here (a plugin's own) is shown plainly, by its name. */
export function statusOf(state: string): StatusLook {
  const words = state.replaceAll(/[-_]/g, " ");
  const look = Object.hasOwn(looks, state) ? looks[state] : undefined;
  return { tone: "plain", icon: "circle", ...look, label: words.charAt(0).toUpperCase() + words.slice(1) };
}
