/** Where the editions of SCORM 2004 sequence differently. */
export interface SequencingSwitches {
  /** What a Continue behind the last activity does: the 4th edition ends the session, earlier ones refuse (SB.2.1-1). */
  continueBehindTheLast: "ends the session" | "is refused";
  /** Whether content may jump (4th edition). */
  jump: boolean;
  /** Whether progress measures roll up and decide completion (4th edition). */
  completionByMeasure: boolean;
  /** Whether attemptAbsoluteDurationLimit stops a further delivery; no edition demands it. */
  timeLimits: "enforced" | "told to content";
}

export type SequencingEdition = "2nd" | "3rd" | "4th";

/** The switches as an edition has them. */
export function switchesOf(edition: SequencingEdition): SequencingSwitches {
  const fourth = edition === "4th";
  return {
    continueBehindTheLast: fourth ? "ends the session" : "is refused",
    jump: fourth,
    completionByMeasure: fourth,
    timeLimits: "told to content",
  };
}
