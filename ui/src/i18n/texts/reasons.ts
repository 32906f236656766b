// What the engine says of records, calls and connections, in Russian, by the words of the engine; `{}` stands for a value. Here is why a
// record was not understood, in `details` the rest. In English the words are the engine's.

import { detailInRussian } from './details';

const ru: Record<string, string> = {
  'RFC 3339, or YYYY-MM-DD HH:MM:SS in the zone of the centre': 'нужно RFC 3339 или ГГГГ-ММ-ДД ЧЧ:ММ:СС в поясе центра',
  'a date is expected: 2024-12-20, 2024-12-20T18:00:00 or 20.12.2024 18:00:00, with a zone or without':
    'нужна дата: 2024-12-20, 2024-12-20T18:00:00 или 20.12.2024 18:00:00, с поясом или без',
  'a field is missing, unknown or of another type (line {}, column {})':
    'поля нет, оно лишнее или другого типа (строка {}, столбец {})',
  'a list': 'нужен список',
  'a number is required': 'нужно число',
  'a positive number is required': 'нужно положительное число',
  'a text': 'нужен текст',
  'a text in Base64 is expected': 'нужен текст в Base64',
  'a text is expected': 'нужен текст',
  'a text is required': 'нужен текст',
  'a time is required': 'нужно время',
  'a whole number': 'нужно целое число',
  'a word for what happened is required': 'нужно слово о том, что произошло',
  'an id or a name': 'нужен номер или имя',
  'an id or a telephone number': 'нужен номер записи или телефон',
  "an issue's key is required": 'нужен ключ задачи',
  "an issue's key is required, for instance DESK-41": 'нужен ключ задачи, например DESK-41',
  'an object': 'нужен объект',
  'an object is expected': 'нужен объект',
  'another entry has the same id': 'такой же номер есть у другой строки',
  'at most {}': 'не больше {}',
  'at most {} calls in a batch, and these are {}': 'в пакете звонков {2}, а можно не больше {1}',
  'at most {} characters': 'символов больше, чем можно: не больше {}',
  'cannot be written down': 'не записать',
  'given twice': 'указано дважды',
  'good, normal or bad': 'нужно good, normal или bad',
  'has more than {} fields': 'полей больше {}',
  'hold more than {} MiB together': 'вместе больше {} МиБ',
  'holds {} entries, {} at most are taken': 'строк {}, а принимается не больше {}',
  'is empty': 'пусто',
  'is longer than {} characters': 'символов больше {}',
  'is missing': 'нет',
  'is missing or empty': 'нет или пусто',
  'is missing or empty: a task is made of each entry': 'нет или пусто: задача создаётся по каждой строке',
  'is not Base64': 'это не Base64',
  'is not UTF-8': 'это не UTF-8',
  'is not a list': 'это не список',
  'is not valid JSON (line {}, column {})': 'это не JSON (строка {}, столбец {})',
  'it cannot be written': 'не записать',
  'it is missing': 'нет',
  'it is switched off or unknown to this version': 'выключено или незнакомо этой версии',
  'it was erased': 'стёрто',
  'its file is missing': 'файла с ним нет',
  'its request was erased or cannot be read': 'запрос стёрт или не читается',
  'minutes are expected, 0 to {}': 'нужны минуты, от 0 до {}',
  missing: 'нет',
  'more than {} columns': 'столбцов больше {}',
  'must be an object': 'нужен объект',
  'must not be empty': 'не может быть пустым',
  'neither an event nor a fetched one': 'это не событие: ни присланное, ни прочитанное',
  'nested too deeply': 'слишком глубокая вложенность',
  'newcall or endcall': 'нужно newcall или endcall',
  'no column source_id': 'нет столбца source_id',
  'no event is named': 'событие не названо',
  'no headers': 'нет заголовков',
  'not JSON': 'это не JSON',
  'not JSON (line {}, column {})': 'это не JSON (строка {}, столбец {})',
  'not UTF-8': 'это не UTF-8',
  'not a table (line {})': 'это не таблица (строка {})',
  'not {"calls": [..]} (line {}, column {})': 'это не {"calls": [..]} (строка {}, столбец {})',
  'one of good, normal, bad after the number of the issue': 'после номера заявки нужно good, normal или bad',
  'one of newcall, endcall': 'нужно newcall или endcall',
  required: 'обязательно',
  'the agency service sends nothing by itself': 'служба агентств сама ничего не присылает',
  'the directory sends nothing by itself': 'справочник сам ничего не присылает',
  'the file is larger than {} bytes': 'файл больше {} байт',
  'the messenger keeps no records': 'мессенджер не оставляет записей',
  'the number of an issue, then good, normal or bad': 'нужен номер заявки, затем good, normal или bad',
  'the register sends nothing by itself': 'реестр сам ничего не присылает',
  'the service desk sends nothing by itself': 'служба заявок сама ничего не присылает',
  'true, false, 1 or 0': 'нужно true, false, 1 или 0',
  'two columns of one name': 'два столбца с одним именем',
  'unknown field': 'неизвестное поле',
  '{} cells under {} headers': 'заголовков {2}, а ячеек {1}',
};

const HOLE = '{}';
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const patterns = Object.entries(ru)
  .filter(([english]) => english.includes(HOLE))
  .map(([english, said]) => {
    const words = english.split(HOLE).map(escaped);
    return { like: new RegExp(`^${words.join(String.raw`(\d+)`)}$`), said };
  });

/** The words the table knows. */
export const known = Object.keys(ru);

function translated(reason: string): string | null {
  if (Object.hasOwn(ru, reason)) return ru[reason] ?? null;
  for (const { like, said } of patterns) {
    const values = like.exec(reason)?.slice(1);
    if (!values) continue;
    let next = 0;
    return said.replace(/\{(\d?)\}/g, (_, place: string) => values[place ? Number(place) - 1 : next++] ?? '');
  }
  return detailInRussian(reason, reasonInRussian);
}

/**
 * A reason or a detail of the engine in Russian. It may stand behind the field it is about, which keeps its name; words of somebody else are
 * left as they are.
 */
export function reasonInRussian(words: string): string {
  const whole = translated(words);
  if (whole !== null) return whole;
  const cut = words.indexOf(': ');
  return cut < 0 ? words : `${words.slice(0, cut)}: ${reasonInRussian(words.slice(cut + 2))}`;
}
