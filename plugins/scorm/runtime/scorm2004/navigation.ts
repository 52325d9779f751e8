/** A navigation request that content can make without naming a target (SN 5.6.4). */
export type PlainRequest = "continue" | "previous" | "exit" | "exitAll" | "abandon" | "abandonAll" | "suspendAll";

/** What a SCO asks for when it terminates. */
export type NavRequest2004 = { kind: PlainRequest; target?: undefined } | { kind: "choice" | "jump"; target: string };

const plain: readonly string[] = ["continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"] satisfies PlainRequest[];

/** Reads a value of adl.nav.request; null for "_none_" and for what is no request. Targets are case-sensitive. */
export function parseNavRequest(text: string): NavRequest2004 | null {
  if (plain.includes(text)) return { kind: text as PlainRequest };
  const [, target, kind] = /^\{target=([^{}]+)\}(choice|jump)$/.exec(text) ?? [];
  return target === undefined ? null : { kind: kind as "choice" | "jump", target };
}
