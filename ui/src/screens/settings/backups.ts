// When a backup was made, as its folder's name says: `pult-20261105T110214123Z`. Pure.

export function madeAt(name: string): Date | null {
  const found = /(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})?Z$/.exec(name);
  if (!found) return null;
  const [, year, month, day, hour, minute, second, fraction = '000'] = found;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
