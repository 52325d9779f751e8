import type { CommitResponse2004 } from "../../playing.ts";
import type { Bootstrap2004 } from "./bootstrap2004.ts";
import type { Outbox } from "./outbox.ts";
import { sendLeft } from "./recover.ts";

type Start2004 = Pick<Bootstrap2004, "delivery" | "situation" | "message">;

/** Sends what earlier pages of this learner and course left behind before anything starts; where the server makes another start of it, that one counts. */
export async function recover2004({ delivery, situation, message, ...target }: Bootstrap2004, outbox: Outbox, now: () => number): Promise<Start2004> {
  let start: Start2004 = { delivery, situation, message };
  for (const left of await outbox.leftBehind()) {
    const answer = (await sendLeft(target, outbox, left, now)) as CommitResponse2004 | undefined;
    if (answer?.move?.delivery && answer.situation) start = { delivery: answer.move.delivery, situation: answer.situation, message: answer.move.message };
  }
  return start;
}
