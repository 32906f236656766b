import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { i18n } from '../i18n/index.svelte';
import { aligned, barTicks, nearest, walked, xRange, yRange } from './chart';
import ConfirmDialog from './ConfirmDialog.svelte';
import Progress from './Progress.svelte';

beforeEach(() => i18n.choose('ru'));

test('counts start at zero; a chart of gaps still has an axis', () => {
  expect(yRange(40, 100)).toEqual([0, 108]);
  expect(yRange(null, null)).toEqual([0, 1]);
  expect(yRange(0, 0)).toEqual([0, 1]);
});

test('a word stands under its bar, and few bars keep together', () => {
  expect(barTicks([7200], 480, 50)).toEqual([7200]);
  expect(barTicks([0, 1, 2, 3], 480, 50)).toEqual([0, 1, 2, 3]);
  expect(
    barTicks(
      Array.from({ length: 24 }, (_, hour) => hour),
      480,
      50,
    ),
  ).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
  expect(barTicks([0, 1, 2], 0, 50)).toEqual([0]);
  expect(xRange([7200], true)).toEqual([7200 - 3 * 3600, 7200 + 3 * 3600]);
  expect(xRange([0, 1], true)).toEqual([-2.5, 3.5]);
  expect(xRange([0, 1, 2, 3, 4, 5, 6, 7], true)).toEqual([-0.5, 7.5]);
  expect(xRange([0, 60, 120], false)).toEqual([0, 120]);
});

test('gaps reach the chart as gaps', () => {
  const series = [{ label: 'a', token: 'accent', kind: 'bars' as const, values: [1, null, 0] }];
  expect(aligned({ x: [1, 2, 3], series })).toEqual([
    [1, 2, 3],
    [1, null, 0],
  ]);
});

test('the point nearest to the pointer', () => {
  expect([0, 14, 16, 99].map((place) => nearest([0, 10, 20, 30], place))).toEqual([0, 1, 2, 3]);
  expect(nearest([], 5)).toBeNull();
});

test('keys walk through the points of a chart and stop at its ends', () => {
  expect(['ArrowRight', 'ArrowLeft', 'Home', 'End', 'PageDown', 'x'].map((key) => walked(key, 4, 30))).toEqual([
    5,
    3,
    0,
    29,
    1,
    null,
  ]);
  expect([walked('ArrowLeft', null, 30), walked('ArrowRight', 29, 30), walked('End', null, 0)]).toEqual([29, 29, null]);
});

test('progress tells done, total, rate and time left', async () => {
  const oncancel = vi.fn();
  render(Progress, { label: 'Повтор', done: 250, total: 1000, rate: 10, oncancel });
  const bar = screen.getByRole('progressbar', { name: 'Повтор' });
  expect(bar).toHaveAttribute('aria-valuenow', '250');
  expect(bar.getAttribute('aria-valuetext')?.replaceAll('\u00a0', ' ')).toBe(
    '250 из 1 000 · 10 в секунду · осталось 1:15',
  );
  await fireEvent.click(screen.getByRole('button', { name: 'Отмена' }));
  expect(oncancel).toHaveBeenCalledOnce();
});

test('progress measures its own pace from when it was on view, and says nothing before a second has passed', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(5000);
  const { rerender } = render(Progress, { label: 'Отметка', done: 0, total: 40 });
  const facts = () =>
    screen.getByRole('progressbar', { name: 'Отметка' }).getAttribute('aria-valuetext')?.replaceAll('\u00a0', ' ');
  now.mockReturnValue(5400);
  await rerender({ done: 1 });
  expect(facts()).toBe('1 из 40');
  now.mockReturnValue(7000);
  await rerender({ done: 4 });
  expect(facts()).toBe('4 из 40 · 2 в секунду · осталось 0:18');
  now.mockRestore();
});

test('a confirmation names the act, and a failed act keeps the dialog with the reason', async () => {
  const onclose = vi.fn();
  const run = vi.fn().mockRejectedValueOnce(new Error('no')).mockResolvedValueOnce(undefined);
  render(ConfirmDialog, {
    open: true,
    title: 'Вывести операторов',
    text: 'Разговоры не прервутся.',
    act: 'Вывести 2 операторов',
    alarm: true,
    items: ['Анна Белова', 'Павел Орлов'],
    run,
    onclose,
  });
  const dialog = await screen.findByRole('dialog', { name: 'Вывести операторов' });
  expect(
    within(dialog)
      .getAllByRole('listitem')
      .map((item) => item.textContent),
  ).toEqual(['Анна Белова', 'Павел Орлов']);
  const act = within(dialog).getByRole('button', { name: 'Вывести 2 операторов' });
  await fireEvent.click(act);
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('Не получилось');
  expect(onclose).not.toHaveBeenCalled();
  await fireEvent.click(act);
  await vi.waitFor(() => expect(onclose).toHaveBeenCalledOnce());
});
