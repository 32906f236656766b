// Words for screen readers when something changed without a visible message. One polite region in the shell reads them.

class Announcer {
  words = $state('');

  say(words: string): void {
    // The same words twice are read twice only if the region changed in between.
    this.words = this.words === words ? `${words}\u00a0` : words;
  }
}

export const announcer = new Announcer();
