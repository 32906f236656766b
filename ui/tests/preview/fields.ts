// The settings of the invented centre's server, as the engine describes them.
import type { Field } from '../../src/bindings/Field';
import type { Kind } from '../../src/bindings/Kind';

interface More {
  min?: number;
  max?: number;
  unit?: string;
  choices?: string[];
  restart?: boolean;
}

function field(path: string, kind: Kind, initial: Field['default'], more: More = {}): Field {
  return {
    path,
    about: `What ${path} is.`,
    kind,
    unit: more.unit ?? null,
    default: initial,
    min: more.min ?? null,
    max: more.max ?? null,
    choices: more.choices ?? [],
    needs_restart: more.restart ?? false,
    secret: false,
  };
}

const whole = (path: string, initial: number, min: number, max: number, unit: string, restart = false) =>
  field(path, 'whole', initial, { min, max, unit, restart });

export const fields: Field[] = [
  field('console.bind', 'address', '127.0.0.1:8480', { restart: true }),
  field('console.public_url', 'url', null),
  field('console.trusted_proxies', 'networks', [], { min: 0, max: 32, restart: true }),
  whole('console.session_hours', 24, 1, 720, 'hours'),
  field('console.tls.certificate', 'path', null, { restart: true }),
  field('console.tls.key', 'path', null, { restart: true }),
  field('hooks.bind', 'address', '127.0.0.1:8481', { restart: true }),
  field('hooks.allow_plain_http', 'flag', false, { restart: true }),
  field('hooks.trusted_proxies', 'networks', [], { min: 0, max: 32, restart: true }),
  whole('hooks.max_body_bytes', 1_048_576, 1024, 16_777_216, 'bytes'),
  whole('hooks.rate_per_source', 50, 1, 1_000_000, 'requests/s'),
  whole('hooks.burst_per_source', 200, 1, 1_000_000, 'requests'),
  whole('hooks.connections', 1024, 1, 65_536, 'connections', true),
  whole('hooks.queue_limit', 200_000, 100, 10_000_000, 'records'),
  field('hooks.tls.certificate', 'path', null, { restart: true }),
  field('hooks.tls.key', 'path', null, { restart: true }),
  field('storage.data_dir', 'path', null, { restart: true }),
  field('storage.backup.dir', 'path', null),
  whole('storage.backup.every_hours', 24, 1, 8760, 'hours'),
  whole('storage.backup.keep', 7, 1, 365, 'backups'),
  whole('retention.records_days', 30, 1, 3650, 'days'),
  whole('retention.journal_days', 180, 1, 3650, 'days'),
  whole('retention.calls_days', 1825, 1, 36_500, 'days'),
  whole('retention.ratings_days', 180, 1, 3650, 'days'),
  whole('retention.erp_days', 180, 1, 3650, 'days'),
  whole('retention.audit_days', 365, 30, 36_500, 'days'),
  field('log.level', 'choice', 'info', { choices: ['error', 'warn', 'info', 'debug', 'trace'] }),
  field('log.json', 'flag', false, { restart: true }),
  field('log.dir', 'path', null, { restart: true }),
  field('log.rotation', 'choice', 'daily', { choices: ['hourly', 'daily', 'never'], restart: true }),
  whole('log.keep', 14, 1, 1000, 'files', true),
  whole('lanes.breaker_failures', 5, 1, 100, 'failures'),
  whole('lanes.breaker_pause_s', 15, 1, 3600, 's'),
  whole('lanes.breaker_pause_max_s', 300, 1, 3600, 's'),
  whole('lanes.backoff_base_ms', 500, 10, 60_000, 'ms'),
  whole('lanes.backoff_max_s', 60, 1, 3600, 's'),
  whole('lanes.give_up_hours', 24, 1, 168, 'hours'),
  field('areas.calls.moscow_zone', 'zone', 'Europe/Moscow'),
  field('areas.calls.vilnius_zone', 'zone', 'Europe/Vilnius'),
  whole('areas.calls.repeat_seconds', 60, 0, 3600, 's'),
  field('areas.calls.excluded_agencies', 'numbers', [280, 318], { min: 0, max: 1000 }),
  field('areas.calls.themes', 'texts', ['Бронирование', 'Изменение тура', 'Аннуляция', 'Оплата', 'Другое'], {
    min: 1,
    max: 50,
  }),
  field('areas.calls.watch_dir', 'path', null),
  field('areas.calls.wrapup_map', 'wrapup_map', {}, { min: 0, max: 200 }),
  field('areas.floor.queues', 'queues', {}, { min: 0, max: 50 }),
  field('areas.ratings.enabled', 'flag', false),
  field('areas.ratings.closed_codes', 'texts', ['closed'], { min: 1, max: 20 }),
  field('areas.ratings.reopened_codes', 'texts', ['opened', 'in_progress', 'delayed'], { min: 0, max: 20 }),
  whole('areas.ratings.auto_after_h', 24, 1, 720, 'h'),
  field('areas.ratings.auto_rate', 'choice', 'good', { choices: ['good', 'normal', 'bad'] }),
  field('areas.ratings.auto_rate_unasked', 'flag', false),
  field('areas.ratings.public_url', 'url', null),
  field('integrations.telephony.enabled', 'flag', false),
  field('integrations.telephony.allow_addresses', 'networks', [], { min: 0, max: 256 }),
  field('integrations.telephony.cors_origins', 'origins', ['*'], { min: 0, max: 64 }),
  field('integrations.telephony.region', 'text', 'lt', { min: 1, max: 3 }),
  field('integrations.telephony.number_prefix', 'text', '+', { min: 0, max: 4 }),
  field('integrations.telephony.clients', 'names', [], { min: 0, max: 64 }),
  field('integrations.agencies.enabled', 'flag', false),
  field('integrations.agencies.base', 'url', null),
  field('integrations.agencies.ca', 'path', null),
  field('integrations.agencies.login', 'text', null, { min: 1, max: 128 }),
  whole('integrations.agencies.timeout_s', 10, 1, 60, 's'),
  whole('integrations.agencies.session_minutes', 10, 1, 1440, 'minutes'),
  whole('integrations.agencies.rate_per_second', 10, 1, 1000, 'requests/s'),
  whole('integrations.agencies.concurrency', 4, 1, 64, 'requests'),
  field('integrations.call_feed.enabled', 'flag', false),
  field('integrations.okdesk.enabled', 'flag', false),
  field('integrations.okdesk.base', 'url', null),
  field('integrations.okdesk.ca', 'path', null),
  whole('integrations.okdesk.poll_minutes', 10, 0, 1440, 'minutes'),
  field('integrations.okdesk.rate_body', 'choice', 'flat', { choices: ['flat', 'nested'] }),
  whole('integrations.okdesk.rate_per_second', 2, 1, 50, 'requests/s'),
  field('integrations.bitrix24.enabled', 'flag', false),
  field('integrations.bitrix24.base', 'url', null),
  field('integrations.bitrix24.ca', 'path', null),
  field('integrations.bitrix24.message_method', 'choice', 'auto', { choices: ['auto', 'imbot.v2', 'imbot', 'im'] }),
  field('integrations.bitrix24.bot_id', 'whole', null),
  field('integrations.bitrix24.client_id', 'text', null, { min: 1, max: 64 }),
  whole('integrations.bitrix24.rate_per_second', 2, 1, 50, 'requests/s'),
];

/** What differs from the defaults. */
export const set: Record<string, unknown> = {
  'console.public_url': 'https://pult.example.com/',
  'areas.calls.wrapup_map': { Обработано: { result: 1, type_call: 2 }, 'Клиент положил трубку': { result: 2 } },
  'areas.floor.queues': { Продажи: { teams: ['продаж'], calls: ['тур', 'виза'] } },
  'integrations.telephony.enabled': true,
  'integrations.telephony.allow_addresses': ['192.0.2.0/28'],
  'integrations.telephony.clients': ['vilnius-desk', 'night-line'],
  'integrations.agencies.enabled': true,
  'integrations.agencies.base': 'https://xml.example.com/xmlgate',
  'integrations.agencies.login': 'desk',
};
