// Foreign text drawn in the page: which markup it is, what is a link, and that nothing of it can do anything, whatever it is made of.
import { cleanup, render as draw, screen, waitFor } from '@testing-library/svelte';
import { fireEvent } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useBackend } from '../../backend';
import { FakeBackend } from '../../backend/fake';
import { i18n } from '../../i18n/index.svelte';
import { guess, LONGEST, type Markup } from './guess';
import { pieces } from './links';
import { render, toHtml } from './render';
import { textile } from './textile';
import RichText from './RichText.svelte';
import corpus from '../../../tests/foreign.json';

const toTicket = (id: number) => `#/tickets?open=ticket:${id}`;
const markups = ['textile', 'markdown', 'html'] as const;

async function drawn(text: string, markup: Exclude<Markup, 'plain'>): Promise<HTMLElement> {
  const place = document.createElement('div');
  place.append(await render(text, markup, toTicket));
  return place;
}

beforeEach(() => {
  useBackend(new FakeBackend());
  i18n.choose('ru');
});
afterEach(cleanup);

test.each<[string, Markup]>([
  ['Просто слова.\nИ ещё строка, 5 * 3 = 15, a_b_c.', 'plain'],
  ['Ошибка <0x80070005> в модуле <main>', 'plain'],
  ['- одно\n- другое', 'plain'],
  ['h3. Что случилось\n\nПринтер не печатает', 'textile'],
  ['См. "инструкцию":https://help.example.com/wiki', 'textile'],
  ['Файл @config.ini@ пуст', 'textile'],
  ['Это *важно*.', 'textile'],
  ['# первое\n# второе', 'textile'],
  ['|_. Время|_. Ошибка|\n|09:12|E-11|', 'textile'],
  ['Сделайте **сразу**.', 'markdown'],
  ['```\nОшибка\n```', 'markdown'],
  ['[ссылка](https://help.example.com/)', 'markdown'],
  ['# Заголовок\n\nТекст с `кодом`', 'markdown'],
  ['<p>Добрый день!</p>', 'html'],
  ['Строка<br />другая', 'html'],
  [`<p>${'а'.repeat(20_001)}</p>`, 'plain'],
])('%j is %s', (text, markup) => expect(guess(text)).toBe(markup));

test('addresses and numbers of tickets are links, and nothing is lost of the words', () => {
  const text = 'См. #4711, (#12) и https://help.example.com/a?b=1. Не &#39; и не a#5, не #12a; javascript:alert(1)';
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
  expect(pieces(text).flatMap((piece) => ('ticket' in piece ? piece.ticket : []))).toEqual([4711, 12]);
  expect(pieces(text).flatMap((piece) => ('href' in piece ? piece.href : []))).toEqual([
    'https://help.example.com/a?b=1',
  ]);
});

test('Textile is drawn', async () => {
  const tree = await drawn(
    'h2. Что *случилось*\n\nФайл @a.ini@ и "ссылка":https://help.example.com/.\nСм. #4711\n\n* один\n* два\n\n|_. A|_. B|\n|1|2|',
    'textile',
  );
  expect(tree.querySelector('h4')).toHaveTextContent('Что случилось');
  expect(tree.querySelector('h4 strong')).toHaveTextContent('случилось');
  expect(tree.querySelector('code')).toHaveTextContent('a.ini');
  expect(tree.querySelectorAll('ul > li')).toHaveLength(2);
  expect(tree.querySelectorAll('th')).toHaveLength(2);
  expect(tree.querySelector('br')).not.toBeNull();
  const [link, ticket] = tree.querySelectorAll('a');
  expect(link).toHaveAttribute('href', 'https://help.example.com/');
  expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  expect(link).toHaveAttribute('target', '_blank');
  expect(ticket).toHaveAttribute('href', '#/tickets?open=ticket:4711');
});

test('Markdown is drawn, numbers of tickets in code stay words', async () => {
  const tree = await drawn(
    '# Тема\n\n**Сразу** `#12`\n\n```\n#13 <b>\n```\n\n- [x] раз\n- [ ] два\n\n![снимок](a.png) #14',
    'markdown',
  );
  expect(tree.querySelector('h4')).toHaveTextContent('Тема');
  expect(tree.querySelector('pre')?.textContent).toContain('#13 <b>');
  expect([...tree.querySelectorAll('a')].map((link) => link.dataset.ticket)).toEqual(['14']);
  expect([...tree.querySelectorAll('ul > li')].map((one) => one.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
    '☑ раз',
    '☐ два',
  ]);
  expect(tree.textContent).toContain('[снимок]');
  expect(tree.querySelector('img, input')).toBeNull();
});

test('HTML keeps its shape and loses its looks', async () => {
  const tree = await drawn(
    '<div class="x" style="position:fixed" id="main" name="a" data-ticket="5" aria-label="x"><p onclick="x()">Добрый <b>день</b></p><table><tr><td colspan="2" width="900">1</td></tr></table><ol start="3"><li>три</li></ol></div>',
    'html',
  );
  expect(tree.querySelector('b')).toHaveTextContent('день');
  expect(tree.querySelector('td')).toHaveAttribute('colspan', '2');
  expect(tree.querySelector('ol')).toHaveAttribute('start', '3');
  const attributes = [...tree.querySelectorAll('*')].flatMap((each) => [...each.attributes].map(({ name }) => name));
  expect(attributes.sort()).toEqual(['colspan', 'start']);
});

test('a link that leads elsewhere than it says tells so', async () => {
  const tree = await drawn('<a href="https://evil.example.org/x">https://bank.example.com</a>', 'html');
  expect(tree.querySelector('a')).toHaveAttribute('title', 'https://evil.example.org/x');
});

const harmlessAttributes = ['href', 'colspan', 'rowspan', 'start', 'target', 'rel', 'title', 'data-ticket'];

test.each(corpus.flatMap((text) => markups.map((markup) => [text, markup] as const)))(
  'inert: %j as %s',
  async (text, markup) => {
    let hits = 0;
    Object.assign(window, { hit: () => (hits += 1) });
    const place = await drawn(`до ${text} после`, markup).then(async (tree) => {
      document.body.append(tree);
      return tree;
    });
    try {
      const elements = [...place.querySelectorAll('*')];
      expect(
        elements.filter((each) =>
          /^(script|style|iframe|img|image|svg|math|object|embed|form|input|button|select|textarea|video|audio|meta|base|link|template|body|frameset|noscript|details)$/i.test(
            each.tagName,
          ),
        ),
      ).toEqual([]);
      expect(elements.filter((each) => each.namespaceURI !== 'http://www.w3.org/1999/xhtml')).toEqual([]);
      for (const each of elements)
        for (const { name, value } of each.attributes) {
          expect(harmlessAttributes).toContain(name);
          if (name === 'href') expect(value).toMatch(/^(?:https?:\/\/|mailto:|#\/tickets\?open=ticket:\d+$)/);
        }
      for (const link of place.querySelectorAll('a')) link.click();
      expect(hits).toBe(0);
      // Read once more, as a copy of it would be, it stays what it is.
      const again = document.createElement('div');
      again.innerHTML = place.innerHTML;
      expect(again.querySelector('script, img, svg, iframe, [onerror], [onload], [onclick]')).toBeNull();
    } finally {
      place.remove();
    }
  },
);

test.each([
  '*a ',
  '_',
  '[',
  '<b>',
  '|a',
  '"a":',
  '!a',
  '@a ',
  '* ',
  '- a\n',
  '- a\n:= b\n',
  '**a ',
  '(a ',
  '<pre>',
  '%{a}',
  '* a\n',
  'h1. a\n\n',
  'a\n\n',
  '> ',
])('a text made of %j ends in reading', async (part) => {
  // What cannot be drawn is shown bare; what must not happen is that the page waits for it.
  const text = part.repeat(Math.floor(LONGEST / part.length));
  for (const markup of ['textile', 'markdown'] as const) await toHtml(text, markup).catch(() => '');
});

test('Textile: lists within lists, code, quotes, phrases, and what only looks like them', () => {
  expect(textile('* a\n** b\n** c\n* d')).toBe('<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>');
  expect(textile('# a\n# b')).toBe('<ol><li>a</li><li>b</li></ol>');
  expect(textile('Так:\n* a')).toBe('<p>Так:</p><ul><li>a</li></ul>');
  expect(textile('<pre><code class="ruby">a < *b*</code></pre>').trim()).toBe('<pre>a &lt; *b*</pre>');
  expect(textile('> Было\nСтало')).toBe('<blockquote><p>Было</p></blockquote><p>Стало</p>');
  expect(textile('*a _b_* -c- 5 * 3 * 2 a_b_c x-y-z @*d*@')).toBe(
    '<p><strong>a <em>b</em></strong> <del>c</del> 5 * 3 * 2 a_b_c x-y-z <code>*d*</code></p>',
  );
  expect(textile('"*Сайт*(подсказка)":https://a.example.com/x_(y), и всё.')).toBe(
    '<p><a href="https://a.example.com/x_(y)"><strong>Сайт</strong></a>, и всё.</p>',
  );
  expect(textile('|_. A|b|\n|c|=. d|')).toBe(
    '<table><tbody><tr><th>A</th><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>',
  );
  expect(textile('h2(big). Тема\nслова')).toBe('<h2>Тема</h2><p>слова</p>');
  expect(textile('<b>не</b> \ue0000\ue001')).toBe('<p>&lt;b&gt;не&lt;/b&gt; 0</p>');
});

test('the person may look at the bare text, and sees it where drawing fails', async () => {
  const text = 'h3. Тема\n\n<script>hit()</script> #4711';
  const { rerender } = draw(RichText, { text });
  expect(await screen.findByRole('heading', { name: 'Тема' })).toBeVisible();
  await rerender({ text, bare: true });
  expect(screen.queryByRole('heading')).toBeNull();
  expect(screen.getByText(/<script>hit\(\)<\/script>/)).toBeVisible();
  expect(screen.getByRole('link', { name: '#4711' })).toHaveAttribute('href', '#/tickets?open=ticket:4711');
});

test('a number of a ticket opens it, an address goes out through the window', async () => {
  const backend = new FakeBackend();
  backend.features = { window: true, signIn: false };
  useBackend(backend);
  history.replaceState(null, '', '#/calls');
  draw(RichText, { text: 'См. #4711 и https://help.example.com/a' });
  await fireEvent.click(screen.getByRole('link', { name: '#4711' }));
  expect(location.hash).toContain('open=ticket:4711');
  await fireEvent.click(screen.getByRole('link', { name: 'https://help.example.com/a' }));
  await waitFor(() => expect(backend.opened).toEqual(['https://help.example.com/a']));
});
