import type { LearnerRequest } from "cadre";
import type { CommitResponse2004, Delivery, Move } from "../playing.ts";
import { runActivity, type RunningActivity } from "./player/activity.ts";
import { readBootstrap } from "./player/bootstrap.ts";
import type { Bootstrap2004 } from "./player/bootstrap2004.ts";
import { openLmsChannel } from "./player/lms-channel.ts";
import { openOutbox } from "./player/outbox.ts";
import { openPresence } from "./player/presence.ts";
import { recover2004 } from "./player/recover2004.ts";
import { giveUp, ourTurn } from "./player/turn.ts";

const beatMs = 45_000;

/** Goes on while the wall clock is set; what the entries and `sentAtMs` are measured by. */
const now = () => Math.round(performance.timeOrigin + performance.now());

/** Runs the course that is embedded in the page, one activity after the other, as the server delivers them. */
async function play(): Promise<void> {
  const bootstrap = readBootstrap<Bootstrap2004>(document);
  const lms = openLmsChannel(bootstrap.lmsOrigin, bootstrap.launchId);
  let running: RunningActivity | null = null;
  let asked = 0;
  let pending = 0;
  let leaving: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  lms.onExit(() => (leaving ??= exit()));

  const presence = openPresence(bootstrap.scope, bootstrap.launchId);
  if ((await ourTurn(bootstrap, presence, () => lms.tell({ type: "cadre.elsewhere" }))) === "take") return takeOver();
  // Opened anew, this page goes on where it was.
  history.replaceState(history.state, "", location.pathname);
  const outbox = await openOutbox(bootstrap.scope, now());
  const start = await recover2004(bootstrap, outbox, now);
  let { situation, message } = start;

  function show(delivery: Delivery | null, said: string | null): void {
    running = delivery && run(delivery);
    if (!running && said !== null) say(said);
    tell(said);
  }

  function run(delivery: Delivery): RunningActivity {
    document.querySelector("[data-nothing]")?.remove();
    const activity = runActivity(delivery, {
      ...bootstrap,
      outbox,
      now,
      report({ state, pending: left, savedAt }) {
        pending = left;
        lms.tell({ type: "cadre.status", state, pending });
        if (state === "saved" && savedAt) lms.tell({ type: "cadre.saved", at: savedAt });
      },
      answered: (answer) => void hear(activity, answer),
    });
    return activity;
  }

  /** What is said stays until the learner goes elsewhere. */
  function tell(said: string | null, ended = false): void {
    const { contents, controls } = situation;
    message = said;
    lms.tell({ type: "cadre.situation", contents, controls, message, ended });
  }

  async function hear(activity: RunningActivity, { move, situation: news, takenOver }: CommitResponse2004): Promise<void> {
    if (activity !== running || stopping) return;
    if (takenOver) return stop();
    if (news) {
      situation = news;
      activity.allow(news.valid);
    }
    if (move) await follow(activity, move);
    else if (news) tell(message);
  }

  async function follow(activity: RunningActivity, { delivery, ended, message: said }: Move): Promise<void> {
    if (delivery) {
      running = null;
      await activity.close();
      activity.shut();
      return show(delivery, said);
    }
    // What the content shows at its end stays to be read.
    if (ended) {
      activity.shut();
      running = null;
    } else activity.reopen();
    tell(said, ended);
    if (ended && !document.getElementById("sco")) say(said ?? "You have come to the end. Everything is saved.");
  }

  async function go(request: LearnerRequest): Promise<void> {
    if (!running) return lms.tell({ type: "cadre.reopen", target: request.kind === "choice" ? request.target : null });
    await running.leave({ number: ++asked, request });
  }

  /** Whether everything that was done here is with the server. */
  async function leave(): Promise<boolean> {
    const sent = running ? await running.leave({ number: ++asked, request: { kind: "leave" } }) : true;
    return sent && pending === 0;
  }

  async function exit(): Promise<void> {
    lms.tell({ type: "cadre.exited", saved: await leave() });
  }

  /** Another page plays now: what this one has is sent, and nothing more is taken. */
  function stop(): Promise<void> {
    return (stopping ??= leave().then((saved) => {
      running = null;
      lms.tell({ type: "cadre.elsewhere" });
      void giveUp(saved);
    }));
  }

  lms.onNavigate((request) => void go(request));
  addEventListener("pagehide", () => running?.unload());
  // The server may have gone on without this page.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("online", () => void running?.save());
  document.addEventListener("visibilitychange", () => void running?.save());

  setInterval(() => running?.beat(), beatMs);

  lms.tell({ type: "cadre.ready" });
  presence.play(stop);
  show(start.delivery, start.delivery ? start.message : (start.message ?? "Choose where to begin."));
}

/** Opens this page anew, as the one that plays. */
function takeOver(): void {
  const search = new URLSearchParams(location.search);
  search.set("take", "true");
  location.replace(`?${search}`);
}

/** Says something in the place of content. */
function say(message: string): void {
  const place = document.querySelector<HTMLElement>("[data-nothing]") ?? document.body.appendChild(document.createElement("p"));
  place.dataset.nothing = "";
  place.setAttribute("role", "status");
  place.textContent = message;
}

void play();
