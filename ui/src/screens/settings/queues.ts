// Queues as the file has them and as they are typed. Pure.

export const lists = ['teams', 'operators', 'calls'] as const;
type List = (typeof lists)[number];
export type QueueWords = Partial<Record<List, string[]>>;
export type QueueLine = { name: string } & Record<List, string>;

const isTable = (of: unknown): of is Record<string, QueueWords> => typeof of === 'object' && of !== null;

/** Words between commas: trimmed, each once. */
const wordsOf = (typed: string): string[] => [
  ...new Set(
    typed
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  ),
];

export const toLines = (of: unknown): QueueLine[] =>
  isTable(of)
    ? Object.entries(of).map(([name, words]) => ({
        name,
        teams: (words.teams ?? []).join(', '),
        operators: (words.operators ?? []).join(', '),
        calls: (words.calls ?? []).join(', '),
      }))
    : [];

/** Lists without words and lines without a name are left out. */
export const toQueues = (lines: readonly QueueLine[]): Record<string, QueueWords> =>
  Object.fromEntries(
    lines
      .filter((line) => line.name.trim())
      .map((line) => [
        line.name.trim(),
        Object.fromEntries(
          lists.map((list) => [list, wordsOf(line[list])] as const).filter(([, words]) => words.length > 0),
        ),
      ]),
  );

/** A name that stands twice: only one of them would be kept. */
export function repeated(lines: readonly QueueLine[]): string | null {
  const names = lines.map((line) => line.name.trim()).filter(Boolean);
  return names.find((name, index) => names.indexOf(name) !== index) ?? null;
}
