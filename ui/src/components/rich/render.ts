// Foreign markup as a piece of the page. Whatever the markup was, it becomes HTML and is then cut down to a list of harmless tags;
// the result is taken as a tree and never printed and read again. Loaded only when a text needs it. Not here: which markup it is.
import DOMPurify from 'dompurify';
import type { Markup } from './guess';
import { pieces, safeHref } from './links';

const TAGS = [
  ...['p', 'br', 'div', 'hr', 'blockquote', 'pre', 'code', 'kbd', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'a'],
  ...['strong', 'b', 'em', 'i', 'u', 's', 'del', 'ins', 'sub', 'sup', 'q', 'cite'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
];
/** Numbers, never addresses. */
const PLAIN_ATTRIBUTES = ['colspan', 'rowspan', 'start'];

/** The text as HTML that nobody has made harmless yet. */
export async function toHtml(text: string, markup: Exclude<Markup, 'plain'>): Promise<string> {
  if (markup === 'html') return text;
  if (markup === 'markdown') {
    const { Marked } = await import('marked');
    return new Marked({ gfm: true, breaks: true, async: false }).parse(text, { async: false });
  }
  const { textile } = await import('./textile');
  return textile(text);
}

/**
 * Reading markup has the browser report each handler and style to whoever watches the page's policy, though none takes effect. They go by
 * other names while it is read. This makes nothing harmless: what is overlooked here is merely reported.
 */
function quiet(html: string): string {
  return html
    .replace(/<(\/?)(style|base)(?![\w-])/gi, '<$1quiet-$2')
    .replace(/<[a-z][^>]*/gi, (tag) => tag.replace(/([\s"'/])(on\w+|style)(?=\s*=)/gi, '$1quiet-$2'));
}

/** Within a document that neither loads nor runs anything: pictures and ticks become words. Nothing is made harmless yet. */
function worded(html: string): string {
  const { body } = new DOMParser().parseFromString(quiet(html), 'text/html');
  for (const style of body.querySelectorAll('quiet-style')) style.remove();
  for (const picture of body.querySelectorAll('img')) {
    const file = (picture.getAttribute('src') ?? '').split(/[?#]/, 1)[0]?.split('/').at(-1) ?? '';
    const name = picture.getAttribute('alt')?.trim() || (file.length <= 100 && !/[:;,]/.test(file) ? file : '');
    picture.replaceWith(`[${name || '…'}]`);
  }
  for (const tick of body.querySelectorAll('li input[type="checkbox"]'))
    tick.replaceWith(tick.hasAttribute('checked') ? '☑ ' : '☐ ');
  return body.innerHTML;
}

/** The text as a tree of harmless elements. `toTicket` gives the address of a ticket's number. */
export async function render(
  text: string,
  markup: Exclude<Markup, 'plain'>,
  toTicket: (id: number) => string,
): Promise<DocumentFragment> {
  const tree = DOMPurify.sanitize(worded(await toHtml(text, markup)), {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['href', ...PLAIN_ATTRIBUTES],
    ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
    ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
  });
  for (const link of tree.querySelectorAll('a')) {
    const href = safeHref(link.getAttribute('href') ?? '');
    if (href === null) link.replaceWith(...link.childNodes);
    else dress(link, href);
  }
  // The panel has its own headings above these.
  for (const heading of tree.querySelectorAll('h1, h2, h3, h5, h6')) {
    const own = document.createElement('h4');
    own.replaceChildren(...heading.childNodes);
    heading.replaceWith(own);
  }
  link(tree, toTicket);
  return tree;
}

function dress(link: HTMLAnchorElement, href: string): void {
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  // The words of a link may name another address than the one it leads to.
  link.title = href;
}

/** Addresses and numbers among the words become links; in code and in links they stay words. */
function link(tree: DocumentFragment, toTicket: (id: number) => string): void {
  const walker = document.createTreeWalker(tree, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement?.closest('a, code, pre, kbd')) texts.push(node as Text);
  for (const node of texts) {
    const parts = pieces(node.data);
    if (parts.length === 1 && parts[0] && !('href' in parts[0]) && !('ticket' in parts[0])) continue;
    node.replaceWith(
      ...parts.map((part) => {
        if (!('href' in part) && !('ticket' in part)) return part.text;
        const anchor = document.createElement('a');
        anchor.textContent = part.text;
        if ('href' in part) dress(anchor, part.href);
        else {
          anchor.href = toTicket(part.ticket);
          anchor.dataset.ticket = String(part.ticket);
        }
        return anchor;
      }),
    );
  }
}
