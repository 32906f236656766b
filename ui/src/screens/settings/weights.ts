// Shares of people as the file has them and as they are typed. Pure.

export interface WeightLine {
  /** The number at the service desk. */
  person: string;
  share: string;
}

export const LEAST_SHARE = 1;
export const MOST_SHARE = 100;

const isTable = (of: unknown): of is Record<string, unknown> => typeof of === 'object' && of !== null;
const isNumber = (text: string): boolean => /^[1-9]\d{0,14}$/.test(text);

export const toLines = (of: unknown): WeightLine[] =>
  isTable(of) ? Object.entries(of).map(([person, share]) => ({ person, share: String(share) })) : [];

/** Lines without a person are left out; what is no number stays as it was typed, to be told of. */
export const toWeights = (lines: readonly WeightLine[]): Record<string, number | string> =>
  Object.fromEntries(
    lines
      .filter((line) => line.person.trim())
      .map((line) => [line.person.trim(), isNumber(line.share.trim()) ? Number(line.share.trim()) : line.share.trim()]),
  );

/** A person who stands twice: only one of the shares would be kept. */
export function repeated(lines: readonly WeightLine[]): string | null {
  const people = lines.map((line) => line.person.trim()).filter(Boolean);
  return people.find((person, index) => people.indexOf(person) !== index) ?? null;
}

/** What is wrong with a table: a person that is no number, or a share out of bounds. */
export function faultOf(value: unknown): { person: string; fault: 'person' | 'share' } | null {
  for (const [person, share] of Object.entries(isTable(value) ? value : {})) {
    if (!isNumber(person)) return { person, fault: 'person' };
    if (typeof share !== 'number' || share < LEAST_SHARE || share > MOST_SHARE) return { person, fault: 'share' };
  }
  return null;
}
