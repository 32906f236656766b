// The shape of an explained decision, the same for every area: what the "Why?" panel draws.

export interface Candidate {
  name: string;
  verdict: 'chosen' | 'eligible' | 'excluded';
  /** Why this verdict; obligatory for the excluded, or the panel explains nothing. */
  because: string;
}

export interface Explanation {
  /** The decision in one sentence. */
  sentence: string;
  candidates: Candidate[];
  rule: string;
  /** What would have been decided under the nearest other circumstances. */
  counterfactual: string | null;
  /** The stored facts the rule read. */
  inputs: unknown;
}
