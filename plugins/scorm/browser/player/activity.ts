import type { LearnerRequest } from "cadre";
import type { CommitResponse2004, Delivery } from "../../playing.ts";
import { createSession2004, type Valid2004 } from "../../runtime/scorm2004/index.ts";
import { api2004, type Api2004 } from "./api2004.ts";
import { keepCalls } from "./calls.ts";
import type { CommitTarget } from "./commit.ts";
import { openContentFrame, type ContentFrame } from "./content-frame.ts";
import type { Outbox } from "./outbox.ts";
import { createSender, type SenderOptions } from "./sender.ts";

declare global {
  interface Window {
    API_1484_11?: Api2004;
  }
}

export interface ActivityOptions extends Omit<CommitTarget, "timeoutMs">, Pick<SenderOptions, "now" | "report"> {
  outbox: Outbox;
  answered(answer: CommitResponse2004): void;
}

/** The activity that runs: its API, its content's frame and the way of its journal to the server. */
export interface RunningActivity {
  delivery: Delivery;
  /** Renews what adl.nav.request_valid answers. */
  allow(valid: Valid2004): void;
  /** Lets the content unload, then asks the server with all that it said last; false where the question waits for the server to be reached. */
  leave(navigation: { number: number; request: LearnerRequest }): Promise<boolean>;
  /** Takes the content away. */
  close(): Promise<void>;
  /** Answers content that is there still, as in a window of its own, that its session is over. */
  shut(): void;
  /** Shows the content again after it was taken away for nothing. */
  reopen(): void;
  /** Notes that a session is still alive and sends what there is. */
  save(): Promise<void>;
  /** Tells the server that this page is there still. */
  beat(): void;
  /** The page goes away: from now on by beacon. */
  unload(): void;
}

/** Starts an activity: first its API is in place, then its content is loaded. */
export function runActivity(delivery: Delivery, options: ActivityOptions): RunningActivity {
  const { now, answered } = options;
  const calls = keepCalls();
  const sender = createSender({
    ...options,
    launchId: delivery.launchId,
    ackSeq: delivery.state.seq,
    timeoutMs: 20_000,
    autosaveMs: 5000,
    more: (entries) => ({ activity: delivery.activity, ...calls.forPiece(entries) }),
    answered: (answer) => answered(answer as CommitResponse2004),
  });
  const session = createSession2004(delivery.setup, delivery.state, now, (entry) => sender.take(entry));
  window.API_1484_11 = api2004(session, now, calls.keep);
  let content: ContentFrame | null = null;
  const reopen = () => (content ??= openContentFrame(delivery.scoUrl ?? "about:blank", delivery.title));
  const close = async () => {
    const closing = content;
    content = null;
    await closing?.close();
  };
  reopen();
  return {
    delivery,
    allow: (valid) => session.allow(valid),
    async leave(navigation) {
      sender.hold();
      await close();
      session.tick();
      return sender.ask({ navigation });
    },
    close,
    shut: () => session.shut(),
    reopen,
    save() {
      session.tick();
      return sender.flush();
    },
    beat: () => sender.beat(),
    unload() {
      session.tick();
      sender.leave();
    },
  };
}
