import { expect } from "chai";
import type { Frame } from "playwright-core";
import { eventually } from "./eventually.ts";

/**
 * Waits until this is true in a frame's page. It is asked anew each time: what waits in the empty document that a frame has at first is
 * lost without a word when its page comes, for they share a window.
 */
export async function becomes(frame: Frame, expression: string): Promise<Frame> {
  await eventually(async () => expect(await frame.evaluate(`Boolean(${expression})`), expression).to.equal(true));
  return frame;
}
