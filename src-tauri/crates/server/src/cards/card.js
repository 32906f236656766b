// Keeps an open card up to date and lets digits choose a theme. Without this file the card works by reloads and clicks.
// Not here: any text of the card; the server draws it.
'use strict';

const card = document.body.dataset.card;
const main = document.querySelector('main');
const said = document.getElementById('said');
let source = null;

async function reread() {
  const answer = await fetch(`${card}/content`, { headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const chosen = document.activeElement instanceof HTMLButtonElement ? document.activeElement.value : null;
  main.innerHTML = await answer.text();
  main.dataset.seen = answer.headers.get('x-pult-seen') || '';
  if (chosen !== null) {
    for (const button of main.querySelectorAll('.themes button')) if (button.value === chosen) button.focus();
  }
}

// A tab nobody looks at gives its connection up: a browser has only a few for one server.
function listen() {
  if (document.hidden) {
    if (source) source.close();
    source = null;
  } else if (!source) {
    source = new EventSource(`${card}/events?seen=${encodeURIComponent(main.dataset.seen)}`);
    source.addEventListener('changed', () => { reread().catch(() => {}); });
  }
}

async function give(form, theme) {
  said.textContent = 'Сохраняем тему';
  try {
    const answer = await fetch(form.getAttribute('action'), {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams({ theme }),
    });
    const result = await answer.json();
    said.textContent = result.status === 'success' ? `Тема сохранена: ${theme}` : result.message;
    await reread();
  } catch {
    said.textContent = 'Тема не сохранена: нет связи. Нажмите ещё раз';
  }
}

document.addEventListener('submit', (event) => {
  if (!event.submitter || !event.target.matches('.themes')) return;
  event.preventDefault();
  give(event.target, event.submitter.value);
});

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !/^[0-9]$/.test(event.key)) return;
  const button = main.querySelectorAll('.themes button')[event.key === '0' ? 9 : Number(event.key) - 1];
  // Only buttons that show their digit answer to it.
  if (button && button.querySelector('kbd')) button.click();
});

document.addEventListener('visibilitychange', listen);
listen();
