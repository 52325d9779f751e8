/** Pages of this device that play the same content, so that only one of them does. */
export interface Presence {
  /** Whether another page plays it now. */
  others(): Promise<boolean>;
  /** Has the others stop; resolves once they have saved what they had, or don't answer. */
  takeOver(): Promise<void>;
  /** From now on this page plays; `stop` is called when another one takes over. */
  play(stop: () => Promise<void>): void;
  /** Whether a page of this device made this run, though it may be gone. */
  wasHere(launchId: string): boolean;
}

interface Message {
  is: "asking" | "playing" | "taking" | "stopped";
}

/** Long, for on a busy machine a page that plays would be passed over otherwise. */
const answerMs = 2000;
const stopMs = 6000;

/** `scope` as in the bootstrap. Where a browser has no storage or channel for us, there are no other pages. */
export function openPresence(scope: string, launchId: string): Presence {
  const channel = new BroadcastChannel(`cadre-player ${scope}`);
  const mark = `cadre-player ${scope}`;
  const tell = (is: Message["is"]) => channel.postMessage({ is } satisfies Message);

  function hears(is: Message["is"], withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
        if (data.is !== is) return;
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Whether certainly no page of this device plays it. */
  async function isFree(): Promise<boolean> {
    try {
      const { held } = await navigator.locks.query();
      return held?.every(({ name }) => name !== mark) ?? false;
    } catch {
      // The browser has no locks to give, as without TLS: then the other pages are asked.
      return false;
    }
  }

  /** The browser takes it back when the page is gone, however it went. */
  async function hold(until: Promise<void>): Promise<void> {
    try {
      await navigator.locks.request(mark, { mode: "shared" }, () => until);
    } catch {
      // As above.
    }
  }

  return {
    async others() {
      if (await isFree()) return false;
      const answer = hears("playing", answerMs);
      tell("asking");
      return answer;
    },
    async takeOver() {
      const stopped = hears("stopped", stopMs);
      if (await this.others()) {
        tell("taking");
        await stopped;
      }
    },
    play(stop) {
      let stopping: Promise<void> | undefined;
      let release = () => {};
      void hold(new Promise((resolve) => (release = resolve)));
      channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
        if (data.is === "asking" && !stopping) tell("playing");
        if (data.is === "taking") void (stopping ??= stop().finally(() => release())).then(() => tell("stopped"));
      });
      try {
        localStorage.setItem(mark, launchId);
      } catch {
        // Full or forbidden: the learner is asked once more than needed.
      }
    },
    wasHere(other) {
      try {
        return localStorage.getItem(mark) === other;
      } catch {
        return false;
      }
    },
  };
}
