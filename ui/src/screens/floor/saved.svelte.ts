// Views a person saved by name on this workstation: the filters, the kind of view and the order.
import { recall, remember } from '../../state/storage';

export interface SavedView {
  name: string;
  params: Record<string, string>;
}

const KEY = 'floor.views';
const isViews = (value: unknown): value is SavedView[] =>
  Array.isArray(value) &&
  value.every(
    (each: unknown) =>
      typeof each === 'object' &&
      each !== null &&
      'name' in each &&
      typeof each.name === 'string' &&
      'params' in each &&
      typeof each.params === 'object' &&
      each.params !== null &&
      Object.values(each.params).every((text) => typeof text === 'string'),
  );

export class SavedViews {
  all = $state.raw<readonly SavedView[]>(recall(KEY, isViews) ?? []);

  /** A view of the same name is replaced. */
  keep(view: SavedView): void {
    this.write([...this.all.filter((each) => each.name !== view.name), view]);
  }

  remove(name: string): void {
    this.write(this.all.filter((each) => each.name !== name));
  }

  private write(views: readonly SavedView[]): void {
    this.all = [...views].sort((a, b) => a.name.localeCompare(b.name, 'ru-RU'));
    remember(KEY, this.all.length === 0 ? null : this.all);
  }
}
