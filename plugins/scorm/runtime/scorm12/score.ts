/** A score as numbers; a part that was never set or cannot be told is absent. */
export interface Score {
  raw?: number;
  min?: number;
  max?: number;
  /** From 0 to 1; only where it follows honestly from the rest. */
  scaled?: number;
}

/**
 * The score under `path` (as "cmi.core.score") as numbers, null when there is no raw value. `scaled` is given when raw lies between a known min
 * and max, or on SCORM 1.2's own scale of 0 to 100 when neither was set; min and max that contradict raw or each other are left out.
 */
export function scoreOf(cmi: Record<string, string>, path: string): Score | null {
  const [raw, min, max] = [numberOf(cmi[`${path}.raw`]), numberOf(cmi[`${path}.min`]), numberOf(cmi[`${path}.max`])];
  if (raw === undefined) return null;
  const contradicts = (min !== undefined && raw < min) || (max !== undefined && raw > max) || (min !== undefined && max !== undefined && min >= max);
  if (contradicts) return { raw };
  const [from, to] = [min ?? (max === undefined || max === 100 ? 0 : undefined), max ?? (min === undefined || min === 0 ? 100 : undefined)];
  const scaled = from === undefined || to === undefined ? {} : { scaled: (raw - from) / (to - from) };
  return { raw, ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...scaled };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}
