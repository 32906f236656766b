import { expect, test } from 'vitest';
import { told } from './details';
import { proseOf } from './prose';
import { reasonInRussian } from './reasons';

const sources = Object.entries(
  import.meta.glob<string>(
    [
      '../../../../src-tauri/crates/integrations/src/**/*.rs',
      '../../../../src-tauri/crates/engine/src/lanes/**/*.rs',
      '../../../../src-tauri/crates/engine/src/imports/**/*.rs',
      '../../../../src-tauri/crates/engine/src/probing/**/*.rs',
      '../../../../src-tauri/crates/engine/src/{certificates,polls,probing}.rs',
      '../../../../src-tauri/crates/store/src/{backup,blobs,error}.rs',
      '../../../../src-tauri/crates/domain/src/areas/tickets/rule/asked.rs',
    ],
    { query: '?raw', import: 'default', eager: true },
  ),
).filter(([path]) => !/tests|samples|reason\.rs$/.test(path));

/** Sentences nobody at the console reads, and where they go instead. */
const elsewhere: Record<string, RegExp> = {
  'answers to whoever called a hook':
    /^(the event was not recorded|the batch |pages of browsers|the form is not decided|issue \{\} |Re?quest with id|Rating |\.\.\. no contact|The rating was not|The link is|code_status was|good, normal or bad$|no key or signature|wrong key, signature|outside the time window|not set up$)/,
  'descriptions of our own routes': /^(Whether documents are taken|What may be sent|A link to rate|A person rates)/,
  'commands of the bot, as the portal shows them': /^(Rate an issue|number good\|normal\|bad)$/,
  'names of reasons of states, which have words of their own':
    /^(Forced by|Signed|Consultation|Extension|Preview|Line res|Device|Call |Phone|Wrap-up|Just|Direct|Did not|Contact centre|Connection lost|Own call)/,
  'said where the program was started':
    /^(another engine is using|the database \{\} is damaged|The latest backup is|No backup was found|the database was written|bringing the database|the data folder)/,
  'refusals of commands, which have words of their own': /^no such \{\}$/,
  'questions to our own database': /^(INSERT|SELECT|UPDATE|DELETE) /,
  'questions to the other side': /^(<|id (asc|eq)|Created |createdat|tasknumber|service eq|openid)/,
  'words of others that are looked for': /^(dns error|failed to lookup)/,
  'refusals of settings, said at their fields': /^(too many fields|moscow_zone: )/,
};
const shown = [...new Set(sources.flatMap(([, text]) => proseOf(text)))].filter(
  (words) => !Object.values(elsewhere).some((each) => each.test(words)),
);

test('every sentence of the engine about calls, connections and files is said in Russian', () => {
  expect(shown.length).toBeGreaterThan(300);
  const untold = shown.filter((words) => !/[а-яё]/i.test(reasonInRussian(words.replaceAll('{}', 'X7'))));
  expect(untold).toEqual([]);
});

test('and nothing else is', () => {
  const said = sources.map(([, text]) => text.replace(/\\\r?\n\s*/g, '').replaceAll(String.raw`\"`, '"')).join('\n');
  const parts = (words: string) => words.split('{}').filter((part) => /\w/.test(part));
  expect(told.filter((words) => !parts(words).every((part) => said.includes(part)))).toEqual([]);
});

test('each sentence keeps all of its values', () => {
  const lost = told.filter((words) => {
    const count = words.split('{}').length - 1;
    const values = Array.from({ length: count }, (_, at) => `v${at}`);
    const said = reasonInRussian(values.reduce((text, value) => text.replace('{}', value), words));
    return !values.every((value) => said.includes(value));
  });
  // What is said of a number names its list once.
  expect(lost).toEqual(['no {} has this number; import the {}s first']);
});

test.each([
  ['HTTP 403: the token lacks this scope', 'HTTP 403: у токена нет этого права'],
  ['HTTP 422: Поле занято', 'HTTP 422: Поле занято'],
  [
    'HTTP 403: No access (has the account the right, and is the REST web service on?)',
    'HTTP 403: No access (есть ли у учётной записи право, включена ли служба REST?)',
  ],
  [
    'the change was sent, and cannot be seen: unreachable: no answer in time',
    'изменение отправлено, но посмотреть его нельзя: не дозвониться: ответ не пришёл вовремя',
  ],
  ["the server's certificate is not accepted: it has expired", 'сертификат сервера не принят: срок истёк'],
  [
    'unreachable: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)',
    'не дозвониться: соединение отклонено (код 111)',
  ],
  [
    'unreachable: error sending request: client error (Connect): dns error: failed to lookup address information: Name or service not known',
    'не дозвониться: имя узла не найдено: такого имени нет',
  ],
  ['tcp: Connection refused (os error 111)', 'tcp: соединение отклонено (код 111)'],
  ['the database failed: the copy is damaged: row 5 missing', 'отказ базы данных: копия повреждена: row 5 missing'],
  ['the database failed: disk I/O error', 'отказ базы данных: диск не читается или не пишется'],
  [
    "the database failed: a backup's file: Permission denied (os error 13)",
    'отказ базы данных: файл копии: нет доступа (код 13)',
  ],
  [
    'the database failed: unable to open database file: /srv/pult/pult.db',
    'отказ базы данных: файл базы не открывается: /srv/pult/pult.db',
  ],
  [
    'failed to read from file `/etc/pult/key.pem`: Permission denied (os error 13)',
    'файл `/etc/pult/key.pem` не читается: нет доступа (код 13)',
  ],
  ['keys may not be consistent: KeyMismatch', 'ключ не от этого сертификата (KeyMismatch)'],
  ['Field «Due date» is missing', 'Field «Due date» is missing'],
  ['', ''],
])('%s', (words, said) => expect(reasonInRussian(words)).toBe(said));
