/** An ISO 8601 duration in milliseconds (Data 4.6); null for one with years or months, whose length depends on where they are. */
export function durationMsOf(text: string): number | null {
  const [found, weeks, days, hours, minutes, seconds] = pattern.exec(text) ?? [];
  if (found === undefined) return null;
  const inSeconds = amount(weeks) * 604_800 + amount(days) * 86_400 + amount(hours) * 3600 + amount(minutes) * 60 + amount(seconds);
  return Math.round(inSeconds * 1000);
}

const number = String.raw`(\d+(?:[.,]\d+)?)`;
const pattern = new RegExp(`^P(?:${number}W)?(?:${number}D)?(?:T(?:${number}H)?(?:${number}M)?(?:${number}S)?)?$`);
const amount = (text = "0"): number => Number(text.replace(",", "."));
