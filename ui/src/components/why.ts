// Puts a decision's codes into the reader's words. The engine names the rule's branch and its values; sentences are
// here, so that a decision of last year reads in today's language. A code without words is shown as it is.
import type { Explanation } from '../bindings/Explanation';
import type { WhyTexts } from '../i18n/texts/why';

/** The decision in one sentence. */
export function sentenceOf(t: WhyTexts, { rule, values }: Explanation): string {
  const found = Object.hasOwn(t.rules, rule) ? t.rules[rule] : undefined;
  return found ? found(new Values(values, t.said)) : t.unknownRule(rule);
}

/** Why a candidate was taken or left. */
export function reasonOf(t: WhyTexts, code: string): string {
  return (Object.hasOwn(t.reasons, code) && t.reasons[code]) || code;
}

/** What a candidate is called. */
export function nameOf(t: WhyTexts, name: string): string {
  return (Object.hasOwn(t.names, name) && t.names[name]) || name;
}

/** What would have led elsewhere; `code:value` carries one value, and `when` writes an instant. */
export function otherwiseOf(
  t: WhyTexts,
  code: string | null,
  when: (instant: string) => string = (instant) => instant,
): string | null {
  if (code === null) return null;
  const cut = code.indexOf(':');
  const name = cut < 0 ? code : code.slice(0, cut);
  const found = Object.hasOwn(t.otherwise, name) ? t.otherwise[name] : undefined;
  return found ? found(cut < 0 ? '' : code.slice(cut + 1), when) : code;
}

/** Values of a sentence: an absent one reads as a dash instead of breaking it. */
export class Values {
  constructor(
    private readonly values: Explanation['values'],
    /** Words for what was said of a call. */
    private readonly said: (words: string) => string = (words) => words,
  ) {}

  text(name: string): string {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    if (value === undefined || value === null || value === '') return '—';
    return name === 'detail' || name === 'trouble' ? this.said(String(value)) : String(value);
  }
}
