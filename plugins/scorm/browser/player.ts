import type { Entry } from "../runtime/journal.ts";
import { createSession12, summary12 } from "../runtime/scorm12/index.ts";
import { api12, type Api12 } from "./player/api12.ts";
import { readBootstrap } from "./player/bootstrap.ts";
import { keepCalls } from "./player/calls.ts";
import { openContentFrame } from "./player/content-frame.ts";
import { openLmsChannel } from "./player/lms-channel.ts";
import { openOutbox } from "./player/outbox.ts";
import { openPresence } from "./player/presence.ts";
import { recover } from "./player/recover.ts";
import { createSender } from "./player/sender.ts";
import { giveUp, ourTurn, takeTurn } from "./player/turn.ts";

declare global {
  interface Window {
    API?: Api12;
  }
}

const beatMs = 45_000;

/** Goes on while the wall clock is set; what the entries and `sentAtMs` are measured by. */
const now = () => Math.round(performance.timeOrigin + performance.now());

/** Runs the launch that is embedded in the page: first our turn, then what was left behind, then the API, then the content. */
async function play(): Promise<void> {
  const bootstrap = readBootstrap(document);
  const { launchId, setup } = bootstrap;
  const lms = openLmsChannel(bootstrap.lmsOrigin, launchId);
  // Before anything plays there is nothing to save.
  let leave: () => Promise<void> = async () => {};
  let pending = 0;
  lms.onExit(() => void leave().then(() => lms.tell({ type: "cadre.exited", saved: pending === 0 })));

  const presence = openPresence(bootstrap.scope, launchId);
  const turn = await ourTurn(bootstrap, presence, () => lms.tell({ type: "cadre.elsewhere" }));
  const outbox = await openOutbox(bootstrap.scope, now());
  const recovered = await recover(bootstrap, outbox, now);
  const start = turn === "take" ? { ...recovered, state: await takeTurn(bootstrap, now) } : recovered;

  let finishSeq = Infinity;
  const calls = keepCalls();
  const sender = createSender({
    ...bootstrap,
    ackSeq: start.state.seq - start.unsent.length,
    timeoutMs: 20_000,
    autosaveMs: 5000,
    outbox,
    now,
    more: calls.forPiece,
    answered: ({ takenOver }) => void (takenOver && stop()),
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

  window.API = api12(session, now, calls.keep);
  const content = openContentFrame(bootstrap.scoUrl, bootstrap.title);
  lms.tell({ type: "cadre.ready" });
  presence.play(stop);

  addEventListener("pagehide", () => (session.tick(), sender.leave()));
  addEventListener("pageshow", (event) => event.persisted && sender.stay());
  addEventListener("online", () => void sender.flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") session.tick();
    void sender.flush();
  });
  setInterval(() => sender.beat(), beatMs);

  let ending: Promise<void> | undefined;
  leave = () => (ending ??= end());

  async function end(): Promise<void> {
    await content.close();
    session.tick();
    await sender.flush();
  }

  let stopping: Promise<void> | undefined;

  /** Another page plays now: what this one has is sent, and nothing more is taken. */
  function stop(): Promise<void> {
    return (stopping ??= leave().then(() => {
      lms.tell({ type: "cadre.elsewhere" });
      void giveUp(pending === 0);
    }));
  }
}

void play();
