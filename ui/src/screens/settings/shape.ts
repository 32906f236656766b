// What is wrong with the shape of the bridge's menu or form, by the bounds the engine judges them by. Pure.
import { jsonFault } from './json';

export type ShapeFault =
  | { fault: 'table' | 'list' | 'unknown' | 'missing' | 'text' | 'flag' | 'whole' | 'type'; place: string }
  | { fault: 'length' | 'count'; place: string; least: number; most: number }
  | { fault: 'twice' | 'action' | 'lengths'; place: string }
  | { fault: 'required' };

type Table = Record<string, unknown>;
/** A judge of one value at its place. */
type Judge = (value: unknown, place: string) => ShapeFault | null;

const ACTIONS = [
  'open_sd_form',
  'my_tasks',
  'active_tasks',
  'closed_tasks',
  'watched_tasks',
  'take',
  'status',
  'close',
  'reopen',
];
/** The longest text an input can ask for. */
const LONGEST_TEXT = 3000;

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first fault there is. */
function first(...judges: (() => ShapeFault | null)[]): ShapeFault | null {
  for (const judge of judges) {
    const found = judge();
    if (found) return found;
  }
  return null;
}

const text =
  (least: number, most: number): Judge =>
  (value, place) => {
    if (typeof value !== 'string') return { fault: 'text', place };
    const length = [...value.trim()].length;
    return length < least || length > most ? { fault: 'length', place, least, most } : null;
  };

const whole: Judge = (value, place) =>
  value === null || (Number.isInteger(value) && (value as number) >= 0) ? null : { fault: 'whole', place };

const flag: Judge = (value, place) => (typeof value === 'boolean' ? null : { fault: 'flag', place });

const list =
  (least: number, most: number, judge: Judge): Judge =>
  (value, place) => {
    if (!Array.isArray(value)) return { fault: 'list', place };
    if (value.length < least || value.length > most) return { fault: 'count', place, least, most };
    return first(...value.map((item, index) => () => judge(item, `${place} ${index + 1}`)));
  };

/** A table of these names: all that must be there are, and none besides those that may be. */
const table =
  (must: Record<string, Judge>, may: Record<string, Judge> = {}): Judge =>
  (value, place) => {
    if (!isTable(value)) return { fault: 'table', place };
    const at = (name: string) => [place, name].filter(Boolean).join(' · ');
    const judges = { ...must, ...may };
    const stranger = Object.keys(value).find((name) => !Object.hasOwn(judges, name));
    if (stranger !== undefined) return { fault: 'unknown', place: at(stranger) };
    const absent = Object.keys(must).find((name) => !Object.hasOwn(value, name));
    if (absent !== undefined) return { fault: 'missing', place: at(absent) };
    return first(
      ...Object.entries(value).map(
        ([name, of]) =>
          () =>
            judges[name]?.(of, at(name)) ?? null,
      ),
    );
  };

const action: Judge = (value, place) =>
  text(1, 255)(value, place) ?? (ACTIONS.includes(value as string) ? null : { fault: 'action', place: String(value) });

const menu = table({
  text: text(1, Number.MAX_SAFE_INTEGER),
  rows: list(1, 32, list(0, Number.MAX_SAFE_INTEGER, table({ text: text(1, 255), action }))),
});

const type = text(1, 255);
const name = text(1, 255);
const label = text(1, 150);

const input: Judge = (value, place) => {
  const shape = table(
    { type, name, label },
    { placeholder: text(0, 150), multiline: flag, required: flag, min_length: whole, max_length: whole },
  )(value, place);
  if (shape) return shape;
  const { min_length: least, max_length: most } = value as { min_length?: number | null; max_length?: number | null };
  const wrong = (most ?? LONGEST_TEXT) > LONGEST_TEXT || (least ?? 0) > (most ?? LONGEST_TEXT);
  return wrong ? { fault: 'lengths', place } : null;
};

const files: Judge = (value, place) => {
  const shape = table({ type, name }, { max_files: whole })(value, place);
  if (shape) return shape;
  const most = (value as { max_files?: number | null }).max_files ?? 1;
  return most < 1 || most > 10 ? { fault: 'count', place: `${place} · max_files`, least: 1, most: 10 } : null;
};

const blocks: Record<string, Judge> = {
  plain_text: table({ type, text: text(1, 12_000) }),
  divider: table({ type }),
  radio: table({ type, name, label, options: list(1, 10, text(1, 75)) }),
  input,
  file_input: files,
};

const block: Judge = (value, place) => {
  if (!isTable(value)) return { fault: 'table', place };
  // Whoever looks for the fault knows a block by its name.
  const called = typeof value.name === 'string' && value.name.trim() ? `${place} (${value.name.trim()})` : place;
  const judge = typeof value.type === 'string' && Object.hasOwn(blocks, value.type) ? blocks[value.type] : undefined;
  return judge ? judge(value, called) : { fault: 'type', place: called };
};

const form: Judge = (value, place) => {
  const button = text(1, 24);
  const shape = table({
    callback: text(1, 255),
    title: button,
    submit: button,
    close: button,
    blocks: list(1, 100, block),
  })(value, place);
  if (shape) return shape;
  const all = (value as { blocks: Table[] }).blocks;
  const names = all.flatMap(({ name: of }) => (typeof of === 'string' ? [of] : []));
  const twice = names.find((of, index) => names.indexOf(of) !== index);
  if (twice !== undefined) return { fault: 'twice', place: twice };
  return all.some((of) => of.type === 'input' && of.required === true) ? null : { fault: 'required' };
};

/** What is wrong with the shape of a text that is JSON; null for one that is none, whose fault is told by its place. */
export function shapeFault(kind: 'menu' | 'form', json: string): ShapeFault | null {
  if (jsonFault(json)) return null;
  return (kind === 'menu' ? menu : form)(JSON.parse(json), '');
}
