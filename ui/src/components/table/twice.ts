// A double press on a table: its second half counts only where the first did. The first may open a panel beside the table and so move
// the rows under a pointer that did not move; the second would then open a neighbour, or sort.

/** A handler that must see presses before the table does. */
export function sameTwice(): (event: MouseEvent) => void {
  let first: Element | null = null;
  return (event) => {
    const place = event.target instanceof Element ? event.target.closest('tr, th') : null;
    if (event.detail <= 1) first = place;
    else if (place !== first) {
      event.stopPropagation();
      event.preventDefault();
    }
  };
}
