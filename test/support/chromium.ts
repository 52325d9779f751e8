import { existsSync } from "node:fs";
import sparticuz from "@sparticuz/chromium";
import { chromium, type Browser } from "playwright-core";

const flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" ");
/** Chromium hears only the last list of features to leave out, so Playwright's own is said again; then what draws the address bar, which takes half of the time of every new page. */
const without = [
  ..."AvoidCorsURLLoaderRestartOnRedirect AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsFirstBalancedModeAutoEnable HttpsUpgrades LensOverlay".split(" "),
  ..."AimEnabled MediaRouter NetworkTimeServiceQuerying OptimizationHints PaintHolding PreconnectToSearch TcpPortRandomizationWin ThirdPartyStoragePartitioning".split(" "),
  ..."SpareRendererForSitePerProcess WebUIOmniboxAimPopup WebUIOmniboxFullPopup WebUIOmniboxPopup".split(" "),
];
const installed = "/usr/bin/chromium";

export interface Manner {
  /** The tabs of one learner share a process, which costs a third of a process for each. */
  sharesProcesses?: true;
}

const flagsOf = ({ sharesProcesses }: Manner): string[] =>
  sharesProcesses
    ? [...flags, "--renderer-process-limit=1", "--disable-site-isolation-trials", `--disable-features=${[...without, "IsolateOrigins", "site-per-process"].join()}`]
    : [...flags, `--disable-features=${without.join()}`];

/** Starts Chromium: the machine's own, else the one that comes from npm (it unpacks to the folder for temporary files). Says why where neither starts. */
export async function startChromium(manner: Manner = {}): Promise<Browser | { missing: string }> {
  const reasons: string[] = [];
  for (const find of [() => (existsSync(installed) ? installed : undefined), () => sparticuz.executablePath()]) {
    try {
      const executablePath = await find();
      if (executablePath) return await chromium.launch({ executablePath, args: flagsOf(manner) });
    } catch (error) {
      reasons.push((error as Error).message.split("\n", 1)[0] ?? "");
    }
  }
  return { missing: `No Chromium starts here: ${reasons.join("; ") || "none is installed"}.` };
}

/**
 * For a `before`: the browser, or the suite is left out with the reason on screen. What fails is tried once more, unless the suite says
 * how often (`this.retries(0)` where nothing may fail even once, such as keeping work), for a browser on a busy machine has a pace of its
 * own; the end of the run names what passed only then.
 */
export async function chromiumOrSkip(test: Mocha.Context, manner?: Manner): Promise<Browser> {
  const suite = test.test?.parent;
  if (suite && suite.retries() < 0) suite.eachTest((each) => void each.retries(1));
  const started = await startChromium(manner);
  if (!("missing" in started)) return started;
  console.log(`      ${started.missing}`);
  return test.skip();
}
