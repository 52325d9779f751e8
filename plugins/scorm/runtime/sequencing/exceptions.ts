/** Why a request was refused: the codes of the pseudo-code, each with a sentence for people. */
export const exceptions = {
  "NB.2.1-1": "The session has begun already.",
  "NB.2.1-2": "The session has not begun.",
  "NB.2.1-3": "Nothing is suspended that could be resumed.",
  "NB.2.1-4": "Here the course does not allow to continue.",
  "NB.2.1-5": "Here the course does not allow to go back.",
  "NB.2.1-6": "There is nothing before the root of the course.",
  "NB.2.1-7": "Forward and backward are not in use.",
  "NB.2.1-8": "An activity on the way may not be left by a choice.",
  "NB.2.1-9": "There is no way from here to the chosen activity.",
  "NB.2.1-10": "The chosen activity is in a cluster from which nothing may be chosen.",
  "NB.2.1-11": "The course has no such activity.",
  "NB.2.1-12": "The current activity has ended already.",
  "NB.2.1-13": "This request is unknown.",
  "TB.2.3-1": "The session has not begun.",
  "TB.2.3-2": "The current activity has ended already.",
  "TB.2.3-3": "There is nothing to suspend.",
  "TB.2.3-4": "The root of the course has no parent to leave.",
  "SB.2.1-1": "The course ends here.",
  "SB.2.1-2": "A cluster has no activities to offer.",
  "SB.2.1-3": "The course begins here.",
  "SB.2.1-4": "In this cluster one can only go forward.",
  "SB.2.2-1": "The next activity is in a cluster without flow.",
  "SB.2.2-2": "The next activity is not to be entered.",
  "SB.2.4-1": "An activity on the way stops what lies behind it.",
  "SB.2.4-2": "In this cluster one can only go forward.",
  "SB.2.4-3": "There is no way back from the root of the course.",
  "SB.2.5-1": "The session has begun already.",
  "SB.2.6-1": "The session has begun already.",
  "SB.2.6-2": "Nothing is suspended that could be resumed.",
  "SB.2.7-1": "The session has not begun.",
  "SB.2.7-2": "Here the course does not allow to continue.",
  "SB.2.8-1": "The session has not begun.",
  "SB.2.8-2": "Here the course does not allow to go back.",
  "SB.2.9-1": "Nothing was chosen.",
  "SB.2.9-2": "The chosen activity is not among those offered in this attempt.",
  "SB.2.9-3": "The chosen activity is hidden from choice.",
  "SB.2.9-4": "The chosen activity is in a cluster from which nothing may be chosen.",
  "SB.2.9-5": "There is no way from here to the chosen activity.",
  "SB.2.9-6": "A cluster on the way opens only when it is reached in order.",
  "SB.2.9-7": "An activity on the way may not be left by a choice.",
  "SB.2.9-8": "From here only what is next to this cluster may be chosen.",
  "SB.2.9-9": "The chosen cluster has nothing to show.",
  "SB.2.10-1": "The session has not begun.",
  "SB.2.10-2": "The current activity has not ended.",
  "SB.2.10-3": "There is nothing in the cluster to try again.",
  "SB.2.11-1": "The session has not begun.",
  "SB.2.11-2": "The current activity has not ended.",
  "SB.2.13-1": "The session has not begun.",
  "DB.1.1-1": "A cluster cannot be shown, only what is in it.",
  "DB.1.1-3": "The activity, or a cluster it is in, is not to be entered.",
  "DB.2-1": "The current activity has not ended.",
} as const;

export type ExceptionCode = keyof typeof exceptions;

/** A refusal: the code, and the activity at which it was met. */
export interface Refusal {
  exception: ExceptionCode;
  at: string | null;
}

/** A refusal at an activity. */
export function refusal(exception: ExceptionCode, at: { id: string } | null): Refusal {
  return { exception, at: at?.id ?? null };
}
