/** What a learner, content or the LMS can ask of the sequencer; targets are activity ids. */
export type NavigationRequest =
  | { kind: "start" | "resumeAll" | "continue" | "previous" | "exit" | "exitAll" | "abandon" | "abandonAll" | "suspendAll" }
  | { kind: "choice" | "jump"; target: string };

export type TerminationRequest = "exit" | "exitAll" | "abandon" | "abandonAll" | "suspendAll";

/** What is asked once the current activity has ended. */
export type SequencingRequest =
  | { kind: "start" | "resumeAll" | "continue" | "previous" | "retry" | "exit" }
  | { kind: "choice" | "jump"; target: string };

/** A request in words: "choice of lesson_2". */
export function asked(request: NavigationRequest | SequencingRequest): string {
  return "target" in request ? `${request.kind} of ${request.target}` : request.kind;
}
