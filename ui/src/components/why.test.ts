import { expect, test } from 'vitest';
import rules from '../../../src-tauri/crates/domain/src/areas/calls/rule.rs?raw';
import carouselChanges from '../../../src-tauri/crates/domain/src/areas/carousel/change.rs?raw';
import carouselFacts from '../../../src-tauri/crates/domain/src/areas/carousel/fact.rs?raw';
import carouselTurn from '../../../src-tauri/crates/domain/src/areas/carousel/turn.rs?raw';
import chatChanges from '../../../src-tauri/crates/domain/src/areas/chat_link/change.rs?raw';
import chatFacts from '../../../src-tauri/crates/domain/src/areas/chat_link/fact.rs?raw';
import chatState from '../../../src-tauri/crates/domain/src/areas/chat_link/state.rs?raw';
import erpChoice from '../../../src-tauri/crates/domain/src/areas/erp/choice.rs?raw';
import erpFacts from '../../../src-tauri/crates/domain/src/areas/erp/fact.rs?raw';
import erpRules from '../../../src-tauri/crates/domain/src/areas/erp/rule.rs?raw';
import erpHops from '../../../src-tauri/crates/domain/src/areas/erp/rule/hops.rs?raw';
import erpState from '../../../src-tauri/crates/domain/src/areas/erp/state.rs?raw';
import effects from '../../../src-tauri/crates/domain/src/effect.rs?raw';
import floorRules from '../../../src-tauri/crates/domain/src/areas/floor/rule.rs?raw';
import messageChanges from '../../../src-tauri/crates/domain/src/areas/messages/change.rs?raw';
import messageFacts from '../../../src-tauri/crates/domain/src/areas/messages/fact.rs?raw';
import ratingFacts from '../../../src-tauri/crates/domain/src/areas/ratings/fact.rs?raw';
import ratingRule from '../../../src-tauri/crates/domain/src/areas/ratings/rule.rs?raw';
import ratingClosing from '../../../src-tauri/crates/domain/src/areas/ratings/rule/closing.rs?raw';
import ticketChanges from '../../../src-tauri/crates/domain/src/areas/tickets/change.rs?raw';
import ticketFacts from '../../../src-tauri/crates/domain/src/areas/tickets/fact.rs?raw';
import ticketState from '../../../src-tauri/crates/domain/src/areas/tickets/state.rs?raw';
import verdictRules from '../../../src-tauri/crates/domain/src/areas/floor/verdict.rs?raw';
import type { Explanation } from '../bindings/Explanation';
import { carousel } from '../i18n/texts/carousel';
import { chatLink, pausedWord, reasonText } from '../i18n/texts/chatLink';
import { erp } from '../i18n/texts/erp';
import { ratings } from '../i18n/texts/ratings';
import { changeOf, terms } from '../i18n/texts/terms';
import { tickets } from '../i18n/texts/tickets';
import { why } from '../i18n/texts/why';
import { whyCarousel } from '../i18n/texts/whyCarousel';
import { whyChatLink } from '../i18n/texts/whyChatLink';
import { whyErp } from '../i18n/texts/whyErp';
import { whyHad } from '../i18n/texts/whyHad';
import { whyMessages } from '../i18n/texts/whyMessages';
import { whyTickets } from '../i18n/texts/whyTickets';
import { nameOf, otherwiseOf, reasonOf, sentenceOf } from './why';

const explanation = (rule: string, values: Explanation['values'] = {}): Explanation => ({
  rule,
  values,
  candidates: [],
  otherwise: null,
  inputs: null,
});

/** Every quoted word of the rules that looks like a branch of them. */
const branches = [
  ...new Set(
    [...rules.matchAll(/"((?:call|end|theme|agency|called|no_such)[a-z_]*(?:\.[a-z_]+)?)"/g)].map(
      (found) => found[1] ?? '',
    ),
  ),
].filter((word) => !/^(call|agency|theme)$/.test(word));

test('every branch of the rules of calls has a sentence in both languages', () => {
  expect(branches.length).toBeGreaterThan(20);
  for (const texts of [why.ru, why.en]) {
    expect(branches.filter((branch) => !Object.hasOwn(texts.rules, branch))).toEqual([]);
  }
});

/** Every branch of the floor: what `plain`, `observed`, `of_operator`, `explain`, `refuse`, `answered` and `weigh` are given. */
const floorBranches = [
  ...new Set(
    [
      ...floorRules.matchAll(
        /"((?:team|operator|dialog|queue|reasons|watch|still|state|request|too|judgement|verdict)_[a-z_]+(?:\.[a-z_]+)?)"/g,
      ),
      ...verdictRules.split('fn explain')[0]!.matchAll(/"(verdict\.[a-z_]+)"/g),
    ].map((found) => found[1] ?? ''),
  ),
];

test('every branch of the rules of the floor has a sentence in both languages', () => {
  expect(floorBranches.length).toBeGreaterThan(30);
  for (const texts of [why.ru, why.en]) {
    expect(floorBranches.filter((branch) => !Object.hasOwn(texts.rules, branch))).toEqual([]);
  }
});

const ratingRules = ratingRule + ratingClosing;
/** Every branch of ratings: what `explain` and `unchanged` are given, by name or by a match. */
const ratingBranches = [
  ...new Set([...ratingRules.matchAll(/(?:explain\(|unchanged\(|=>)\s*"([a-z_.]+)"/g)].map((found) => found[1] ?? '')),
];

test('every branch of the rules of ratings has a sentence in both languages', () => {
  expect(ratingBranches.length).toBeGreaterThan(40);
  for (const texts of [why.ru, why.en]) {
    expect(ratingBranches.filter((branch) => !Object.hasOwn(texts.rules, branch))).toEqual([]);
  }
});

test('every fact of ratings has a name, and every reason for not asking is put into words', () => {
  const kinds = [...ratingFacts.matchAll(/Self::\w+(?:\(_\)| \{ \.\. \}) => "([a-z_]+)"/g)].map(
    (found) => found[1] ?? '',
  );
  const lacks = [...(/enum Lack \{([^}]*)\}/.exec(ratingFacts)?.[1] ?? '').matchAll(/^ {4}([A-Z]\w+),/gm)].map(
    (found) => (found[1] ?? '').replaceAll(/(?!^)[A-Z]/g, '_$&').toLowerCase(),
  );
  expect([kinds.length, lacks.length]).toEqual([18, 6]);
  for (const language of ['ru', 'en'] as const) {
    expect(kinds.filter((kind) => !Object.hasOwn(terms[language].facts, kind))).toEqual([]);
    expect(lacks.filter((lack) => !Object.hasOwn(ratings[language].lacks, lack))).toEqual([]);
  }
});

/** Every branch of documents: the quoted words of the rule but the names of its values, and what a choice ends with. */
const erpBranches = [
  ...new Set(
    [
      ...erpRules.replaceAll(/\/\/.*$/gm, '').matchAll(/"([a-z_]+(?:\.[a-z_]+)?)"/g),
      ...erpHops.matchAll(/"(surveyed[a-z.]*)"/g),
    ].map((found) => found[1] ?? ''),
  ),
].filter((word) => !/^(number|next|waiting|detail)$/.test(word));

test('every branch of the rules of documents has a sentence in both languages, and none is left over', () => {
  expect(erpBranches.sort()).toEqual(Object.keys(whyErp.ru.rules).sort());
  expect(Object.keys(whyErp.en.rules).sort()).toEqual(Object.keys(whyErp.ru.rules).sort());
});

const carouselSources = Object.values(
  import.meta.glob<string>('../../../src-tauri/crates/domain/src/areas/carousel/rule{,/*}.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).map((source) => source.replaceAll(/\/\/.*$/gm, ''));
/** Every branch of the carousel: what `explain`, `rule_of`, `ended_badly` and the likes are given; notices have words of their own. */
const carouselBranches = [
  ...new Set(
    carouselSources
      .flatMap((source) => [...source.matchAll(/"(carousel\.[a-z_]+(?:\.[a-z_]+)?)"/g)])
      .map((found) => found[1] ?? ''),
  ),
].filter((word) => !/\.(otherwise|nobody|parked|service_refused|refused|import_failed)$/.test(word));

test('every branch of the rules of the carousel has a sentence in both languages, and none is left over', () => {
  expect(carouselBranches.length).toBeGreaterThan(20);
  expect(carouselBranches.sort()).toEqual(Object.keys(whyCarousel.ru.rules).sort());
  expect(Object.keys(whyCarousel.en.rules).sort()).toEqual(Object.keys(whyCarousel.ru.rules).sort());
});

test('every fact, change and place of the carousel is put into words', () => {
  const facts = [...carouselFacts.matchAll(/Self::\w+(?: \{ \.\. \})? => "([a-z_]+)"/g)].map((found) => found[1] ?? '');
  expect(facts).toHaveLength(19);
  for (const language of ['ru', 'en'] as const) {
    expect(facts.filter((kind) => !Object.hasOwn(terms[language].facts, kind))).toEqual([]);
    expect(variants(carouselChanges, 'Change').filter((kind) => !Object.hasOwn(terms[language].changes, kind))).toEqual(
      [],
    );
    expect(Object.keys(carousel[language].places)).toEqual(variants(carouselTurn, 'Place'));
    for (const [place, words] of Object.entries(carousel[language].places))
      expect(reasonOf(why[language], `carousel.${place}`)).toBe(words);
    expect(otherwiseOf(why[language], 'carousel.otherwise')).not.toBe('carousel.otherwise');
  }
});

test('a step of the carousel says what it led to, each in other words', () => {
  const words = [
    ...new Set(
      carouselSources
        .flatMap((source) => [...source.matchAll(/(?:end\(|return |"next", )"([a-z]+)"|^ +"(next|done|failed)"$/gm)])
        .map((found) => found[1] ?? found[2] ?? ''),
    ),
  ].sort();
  expect(words).toEqual(['done', 'enough', 'failed', 'next', 'nobody', 'reassigned', 'rehearsed', 'stopped']);
  for (const texts of [why.ru, why.en]) {
    const told = words.map((next) => sentenceOf(texts, explanation('carousel.confirmed', { next })));
    expect(new Set([sentenceOf(texts, explanation('carousel.confirmed')), ...told]).size).toBe(words.length + 1);
  }
});

test('what the service desk said stands in the sentence', () => {
  const values = { ticket: 48690, detail: 'Заявка закрыта', next: 'next' };
  expect(sentenceOf(why.ru, explanation('carousel.ticket_refused', values))).toMatch(
    /№ 48690.*Ответ службы заявок: Заявка закрыта\. Дальше/,
  );
  expect(sentenceOf(why.en, explanation('carousel.import.empty', { detail: 'empty_services' }))).toContain(
    'named no services',
  );
});

const chatSources = Object.entries(
  import.meta.glob<string>('../../../src-tauri/crates/domain/src/areas/chat_link/rule{,/*}.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)
  .filter(([path]) => !path.endsWith('/tests.rs'))
  .map(([, source]) => source.replaceAll(/\/\/.*$/gm, ''));
/** Every branch between conversations and issues; one notice has a word that is no branch's. */
const chatBranches = [
  ...new Set(
    chatSources
      .flatMap((source) => [...source.matchAll(/"(chat_link\.[a-z_]+(?:\.[a-z_]+)?)"/g)])
      .map((found) => found[1] ?? ''),
  ),
].filter((word) => word !== 'chat_link.fields');

test('every branch between conversations and issues has a sentence in both languages, and none is left over', () => {
  expect(chatBranches.length).toBeGreaterThan(60);
  expect(chatBranches.sort()).toEqual(Object.keys(whyChatLink.ru).sort());
  expect(Object.keys(whyChatLink.en).sort()).toEqual(Object.keys(whyChatLink.ru).sort());
  for (const texts of [whyChatLink.ru, whyChatLink.en]) {
    const sentences = chatBranches.map((rule) => sentenceOf({ ...why.ru, rules: texts }, explanation(rule)));
    expect(new Set(sentences).size).toBe(chatBranches.length);
    expect(sentences.filter((sentence) => !/^\p{Lu}.*\.$/u.test(sentence))).toEqual([]);
  }
});

test('every fact, change and state of conversations and issues is put into words', () => {
  const facts = [...chatFacts.matchAll(/Self::\w+(?:\(_\)| \{ \.\. \}) => "([a-z_]+)"/g)].map(
    (found) => found[1] ?? '',
  );
  expect(facts).toHaveLength(31);
  for (const language of ['ru', 'en'] as const) {
    const table = chatLink[language];
    expect(facts.filter((kind) => !Object.hasOwn(terms[language].facts, kind))).toEqual([]);
    expect(variants(chatChanges, 'Change').filter((kind) => !Object.hasOwn(terms[language].changes, kind))).toEqual([]);
    expect(Object.keys(table.sides)).toEqual(variants(chatState, 'Side'));
    expect(Object.keys(table.ways)).toEqual(variants(chatState, 'Way'));
    expect(Object.keys(table.states)).toEqual(variants(chatState, 'ItemState'));
    expect(Object.keys(table.requestStates)).toEqual(variants(chatState, 'RequestState'));
  }
});

test('every reason why something is not copied is put into words, the other side’s own stay as they are', () => {
  const codes = [
    ...new Set(
      chatSources.flatMap((source) =>
        [...source.matchAll(/(?:hold\(work, item,|skip\(work, item,|pause\(work, link,|Some\()\s*"([a-z_]+)"/g)].map(
          (found) => found[1] ?? '',
        ),
      ),
    ),
    // Named by a choice, or by a constant.
    'program',
    'ours',
    'no_anchor_yet',
    'not_connected',
    'chat_gone',
    'issue_gone',
  ];
  expect(codes.sort()).toEqual(Object.keys(chatLink.ru.reasons).sort());
  for (const table of [chatLink.ru, chatLink.en]) {
    for (const code of codes) expect(reasonText(table, code)).toBe(table.reasons[code]);
    expect(reasonText(table, 'dropped: i.smirnov')).toContain('i.smirnov');
    expect(reasonText(table, 'toString')).toBe('toString');
    expect(reasonText(table, 'HTTP 403: no access')).toBe('HTTP 403: no access');
    expect([pausedWord(table, 'storm'), pausedWord(table, 'i.smirnov'), pausedWord(table, null)]).toEqual([
      table.pausedWhy.storm,
      'i.smirnov',
      '',
    ]);
  }
});

const ticketSources = Object.entries(
  import.meta.glob<string>('../../../src-tauri/crates/domain/src/areas/tickets/rule{,/*}.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)
  .filter(([path]) => !path.endsWith('/tests.rs'))
  .map(([, source]) => source.replaceAll(/\/\/.*$/gm, ''));
/** Every branch of tickets; words that only notices have stand with those. */
const ticketBranches = [
  ...new Set(
    ticketSources
      .flatMap((source) => [...source.matchAll(/"(tickets\.[a-z_]+(?:\.[a-z_]+)?)"/g)])
      .map((found) => found[1] ?? ''),
  ),
].filter((word) => !/\.(created|entry|status_now|many|gone)$/.test(word) || word.split('.').length > 2);

test('every branch of tickets has a sentence in both languages, and none is left over', () => {
  expect(ticketBranches.length).toBeGreaterThan(15);
  expect(ticketBranches.sort()).toEqual(Object.keys(whyTickets.ru).sort());
  expect(Object.keys(whyTickets.en).sort()).toEqual(Object.keys(whyTickets.ru).sort());
  for (const texts of [whyTickets.ru, whyTickets.en]) {
    const sentences = ticketBranches.map((rule) => sentenceOf({ ...why.ru, rules: texts }, explanation(rule)));
    expect(new Set(sentences).size).toBe(ticketBranches.length);
    expect(sentences.filter((sentence) => !/^\p{Lu}.*\.$/u.test(sentence))).toEqual([]);
  }
});

test('every fact, change, state and trouble of tickets is put into words', () => {
  const facts = [...ticketFacts.matchAll(/Self::\w+(?:\(_\)| \{(?: \.\. )?\}) => "([a-z_]+)"/g)].map(
    (found) => found[1] ?? '',
  );
  expect(facts).toHaveLength(15);
  for (const language of ['ru', 'en'] as const) {
    const { facts: names, changes } = terms[language];
    expect(facts.filter((kind) => !Object.hasOwn(names, kind))).toEqual([]);
    const kinds = variants(ticketChanges, 'Change');
    expect(kinds.filter((kind) => changeOf(changes, 'ticket_asked', kind) === kind)).toEqual([]);
    expect(Object.keys(tickets[language].changes.states)).toEqual(variants(ticketState, 'AskedState'));
    // What was left is named part by part, the rest is a sentence.
    expect(Object.keys(tickets[language].trouble).sort()).toEqual(variants(ticketState, 'Trouble').sort());
  }
});

const messageSources = Object.entries(
  import.meta.glob<string>('../../../src-tauri/crates/domain/src/areas/messages/rule{,/*}.rs', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)
  .filter(([path]) => !path.endsWith('/tests.rs'))
  .map(([, source]) => source.replaceAll(/\/\/.*$/gm, ''));
/** Every branch of messages; one notice has a word that is no branch's. */
const messageBranches = [
  ...new Set(
    messageSources
      .flatMap((source) => [...source.matchAll(/"(messages\.[a-z_]+(?:\.[a-z_]+)?)"/g)])
      .map((found) => found[1] ?? ''),
  ),
].filter((word) => word !== 'messages.undelivered');

test('every branch of messages has a sentence in both languages, and none is left over', () => {
  expect(messageBranches.length).toBeGreaterThan(30);
  expect(messageBranches.sort()).toEqual(Object.keys(whyMessages.ru).sort());
  expect(Object.keys(whyMessages.en).sort()).toEqual(Object.keys(whyMessages.ru).sort());
  for (const texts of [whyMessages.ru, whyMessages.en]) {
    const values = { peer: 'A', from: 'A', by: 'A' };
    const sentences = messageBranches.map((rule) => sentenceOf({ ...why.ru, rules: texts }, explanation(rule, values)));
    expect(new Set(sentences).size).toBe(messageBranches.length);
    expect(sentences.filter((sentence) => !/^\p{Lu}.*\.$/u.test(sentence))).toEqual([]);
  }
});

test('every fact and change of messages is put into words', () => {
  const facts = [...messageFacts.matchAll(/Self::\w+(?:\(_\)| \{ \.\. \}) => "([a-z_]+)"/g)].map(
    (found) => found[1] ?? '',
  );
  expect(facts).toHaveLength(15);
  /** What of a change another area has a word for as well, by the fact that leads to it. */
  const led: Record<string, string> = {
    again: 'message_try_again',
    contact: 'contact_changed',
    unseen: 'session_ended',
  };
  for (const language of ['ru', 'en'] as const) {
    const { facts: names, changes } = terms[language];
    expect(facts.filter((kind) => !Object.hasOwn(names, kind))).toEqual([]);
    const kinds = variants(messageChanges, 'Change');
    expect(kinds).toHaveLength(14);
    expect(kinds.filter((kind) => changeOf(changes, led[kind] ?? 'message_heard', kind) === kind)).toEqual([]);
    const own = Object.entries(led).filter(([kind, fact]) => !Object.hasOwn(changes, `${fact}.${kind}`));
    expect(own).toEqual([]);
  }
});

test('no area tells its decisions by a word of another', () => {
  const words = [
    branches,
    floorBranches,
    ratingBranches,
    erpBranches,
    carouselBranches,
    chatBranches,
    ticketBranches,
    messageBranches,
  ].map((each) => new Set(each));
  const twice = words.flatMap((each, place) =>
    [...each].filter((word) => words.slice(place + 1).some((other) => other.has(word))),
  );
  expect(twice).toEqual([]);
});

test('a step of a document says what it led to, each outcome in other words', () => {
  const words = [...erpHops.matchAll(/=> "([a-z_]+)",/g)].map((found) => found[1] ?? '');
  expect(words).toHaveLength(10);
  for (const texts of [why.ru, why.en]) {
    const plain = sentenceOf(texts, explanation('created'));
    // What was only received has led to nothing yet.
    const told = words
      .filter((word) => word !== 'received')
      .map((next) => sentenceOf(texts, explanation('created', { next })));
    expect(new Set([plain, ...told]).size).toBe(words.length);
  }
});

const variants = (source: string, name: string) =>
  [...(new RegExp(`enum ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? '').matchAll(/^ {4}([A-Z]\w+)/gm)].map(
    (found) => (found[1] ?? '').replaceAll(/(?!^)[A-Z]/g, '_$&').toLowerCase(),
  );

test('every fact, effect, state, trouble and reason of documents is put into words', () => {
  const facts = [...erpFacts.matchAll(/Self::\w+ \{ \.\. \} => "([a-z_]+)"/g)].map((found) => found[1] ?? '');
  const kinds = [...effects.matchAll(/Self::\w+(?:\(_\)| \{(?: \.\. )?\}) => "([a-z_]+)"/g)].map(
    (found) => found[1] ?? '',
  );
  expect([facts.length, kinds.length]).toEqual([14, 42]);
  for (const language of ['ru', 'en'] as const) {
    const table = erp[language];
    expect(facts.filter((kind) => !Object.hasOwn(terms[language].facts, kind))).toEqual([]);
    expect(kinds.filter((kind) => !Object.hasOwn(terms[language].effects, kind))).toEqual([]);
    expect(Object.keys(table.states)).toEqual(variants(erpState, 'State'));
    expect(Object.keys(table.stages)).toEqual(variants(erpState, 'Stage'));
    expect(Object.keys(table.taskStates)).toEqual(variants(erpState, 'TaskState'));
    expect(Object.keys(table.troubles)).toEqual(variants(erpState, 'Trouble'));
    expect(Object.keys(table.reasons)).toEqual(variants(erpChoice, 'Reason'));
    for (const reason of variants(erpChoice, 'Reason'))
      expect(reasonOf(why[language], `erp.${reason}`)).toBe(table.reasons[reason as keyof typeof table.reasons]);
  }
});

test('an automatic rating and one by hand are never told as an answer of the client', () => {
  for (const rule of ['due', 'rated_by_hand']) {
    expect(sentenceOf(why.ru, explanation(rule, { rate: 'good', by: 'i.smirnov' }))).toContain(
      'Ответом клиента она не считается',
    );
    expect(sentenceOf(why.en, explanation(rule, { rate: 'good', by: 'i.smirnov' }))).toContain(
      'no answer of the client',
    );
  }
});

test('every reason and counterfactual of a verdict has words, and the candidates have names', () => {
  const codes = [...(verdictRules.split('fn explain')[1] ?? '').matchAll(/"(verdict\.[a-z_]+)"/g)].map(
    (found) => found[1] ?? '',
  );
  expect(codes).toHaveLength(5);
  for (const texts of [why.ru, why.en]) {
    for (const code of codes) expect(texts.reasons[code] ?? texts.otherwise[code]).toBeDefined();
    expect(nameOf(texts, 'desktop_closed')).not.toBe('desktop_closed');
  }
  expect(nameOf(why.ru, '2087')).toBe('2087');
});

test('every reason of a candidate has words', () => {
  for (const reason of ['largest_id', 'smaller_id', 'newest_open', 'older_open']) {
    expect(rules).toContain(`"${reason}"`);
    expect(reasonOf(why.ru, reason)).not.toBe(reason);
    expect(reasonOf(why.en, reason)).not.toBe(reason);
  }
});

test('values stand in the sentence; an absent one reads as a dash', () => {
  expect(sentenceOf(why.ru, explanation('theme_set', { theme: 'Оплата' }))).toBe('В пульте выбрана тема «Оплата».');
  expect(sentenceOf(why.ru, explanation('theme_set'))).toContain('«—»');
  expect(sentenceOf(why.en, explanation('agency_missing', { agency: 7, lack: 'too_late' }))).toContain('did not come');
});

test('a code of a newer engine is shown as it is', () => {
  expect(sentenceOf(why.ru, explanation('toString'))).toBe('Сработало правило toString.');
  expect(reasonOf(why.ru, 'constructor')).toBe('constructor');
  expect(otherwiseOf(why.ru, 'rota.next:Ева')).toBe('rota.next:Ева');
});

const areaSources = Object.values(
  import.meta.glob<string>(
    '../../../src-tauri/crates/domain/src/areas/{ratings,tickets,chat_link,messages}/rule/*.rs',
    {
      query: '?raw',
      import: 'default',
      eager: true,
    },
  ),
).join('\n');
const found = (pattern: RegExp) => [...new Set([...areaSources.matchAll(pattern)].map((each) => each[1] ?? ''))].sort();

test('whatever would have led elsewhere has words in both languages, and none is left over', () => {
  const codes = found(/"(had\.[a-z_]+)[":]/g);
  expect(codes).toHaveLength(81);
  expect(codes).toEqual(Object.keys(whyHad.ru).sort());
  expect(codes).toEqual(Object.keys(whyHad.en).sort());
  for (const language of ['ru', 'en'] as const) {
    const said = codes.map((code) => otherwiseOf(why[language], `${code}:x`, (at) => `<${at}>`) ?? '');
    expect(new Set(said).size).toBe(codes.length);
    expect(said.filter((sentence) => !/^\p{Lu}.*\.$/u.test(sentence))).toEqual([]);
    for (const lack of Object.keys(ratings[language].lacks))
      expect(otherwiseOf(why[language], `had.rating_asked:${lack}`)).not.toContain(`(${lack})`);
  }
});

test('whoever is told of a ticket, or is not, is said to be so with the reason', () => {
  const told = found(/Some\("(assignee|was_assignee|author|email|watcher)"\)|Ok\("(scope)"\)/g).filter(Boolean);
  expect(told).toEqual(['assignee', 'author', 'email', 'was_assignee', 'watcher']);
  const codes = [...told, 'scope', 'asked'].map((code) => `told.${code}`);
  const left = found(/Err\("([a-z_]+)"\)/g).map((code) => `left.${code}`);
  expect(left).toEqual(['left.not_concerned', 'left.switched_off']);
  const all = [...codes, ...left, 'left.own_act'].sort();
  for (const language of ['ru', 'en'] as const) expect(Object.keys(whyHad.reasons[language]).sort()).toEqual(all);
});

test('the counterfactual carries its value', () => {
  expect(otherwiseOf(why.ru, 'had.rating_due:2026-11-05T10:00:00Z', () => 'завтра')).toContain('После завтра');

  expect(otherwiseOf(why.en, 'call_started.next_agency:2087')).toContain('2087');
  expect(otherwiseOf(why.en, null)).toBeNull();
});
