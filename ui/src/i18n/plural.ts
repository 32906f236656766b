// Words that follow a number. Each language has its own function because it needs its own forms.

const russian = new Intl.PluralRules('ru-RU');
const english = new Intl.PluralRules('en-GB');

/** `ruForm(3, 'звонок', 'звонка', 'звонков')` is "звонка". */
export function ruForm(count: number, one: string, few: string, many: string): string {
  const rule = russian.select(count);
  if (rule === 'one') return one;
  // A fraction takes the genitive singular, which is the "few" form: 1,5 звонка.
  return rule === 'many' ? many : few;
}

export function enForm(count: number, one: string, other: string): string {
  return english.select(count) === 'one' ? one : other;
}
