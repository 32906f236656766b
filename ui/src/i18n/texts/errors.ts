// What to tell a person for each error code: what happened, what is safe, what to press. The engine's own message is
// technical and goes below the fold.

interface ErrorText {
  what: string;
  safe: string;
}

const ru = {
  unreachable: { what: 'Сервер не отвечает', safe: 'Ничего не изменено. Проверьте связь и повторите.' },
  sign_in_needed: { what: 'Сеанс закончился', safe: 'Войдите снова: вы вернётесь на то же место.' },
  forbidden: { what: 'Не хватает прав', safe: 'Ничего не изменено. Права выдаёт администратор в настройках.' },
  not_found: { what: 'Запись не найдена', safe: 'Её могли убрать по сроку хранения. Обновите список.' },
  conflict: { what: 'Запись уже изменил кто-то другой', safe: 'Ваша правка не сохранена. Обновите и повторите.' },
  bad_field: { what: 'Значение не подходит', safe: 'Ничего не сохранено. Исправьте отмеченное поле.' },
  wrong_password: {
    what: 'Логин или пароль не подошли',
    safe: 'Проверьте раскладку и Caps Lock и попробуйте ещё раз.',
  },
  wrong_code: { what: 'Код установки не подошёл', safe: 'Скопируйте его из журнала сервера целиком.' },
  locked: { what: 'Слишком много попыток входа', safe: 'Вход закрыт на время. Подождите и попробуйте ещё раз.' },
  blocked: { what: 'Учётная запись заблокирована', safe: 'Открыть её может администратор.' },
  no_account: { what: 'Учётной записи ещё нет', safe: 'Пароль верный. Попросите администратора добавить вас.' },
  register_away: {
    what: 'ERP недоступна',
    safe: 'Пароль сейчас не проверить. Попробуйте позже или обратитесь к администратору.',
  },
  disk_full: {
    what: 'На сервере кончилось место',
    safe: 'Прочитанное цело, новое пока не сохраняется. Сообщите администратору.',
  },
  busy: { what: 'Сервер занят', safe: 'Ничего не потеряно. Повторите чуть позже.' },
  unknown: {
    what: 'Не получилось',
    safe: 'Данные целы. Повторите, а если не поможет, скопируйте подробности администратору.',
  },
} satisfies Record<string, ErrorText>;

const en: typeof ru = {
  unreachable: { what: 'The server does not answer', safe: 'Nothing was changed. Check the connection and try again.' },
  sign_in_needed: { what: 'The session has ended', safe: 'Sign in again: you will return to the same place.' },
  forbidden: {
    what: 'You may not do this',
    safe: 'Nothing was changed. An administrator grants rights in the settings.',
  },
  not_found: { what: 'The record was not found', safe: 'It may have been removed by retention. Refresh the list.' },
  conflict: { what: 'Someone else has changed the record', safe: 'Your edit was not saved. Refresh and try again.' },
  bad_field: { what: 'The value does not fit', safe: 'Nothing was saved. Correct the marked field.' },
  wrong_password: {
    what: 'The login or the password is wrong',
    safe: 'Check the keyboard layout and Caps Lock and try again.',
  },
  wrong_code: { what: 'The set-up code is wrong', safe: 'Copy it from the server’s log in full.' },
  locked: { what: 'Too many attempts to sign in', safe: 'Sign-in is closed for a while. Wait and try again.' },
  blocked: { what: 'The account is blocked', safe: 'An administrator can open it again.' },
  no_account: { what: 'There is no account yet', safe: 'The password is right. Ask an administrator to add you.' },
  register_away: {
    what: 'The ERP is not available',
    safe: 'The password cannot be checked now. Try again later or ask an administrator.',
  },
  disk_full: {
    what: 'The server’s disk is full',
    safe: 'What was stored is safe, new data is not kept for now. Tell an administrator.',
  },
  busy: { what: 'The server is busy', safe: 'Nothing is lost. Try again a little later.' },
  unknown: {
    what: 'It did not work',
    safe: 'The data is safe. Try again; if it does not help, copy the detail to an administrator.',
  },
};

export const errors = { ru, en };

const sameAs = new Map<string, keyof typeof ru>([
  ['http_401', 'sign_in_needed'],
  ['http_403', 'forbidden'],
  ['http_404', 'not_found'],
  ['http_409', 'conflict'],
  ['http_423', 'locked'],
  ['http_429', 'busy'],
  ['http_502', 'unreachable'],
  ['http_503', 'busy'],
  ['http_504', 'unreachable'],
]);

/** The text for a code in the given language's table; codes without a text of their own share one. */
export function errorText(table: typeof ru, code: string): ErrorText {
  if (Object.hasOwn(table, code)) return table[code as keyof typeof ru];
  return table[sameAs.get(code) ?? 'unknown'];
}
