import type { Log } from "../kernel/context.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Host } from "../kernel/host.ts";
import { channelOf, type FeedName } from "./feeds.ts";
import { openSession, type Session } from "./session.ts";

/** Tells in this process that a feed has new rows, whichever process wrote them; for whoever shows them at once and can do without. */
export interface Announcements {
  /** Calls back for each announcement, and when some may have been missed. Answers how to stop. The first listener connects. */
  listen(source: FeedName, listener: () => void): () => void;
  close(): Promise<void>;
}

declare module "../kernel/context.ts" {
  interface Site {
    readonly announcements: Announcements;
  }
}

/** Announcements of every feed there is, over one connection that is opened when somebody listens. */
export function openAnnouncements({ url, host, log }: { url: string; host: Host; log: Log }): Announcements {
  const sources = host.contributions<Record<string, unknown>>("feedSources").flatMap(({ value }) => Object.keys(value));
  const listeners = new Set<{ channel: string; listener(): void }>();
  let session: Session | undefined;
  return {
    listen(source, listener) {
      const one = { channel: channelOf(source), listener };
      listeners.add(one);
      session ??= openSession({
        url,
        channels: sources.map(channelOf),
        onNotification: (channel) => [...listeners].filter((each) => channel === undefined || channel === each.channel).forEach((each) => each.listener()),
        onError: (error) => log.warn({ error }, `announcements lost their connection: ${messageOf(error)}`),
      });
      return () => void listeners.delete(one);
    },
    close: async () => session?.close(),
  };
}
