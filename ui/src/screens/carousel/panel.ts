// The number of a record in the panel, as the address has it. Pure.

/** The number before the first slash; null where the address holds none. */
export function numberOf(id: string): number | null {
  const number = Number(id.split('/', 1)[0]);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** The number after the slash. */
export function secondOf(id: string): number | null {
  const rest = id.split('/')[1];
  return rest === undefined ? null : numberOf(rest);
}
