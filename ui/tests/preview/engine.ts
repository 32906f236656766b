// A small contact centre with invented people, deterministic: the same picture every time. `?as=nobody`, `?as=new` and
// `?as=lost` show the page in other states; `?rows=100000` makes a long day, `?operators=500` a large floor,
// `?ratings=5000` many ratings, `?documents=0` none of those, `?carousel=dry` one that only rehearses, `?pairs=0` no pairs and
// `?bridge=none` (`deaf`, `off`) a bridge that is not there, `?tickets=900` many tickets, `?tracker=off` (`keyless`, `bad`) a tracker
// that is not connected, or without a key of one's own, `?chat=none` (`off`, `empty`, `offline`, `auth_failed`, `cert_problem`) another
// state of the messenger, `?old=900` a long conversation.
import { FakeBackend, type Answers } from '../../src/backend/fake';
import type { Session } from '../../src/bindings/Session';
import type { Health } from '../../src/bindings/Health';
import type { Source } from '../../src/bindings/Source';
import { grants, roles } from '../../src/state/rights';
import { Journal, callsAnswers } from './calls';
import { PreviewCarousel, carouselAnswers } from './carousel';
import { PreviewCases, casesAnswers } from './cases';
import { PreviewChatLink, chatLinkAnswers } from './chatLink';
import { deliveriesAnswers } from './deliveries';
import { PreviewDocuments, erpAnswers } from './erp';
import { Floor, floorAnswers } from './floor';
import { PreviewMessages, messagesAnswers } from './messages';
import { noticesAnswers } from './notices';
import { PreviewNow, nowAnswers } from './now';
import { PreviewNetwork, networkAnswers } from './network';
import { PreviewRatings, ratingsAnswers } from './ratings';
import { PreviewReports, reportsAnswers } from './reports';
import { settingsAnswers } from './settings';
import { PreviewTickets, ticketsAnswers } from './tickets';

const source = (name: string, more: Partial<Source>): Source => ({
  name,
  state: 'live',
  seen_at: null,
  newest_at: null,
  usual_ms: null,
  late_at: null,
  overdue_at: null,
  trouble: null,
  completeness: 'asked',
  ...more,
});

const engineAnswers = (now: number): Answers => ({
  'engine.health': () => ({
    version: '0.1.0',
    now,
    started_at: now - 7_200_000,
    sources: [
      source('agencies', {
        state: 'trouble',
        seen_at: now - 380_000,
        trouble: '{"detail":"401 wrong password"}',
        completeness: 'silent',
      }),
      source('call_feed', { state: 'silent', completeness: 'unproven' }),
      source('telephony', {
        seen_at: now - 2000,
        newest_at: now - 2000,
        usual_ms: 21_000,
        late_at: now + 103_000,
        overdue_at: now + 313_000,
        completeness: 'unproven',
      }),
    ],
    workers: ['pump', 'timers', 'upkeep', 'lane.agencies'].map((name, index) => ({
      name,
      state: index === 3 ? 'restarting' : 'running',
      restarts: index === 3 ? 2 : 0,
      since: now - 7_200_000 + index * 900_000,
    })),
    certificates: [
      { listener: 'console', read_at: now - 86_400_000, trouble: null },
      { listener: 'hooks', read_at: now - 7_200_000, trouble: { at: now - 60_000, why: 'no certificate in the file' } },
    ],
    backlog: 0,
    backlog_limit: 100_000,
    write_queue: 0,
  }),
});

export interface Preview extends FakeBackend {
  journal: Journal;
  floor: Floor;
  network: PreviewNetwork;
  ratings: PreviewRatings;
  documents: PreviewDocuments;
  carousel: PreviewCarousel;
  cases: PreviewCases;
  bridge: PreviewChatLink;
  tickets: PreviewTickets;
  messages: PreviewMessages;
  reports: PreviewReports;
  moment: PreviewNow;
}

export function makeBackend(wish: URLSearchParams): Preview {
  const now = Date.now();
  const as = wish.get('as');
  const journal = new Journal(now, Number(wish.get('rows') ?? 240));
  const floor = new Floor(now, Number(wish.get('operators') ?? 48), wish.get('floor') ?? 'live');
  floor.own = wish.get('own');
  const network = new PreviewNetwork(now);
  const ratings = new PreviewRatings(now, Number(wish.get('ratings') ?? 180));
  const documents = new PreviewDocuments(now, Number(wish.get('documents') ?? 44));
  const carousel = new PreviewCarousel(now, wish.get('carousel') ?? '');
  const bridge = new PreviewChatLink(now, Number(wish.get('pairs') ?? 60), wish.get('bridge') ?? '');
  const tickets = new PreviewTickets(now, Number(wish.get('tickets') ?? 90), wish.get('tracker') ?? '', () => ({
    login: me.login,
    full_name: me.full_name,
    supervisor: me.rights.role === 'supervisor' || me.rights.role === 'admin',
  }));
  const messages = new PreviewMessages(now, { chat: wish.get('chat') ?? 'live', old: Number(wish.get('old') ?? 120) });
  const cases = new PreviewCases(now);
  const reports = new PreviewReports(now, Number(wish.get('tickets') ?? 900));
  const all = !['operator', 'viewer'].includes(wish.get('role') ?? '');
  const engine = engineAnswers(now);
  const moment = new PreviewNow(now, wish.get('now') === 'quiet');
  const answers: Answers = {
    ...engine,
    ...reportsAnswers(reports, now, { floor, network, ratings, all }),
    ...callsAnswers(journal),
    ...deliveriesAnswers(now),
    ...floorAnswers(floor),
    ...noticesAnswers(now, { tickets: Number(wish.get('notices') ?? 0) }),
    ...networkAnswers(network),
    ...nowAnswers(
      moment,
      floor,
      () => (engine['engine.health']?.({}) as Health).sources,
      () => me.login,
    ),
    ...ratingsAnswers(ratings),
    ...erpAnswers(documents),
    ...carouselAnswers(carousel),
    ...casesAnswers(cases),
    ...chatLinkAnswers(bridge),
    ...ticketsAnswers(tickets),
    ...messagesAnswers(messages),
    ...settingsAnswers(now),
  };
  const wished = (wish.get('grants') ?? '').split(',');
  const me: NonNullable<Session['me']> = {
    login: wish.get('login') ?? 'a.komarova',
    full_name: 'Анна Комарова',
    rights: {
      role: roles.find((role) => role === wish.get('role')) ?? 'admin',
      grants: grants.filter((grant) => wished.includes(grant)),
      teams: [],
    },
    has_account: true,
    checked_offline: false,
    ask_again_at: null,
  };
  const signedOut = as === 'nobody' || as === 'new';
  const present = { csrf: 'preview', me: signedOut ? null : me, setup_needed: as === 'new', version: '0.1.0' };
  const backend = new FakeBackend(answers, present, [{ login: 'a.komarova', password: 'correct horse', me }]);
  tickets.attach(backend);
  moment.backend = backend;
  messages.attach(backend);
  cases.attach(backend);
  if (as === 'lost') backend.turn('lost');
  backend.reachable.set('https://finesse.example.com/', { reached: true, time_ms: 41.2, status: null, trouble: null });
  return Object.assign(backend, {
    journal,
    floor,
    network,
    ratings,
    documents,
    carousel,
    bridge,
    tickets,
    reports,
    moment,
    messages,
    cases,
  });
}
