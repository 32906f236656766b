// Wrap-up reasons as the file has them and as they are typed. Pure.

export interface Codes {
  result?: number;
  type_call?: number;
}
export interface WrapupLine extends Codes {
  reason: string;
}

const isTable = (of: unknown): of is Record<string, Codes> => typeof of === 'object' && of !== null;

export const toLines = (of: unknown): WrapupLine[] =>
  isTable(of) ? Object.entries(of).map(([reason, codes]) => ({ reason, ...codes })) : [];

/** Lines without a reason are left out. */
export const toTable = (lines: readonly WrapupLine[]): Record<string, Codes> =>
  Object.fromEntries(lines.filter((line) => line.reason.trim()).map(({ reason, ...codes }) => [reason.trim(), codes]));

/** The word of a code that nobody has given. */
export const UNKNOWN = 'none';

/** A line with another code, or without it. */
export function withCode(line: WrapupLine, name: keyof Codes, chosen: string): WrapupLine {
  const { [name]: _former, ...rest } = line;
  return chosen === UNKNOWN ? rest : { ...rest, [name]: Number(chosen) };
}
