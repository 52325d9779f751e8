import type { Browser } from "playwright-core";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import type { BootOptions } from "../../core/main.ts";
import scorm from "../../plugins/scorm/index.ts";
import { chromiumOrSkip } from "./chromium.ts";
import { givenPackage } from "./packages.ts";

export interface SiteOptions {
  /** Given packages, by their paths below `packages/`, without which there is nothing to test. */
  needs?: readonly string[];
  settings?: () => Promise<BootOptions["settings"]>;
}

/** For a `describe`: a host with SCORM from its first test to its last. Where a package that it needs is not there, its tests are left out. */
export function scormSite({ needs = [], settings }: SiteOptions = {}): { readonly host: TestHost } {
  const made: { host?: TestHost } = {};
  before(async function () {
    if (!needs.every(givenPackage)) {
      console.log("      (the packages are not there; set CADRE_SHARED)");
      return this.skip();
    }
    made.host = await testHost({ plugins: [scorm], settings: await settings?.() });
  });
  after(() => made.host?.stop());
  return made as { readonly host: TestHost };
}

/** The same with a Chromium that all its tests share. */
export function scormInChromium(options?: SiteOptions): { readonly host: TestHost; readonly browser: Browser } {
  const made: { browser?: Browser } = {};
  after(() => made.browser?.close());
  const site = scormSite(options);
  before(async function () {
    made.browser = await chromiumOrSkip(this);
  });
  return {
    get host() {
      return site.host;
    },
    get browser() {
      return made.browser as Browser;
    },
  };
}
