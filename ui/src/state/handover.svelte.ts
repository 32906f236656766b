// Whether the shift handover is on view: it opens over any screen by one key.

class Handover {
  open = $state(false);
}

export const handover = new Handover();
