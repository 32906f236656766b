// Where an address is on a map.

/** The map the operators know, with the address as its search. */
export function mapLink(address: string): string {
  return `https://yandex.ru/maps/?text=${encodeURIComponent(address)}`;
}
