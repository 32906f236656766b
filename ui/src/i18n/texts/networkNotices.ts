// Sentences of notices about connections.
import { number } from '../format';
import { enForm, ruForm } from '../plural';

type Values = Record<string, unknown>;
const word = (values: Values, name: string) => String(values[name] ?? '—');
export const days_ru = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'день', 'дня', 'дней')}`;
export const days_en = (n: number) => `${number(n, 'en')} ${enForm(n, 'day', 'days')}`;

const ru = {
  'network.lost': (v: Values) => `Нет связи: ${word(v, 'title')} (${word(v, 'host')})`,
  'network.poor': (v: Values) => `Плохая связь: ${word(v, 'title')} (${word(v, 'host')})`,
  'network.certificate': (v: Values) =>
    `Сертификат ${word(v, 'title')} (${word(v, 'host')}) кончается: осталось ${days_ru(Number(v.days ?? 0))}`,
  'network.certificate_ended': (v: Values) => `Срок сертификата ${word(v, 'title')} (${word(v, 'host')}) истёк`,
};

const en: typeof ru = {
  'network.lost': (v) => `No connection: ${word(v, 'title')} (${word(v, 'host')})`,
  'network.poor': (v) => `Poor connection: ${word(v, 'title')} (${word(v, 'host')})`,
  'network.certificate': (v) =>
    `The certificate of ${word(v, 'title')} (${word(v, 'host')}) ends: ${days_en(Number(v.days ?? 0))} left`,
  'network.certificate_ended': (v) => `The certificate of ${word(v, 'title')} (${word(v, 'host')}) has expired`,
};

export const networkNotices = { ru, en };
