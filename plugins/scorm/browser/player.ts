import type { Entry } from "../runtime/journal.ts";
import { createSession12, summary12 } from "../runtime/scorm12/index.ts";
import { api12, type Api12 } from "./player/api12.ts";
import { readBootstrap } from "./player/bootstrap.ts";
import { openContentFrame } from "./player/content-frame.ts";
import { openLmsChannel } from "./player/lms-channel.ts";
import { openOutbox } from "./player/outbox.ts";
import { recover } from "./player/recover.ts";
import { createSender } from "./player/sender.ts";

declare global {
  interface Window {
    API?: Api12;
  }
}

/** Goes on while the wall clock is set; what the entries and `sentAtMs` are measured by. */
const now = () => Math.round(performance.timeOrigin + performance.now());

/** Runs the launch that is embedded in the page: first what was left behind, then the API, then the content. */
async function play(): Promise<void> {
  const bootstrap = readBootstrap(document);
  const { launchId, setup } = bootstrap;
  const lms = openLmsChannel(bootstrap.lmsOrigin, launchId);
  const outbox = await openOutbox(bootstrap.scope, now());
  const start = await recover(bootstrap, outbox, now);

  let finishSeq = Infinity;
  let pending = 0;
  const sender = createSender({
    ...bootstrap,
    ackSeq: start.state.seq - start.unsent.length,
    timeoutMs: 20_000,
    autosaveMs: 5000,
    outbox,
    now,
    report(status) {
      pending = status.pending;
      lms.tell({ type: "cadre.status", state: status.state, pending });
      if (status.state === "saved" && status.savedAt) lms.tell({ type: "cadre.saved", at: status.savedAt });
      if (status.ackSeq < finishSeq) return;
      finishSeq = Infinity;
      const { lessonStatus, ended, score } = summary12(setup, session.state());
      lms.tell({ type: "cadre.finished", lessonStatus, ended, score });
    },
  });
  const session = createSession12(setup, start.state, now, (entry: Entry) => {
    if (entry[2] === "finish") finishSeq = entry[0];
    sender.take(entry);
  });
  for (const entry of start.unsent) sender.take(entry);

  window.API = api12(session);
  const content = openContentFrame(bootstrap.scoUrl, bootstrap.title);
  lms.tell({ type: "cadre.ready" });

  addEventListener("pagehide", () => (session.tick(), sender.leave()));
  addEventListener("pageshow", (event) => event.persisted && sender.stay());
  addEventListener("online", () => void sender.flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") session.tick();
    void sender.flush();
  });

  let leaving: Promise<void> | undefined;
  lms.onExit(() => (leaving ??= exit()));

  async function exit(): Promise<void> {
    await content.close();
    session.tick();
    await sender.flush();
    lms.tell({ type: "cadre.exited", saved: pending === 0 });
  }
}

void play();
