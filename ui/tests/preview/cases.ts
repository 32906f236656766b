// A case of an invented caller: two calls, what the operator did meanwhile, a ticket that names the number, the issue of a chat, a rating
// that is only likely, a document with its task, a delivery that failed. Joins and splits by hand change it as the engine would.
import { ApiError, type Answers, type FakeBackend } from '../../src/backend/fake';
import type { CallRow } from '../../src/bindings/CallRow';
import type { CaseCard } from '../../src/bindings/CaseCard';
import type { CaseHand } from '../../src/bindings/CaseHand';
import type { CaseJoin } from '../../src/bindings/CaseJoin';
import type { CaseMoment } from '../../src/bindings/CaseMoment';
import type { CaseThing } from '../../src/bindings/CaseThing';
import type { CaseView } from '../../src/bindings/CaseView';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const NUMBER = '37060011122';
const PHONE = `phone:${NUMBER}`;

const named = (id: number, name: string) => ({ id, name });

export class PreviewCases {
  /** What was said by hand and stands, and what was asked to be taken back. */
  hand: CaseHand[] = [];
  /** The next answer fails with this code. */
  failing: ApiError['code'] | null = null;
  private next = 1;
  private tell: () => void = () => undefined;

  constructor(private readonly now: number) {}

  attach(backend: FakeBackend): void {
    this.tell = () => backend.publish({ kind: 'changed', rev: 1, area: 'cases', ids: [] });
  }

  private call(id: number, ago: number, more: Partial<CallRow>): CaseCard {
    const started_at = this.now - ago;
    const row: CallRow = {
      id,
      centre: 'vilnius',
      started_at,
      ended_at: started_at + 247_000,
      state: 'ended',
      phone: NUMBER,
      ani: null,
      operator: 'Орлова Мария',
      result: null,
      result_text: 'Неизвестно',
      badge: 'unknown',
      type_call: null,
      type_text: 'Неизвестно',
      theme: null,
      agency_id: 41,
      agency_name: 'Глобус-тур',
      agency_manager: 'Раса Казлаускене',
      blacklist: null,
      card_state: 'found',
      lack: null,
      has_client_card: false,
      pp_id: null,
      called_back_by: null,
      called_back_at: null,
      ...more,
    };
    return { kind: 'call', row };
  }

  /** Everything there is, by name. */
  private cards(): Map<string, CaseCard> {
    const { now } = this;
    const stretch = {
      id: 6,
      state: 'talking',
      group: 'talking' as const,
      reason: null,
      began: now - DAY - 4 * MINUTE,
      known_until: now - DAY,
      open: false,
      approximate: false,
      verdict: null,
      overruled: null,
    };
    return new Map<string, CaseCard>([
      [PHONE, { kind: 'phone', row: NUMBER }],
      ['call:18', this.call(18, 40 * MINUTE, { theme: 'Возврат билета', operator: 'Жуков Пётр' })],
      ['call:17', this.call(17, DAY + 4 * MINUTE, { called_back_by: 'vera', called_back_at: now - DAY + 90 * MINUTE })],
      [
        'agency:41',
        { kind: 'agency', row: { id: 41, name: 'Глобус-тур', manager: 'Раса Казлаускене', blacklist: null } },
      ],
      ['stretch:6', { kind: 'stretch', row: { operator: 3, name: 'Орлова Мария', stretch } }],
      [
        'ticket:4312',
        {
          kind: 'ticket',
          row: {
            id: 4312,
            subject: 'Не пришло подтверждение возврата после звонка в контакт-центр',
            project: named(1, 'Поддержка'),
            tracker: named(1, 'Обращение'),
            status: named(2, 'В работе'),
            closed: false,
            priority: named(4, 'Обычный'),
            author: named(5, 'Белова Анна'),
            assignee: named(8, 'Жуков Пётр'),
            private: false,
            done_ratio: 30,
            due_date: null,
            created_on: now - DAY + 20 * MINUTE,
            updated_on: now - 25 * MINUTE,
            status_at: now - 25 * MINUTE,
            gone_at: null,
          },
        },
      ],
      [
        'pair:3',
        {
          kind: 'pair',
          row: {
            id: 3,
            issue: 'SUP-211',
            url: 'https://tracker.example.com/SUP-211',
            summary: 'Возврат завис в биллинге',
            status: 'В работе',
            over: false,
            chat: 11,
            message: 88_001,
            paused_at: null,
            paused_why: null,
            created_at: now - 22 * 60 * MINUTE,
            held: 0,
            failed: 0,
            last: null,
          },
        },
      ],
      [
        'rating:5',
        {
          kind: 'rating',
          row: {
            id: 5,
            issue: 4183,
            title: 'Возврат по брони',
            author: 77,
            author_name: 'Раса Казлаускене',
            email: 'rasa@example.com',
            closed_at: now - 3 * 60 * MINUTE,
            deadline_at: now + 21 * 60 * MINUTE,
            state: 'asked',
            rate: null,
            origin: null,
            rated_by: null,
            refusal: null,
            held_at: null,
            held_by: null,
            hold_reason: null,
            asked_at: now - 179 * MINUTE,
            lack: null,
            lack_detail: null,
            ending: null,
            ending_reason: null,
            ending_by: null,
            created_at: now - 3 * 60 * MINUTE,
            ended_at: null,
            recovered_at: null,
          },
        },
      ],
      [
        'document:9',
        {
          kind: 'document',
          row: {
            id: 9,
            guid: '9c1d',
            number: 'ВЗ-000123',
            date: null,
            title: 'Возврат средств клиенту',
            author: 'Белова Анна',
            state: 'done',
            stage: null,
            lines: 1,
            tasks: 1,
            files: 0,
            tries: 0,
            queued: false,
            trouble: null,
            record: 400,
            received_at: now - 20 * 60 * MINUTE,
            updated_at: now - 20 * 60 * MINUTE,
            ended_at: now - 20 * 60 * MINUTE + 4_000,
          },
        },
      ],
      [
        'task:8801',
        {
          kind: 'task',
          row: {
            task: 8801,
            state: 'created',
            responsible: 'Йонас Петрайтис',
            name: 'Расчёты с клиентами',
            document: 9,
            given_at: now - 20 * 60 * MINUTE + 1_000,
          },
        },
      ],
      [
        'ticket:77',
        {
          kind: 'ticket',
          row: {
            id: 77,
            subject: 'Повторный запрос на возврат',
            project: named(1, 'Поддержка'),
            tracker: named(1, 'Обращение'),
            status: named(5, 'Закрыта'),
            closed: true,
            priority: named(4, 'Обычный'),
            author: null,
            assignee: null,
            private: false,
            done_ratio: 100,
            due_date: null,
            created_on: now - 9 * DAY,
            updated_on: now - 8 * DAY,
            status_at: now - 8 * DAY,
            gone_at: null,
          },
        },
      ],
    ]);
  }

  private joins(): CaseJoin[] {
    const join = (a: string, b: string, reason: CaseJoin['reason'], values: CaseJoin['values']): CaseJoin => ({
      a,
      b,
      reason,
      strength: reason === 'same_address' || reason === 'issue_number_in_text' ? 'likely' : 'certain',
      values,
    });
    const text = 'ticket:4312';
    const rules = [
      join(PHONE, 'call:17', 'same_number', { phone: NUMBER }),
      join(PHONE, 'call:18', 'same_number', { phone: NUMBER }),
      join(PHONE, text, 'number_in_text', { text, place: 'comment', named: `+${NUMBER}` }),
      join('call:17', 'agency:41', 'agency_of_number', { agency: 'Глобус-тур', phone: NUMBER }),
      join('call:18', 'agency:41', 'agency_of_number', { agency: 'Глобус-тур', phone: NUMBER }),
      join('call:17', 'stretch:6', 'state_during_call', { operator: 'Орлова Мария', state: 'talking' }),
      join(text, 'pair:3', 'named_in_text', { text, place: 'text', named: 'SUP-211' }),
      join(text, 'rating:5', 'same_address', { address: 'rasa@example.com', days: 1 }),
      join('pair:3', 'document:9', 'named_in_text', { text: 'pair:3', place: 'message', named: 'ВЗ-000123' }),
      join('document:9', 'task:8801', 'task_of_document', { task: 8801, document: 'ВЗ-000123' }),
    ];
    const said = this.hand
      .filter(({ verdict }) => verdict === 'joined')
      .map((each) => join(each.a, each.b, 'by_hand', { by: each.by, why: each.reason, hand: each.id, at: each.at }));
    return [...rules, ...said];
  }

  private moments(): CaseMoment[] {
    const { now } = this;
    const at = (ago: number, thing: string, code: string, who: string | null, values: CaseMoment['values']) => ({
      at: now - ago,
      thing,
      code,
      who,
      values,
    });
    return [
      at(DAY + 4 * MINUTE, 'call:17', 'call_began', 'Орлова Мария', {
        phone: NUMBER,
        theme: null,
        agency: 'Глобус-тур',
        open: false,
      }),
      at(DAY + 4 * MINUTE, 'stretch:6', 'state_began', 'Орлова Мария', {
        state: 'talking',
        group: 'talking',
        reason: null,
        seconds: 240,
      }),
      at(DAY, 'call:17', 'call_ended', 'Орлова Мария', { seconds: 247, result: null }),
      at(DAY - 20 * MINUTE, 'ticket:4312', 'ticket_created', 'Белова Анна', {
        subject: 'Не пришло подтверждение возврата после звонка в контакт-центр',
      }),
      at(DAY - 90 * MINUTE, 'call:17', 'called_back', 'vera', {}),
      at(22 * 60 * MINUTE, 'pair:3', 'pair_began', 'Белова Анна', {
        issue: 'SUP-211',
        summary: 'Возврат завис в биллинге',
        text: 'Клиентка звонит второй раз, деньги не вернулись. Документ ВЗ-000123.',
      }),
      at(20 * 60 * MINUTE, 'document:9', 'document_came', 'Белова Анна', {
        number: 'ВЗ-000123',
        title: 'Возврат средств клиенту',
        lines: 1,
      }),
      at(20 * 60 * MINUTE - 1_000, 'task:8801', 'task_given', 'Йонас Петрайтис', {
        task: 8801,
        name: 'Расчёты с клиентами',
      }),
      at(20 * 60 * MINUTE - 4_000, 'document:9', 'document_settled', null, { state: 'done', tasks: 1, lines: 1 }),
      at(19 * 60 * MINUTE, 'pair:3', 'said', 'Игорь Смирнов', {
        side: 'tracker',
        event: 'written',
        text: 'Платёж ушёл в банк, ждём выписку до завтра.',
        state: 'done',
        files: 0,
      }),
      at(3 * 60 * MINUTE, 'rating:5', 'issue_closed', null, { issue: 4183, title: 'Возврат по брони' }),
      at(179 * MINUTE, 'rating:5', 'rating_asked', null, { name: 'Раса Казлаускене', deadline: now }),
      at(40 * MINUTE, 'call:18', 'call_began', 'Жуков Пётр', {
        phone: NUMBER,
        theme: 'Возврат билета',
        agency: 'Глобус-тур',
        open: false,
      }),
      at(36 * MINUTE, 'call:18', 'call_ended', 'Жуков Пётр', { seconds: 247, result: null }),
      at(25 * MINUTE, 'ticket:4312', 'ticket_status', 'Жуков Пётр', {
        old_status: 'Новая',
        status: 'В работе',
        text: 'Перезвонить: +370 600 11-122, ждёт до вечера.',
        assignee: null,
        others: 0,
      }),
      at(9 * DAY, 'ticket:77', 'ticket_created', null, { subject: 'Повторный запрос на возврат' }),
    ];
  }

  view(root: string): CaseView {
    if (this.failing !== null) throw new ApiError(this.failing, 'taught to fail');
    const cards = this.cards();
    if (!cards.has(root)) throw new ApiError('not_found', 'no such case');
    const parted = (a: string, b: string) =>
      this.hand.some(
        (said) => said.verdict === 'split' && [said.a, said.b].includes(a) && [said.a, said.b].includes(b),
      );
    const joins = this.joins().filter(({ a, b }) => !parted(a, b));
    const reached = new Map<string, { steps: number; certain: boolean }>([[root, { steps: 0, certain: true }]]);
    const leaf = (thing: string) => /^(agency|stretch|task):/.test(thing);
    for (const strength of ['certain', 'likely'] as const) {
      for (const [from, { steps, certain }] of reached) {
        if (!certain || leaf(from)) continue;
        for (const join of joins.filter((each) => each.strength === strength)) {
          const to = join.a === from ? join.b : join.b === from ? join.a : null;
          if (to !== null && !reached.has(to) && ![...reached.keys()].some((each) => parted(each, to)))
            reached.set(to, { steps: steps + 1, certain: strength === 'certain' });
        }
      }
    }
    const things: CaseThing[] = [...reached].flatMap(([thing, member]) => {
      const card = cards.get(thing);
      return card ? [{ thing, card, ...member }] : [];
    });
    const apart = this.hand.flatMap((said) => {
      const out = [said.a, said.b].find((thing) => !reached.has(thing));
      const card = out === undefined ? undefined : cards.get(out);
      return said.verdict === 'split' && out !== undefined && card ? [{ said, thing: out, card }] : [];
    });
    return {
      root,
      now: this.now,
      things: things.sort((x, y) => Number(!x.certain) - Number(!y.certain) || x.steps - y.steps),
      joins: joins.filter(({ a, b }) => reached.has(a) && reached.has(b)),
      apart,
      timeline: this.moments()
        .filter(({ thing }) => reached.has(thing))
        .sort((x, y) => x.at - y.at),
      troubles: reached.has('ticket:4312')
        ? [
            {
              thing: 'ticket:4312',
              effect: 12,
              kind: 'change_ticket',
              integration: 'redmine',
              state: 'refused',
              attempts: 3,
              created_at: this.now - 30 * MINUTE,
              settled_at: this.now - 28 * MINUTE,
            },
          ]
        : [],
      cut: [],
    };
  }

  find(text: string) {
    const digits = text.replace(/\D/g, '');
    const cards = this.cards();
    const exact = (thing: string) =>
      thing === `phone:${digits}` ||
      thing === `ticket:${digits}` ||
      thing === (text.toUpperCase() === 'SUP-211' ? 'pair:3' : '');
    const like = (card: CaseCard) =>
      /\p{L}/u.test(text) && card.kind === 'ticket' && card.row.subject.toLowerCase().includes(text.toLowerCase());
    const found = [...cards].filter(([thing, card]) => exact(thing) || like(card));
    return { found: found.map(([thing, card]) => ({ thing, card, exact: exact(thing) })) };
  }

  say(verdict: CaseHand['verdict'], one: string, other: string, reason: string) {
    const [a = '', b = ''] = [one, other].sort();
    this.hand = this.hand.filter((said) => said.a !== a || said.b !== b);
    const id = this.next++;
    this.hand.push({ id, a, b, verdict, reason, by: 'a.komarova', at: this.now });
    this.tell();
    return { id };
  }

  takeBack(id: number): void {
    if (!this.hand.some((said) => said.id === id)) throw new ApiError('not_found', 'no such join');
    this.hand = this.hand.filter((said) => said.id !== id);
    this.tell();
  }
}

export const casesAnswers = (cases: PreviewCases): Answers => ({
  'cases.get': ({ thing }) => cases.view(thing),
  'cases.find': ({ text }) => cases.find(text),
  'cases.join': ({ a, b, reason }) => cases.say('joined', a, b, reason),
  'cases.split': ({ a, b, reason }) => cases.say('split', a, b, reason),
  'cases.take_back': ({ id }) => {
    cases.takeBack(id);
    return {};
  },
});
