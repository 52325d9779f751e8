import { expect } from "chai";
import { isCadreError } from "../../core/kernel/errors.ts";

/** The code of the refusal that the work ends with; fails when it ends well or with a fault. */
export async function refusal(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (isCadreError(error)) return error.code;
    throw error;
  }
  return expect.fail("it was not refused");
}
