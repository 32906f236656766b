//! The window's own words: tray, toasts, dialogs. The page has its own in `ui/src/i18n`.
//!
//! Deliberately not here: which of them is said when.

pub(crate) use pult_engine::sentences::{Language, fill};

/// The language of the person's session; Russian where it names none of ours.
pub(crate) fn language_of_the_system() -> Language {
    language_of(sys_locale::get_locales())
}

fn language_of(locales: impl Iterator<Item = String>) -> Language {
    let code = |locale: String| locale.split(['-', '_', '.', '@']).next().unwrap_or_default().to_lowercase();
    locales.map(code).find_map(|code| Language::of_code(&code)).unwrap_or(Language::Ru)
}

/// What the engine's workers are called, by the first word of their name: Russian, English.
const WORKERS: &[(&str, &str, &str)] = &[
    ("pump", "разбор записей", "reading of records"),
    ("timers", "таймеры", "timers"),
    ("lane", "отправка", "sending"),
    ("poll", "опрос", "poll"),
    ("stream", "сеанс", "session"),
    ("network", "проверки связи", "network probes"),
    ("watch", "надзор за работой", "watch over the work"),
    ("snoozed", "отложенные уведомления", "snoozed notices"),
    ("backups", "резервные копии", "backups"),
    ("retention", "удаление по сроку", "removal by age"),
    ("listener", "приём запросов", "taking requests"),
    ("certificate", "обновление сертификата", "renewal of the certificate"),
];

/// The words of one language. Fields that end in a colon or hold `{}` are completed by the caller through [`fill`].
pub(crate) struct Words {
    pub(crate) language: Language,
    pub(crate) title: &'static str,
    pub(crate) wall: &'static str,
    pub(crate) open: &'static str,
    pub(crate) open_wall: &'static str,
    pub(crate) quit: &'static str,

    pub(crate) all_well: &'static str,
    pub(crate) starting: &'static str,
    pub(crate) needs_you: &'static str,
    pub(crate) stuck: &'static str,
    pub(crate) incident: &'static str,
    pub(crate) incidents: &'static str,
    pub(crate) handled: &'static str,
    pub(crate) red: &'static str,
    pub(crate) amber: &'static str,
    pub(crate) unassigned: &'static str,
    pub(crate) due: &'static str,
    pub(crate) paused_count: &'static str,
    pub(crate) restarting: &'static str,
    pub(crate) down: &'static str,
    pub(crate) paused: &'static str,
    pub(crate) behind: &'static str,
    pub(crate) not_listening: &'static str,
    pub(crate) no_server: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) no_figures: &'static str,

    pub(crate) operators: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) unread: &'static str,
    pub(crate) network: &'static str,
    pub(crate) network_at: &'static str,
    pub(crate) network_none: &'static str,
    pub(crate) deliveries: &'static str,
    pub(crate) sources: &'static str,
    pub(crate) sources_none: &'static str,
    pub(crate) data: &'static str,
    pub(crate) data_none: &'static str,
    pub(crate) backlog: &'static str,

    pub(crate) now: &'static str,
    pub(crate) minutes_ago: &'static str,
    pub(crate) hours_ago: &'static str,
    pub(crate) days_ago: &'static str,

    pub(crate) toast_notice: &'static str,
    pub(crate) toast_notices: &'static str,
    pub(crate) toast_done: &'static str,
    pub(crate) toast_snooze: &'static str,
    pub(crate) toast_server_lost: &'static str,
    pub(crate) toast_server_lost_text: &'static str,
    pub(crate) toast_server_back: &'static str,

    pub(crate) secrets_in_file: &'static str,
    pub(crate) ports_closed: &'static str,
    pub(crate) cannot_start: &'static str,
    pub(crate) keyring_away: &'static str,
    pub(crate) keyring_away_text: &'static str,
    pub(crate) save_as: &'static str,
    pub(crate) grades: [&'static str; 5],
}

const RU: Words = Words {
    language: Language::Ru,
    title: "Пульт",
    wall: "Табло операторов",
    open: "Открыть",
    open_wall: "Открыть табло",
    quit: "Завершить работу",
    all_well: "Всё в порядке",
    starting: "Запуск",
    needs_you: "Нужно вмешательство: {}",
    stuck: "Застряли отправки: {}",
    incident: "{}, уже {} мин",
    incidents: "{} и ещё сбоев: {}",
    handled: "{}: занимается {}",
    red: "Слишком долго в одном состоянии, операторов: {}",
    amber: "Долго в одном состоянии, операторов: {}",
    unassigned: "Тикет № {} без исполнителя уже {} мин",
    due: "Ждут ответа оценок: {}, первая истекает через {} мин",
    paused_count: "На паузе систем: {}",
    restarting: "Перезапускается: {}",
    down: "Нет ответа: {}",
    paused: "Остановлено вручную: {}",
    behind: "Записи ждут разбора: {}",
    not_listening: "Вебхуки не принимаются",
    no_server: "Нет связи с сервером",
    signed_out: "Вход не выполнен",
    no_figures: "Нет данных",
    operators: "Операторы: готовы {}, говорят {}",
    calls: "Звонки: идут {}, за сегодня {}",
    unread: "Уведомления: не прочитано {}",
    network: "Связь: {}",
    network_at: "Связь: {}, {}",
    network_none: "Связь: не наблюдается",
    deliveries: "Обмен: застряло {}",
    sources: "Источники: на связи {} из {}",
    sources_none: "Источники: не подключены",
    data: "Данные: {}",
    data_none: "Данные: ещё не приходили",
    backlog: "Очередь: {}",
    now: "меньше минуты назад",
    minutes_ago: "{} мин назад",
    hours_ago: "{} ч назад",
    days_ago: "{} дн назад",
    toast_notice: "Уведомление",
    toast_notices: "Новых уведомлений: {}",
    toast_done: "Готово",
    toast_snooze: "Через час",
    toast_server_lost: "Нет связи с сервером",
    toast_server_lost_text: "На экране последние полученные данные. Связь восстановится сама.",
    toast_server_back: "Связь с сервером восстановлена",
    secrets_in_file: "Связки ключей в этом сеансе нет, поэтому пароли и ключи хранятся в файле, доступном только вам: {}",
    ports_closed: "Вебхуки не принимаются, консоль в браузере недоступна: {}",
    cannot_start: "Пульт не запустился",
    keyring_away: "Связка ключей не отвечает",
    keyring_away_text: "Пароли и ключи Пульта лежат в ней. Разблокируйте её и запустите Пульт снова.\n\n\
                        Продолжить без неё? Тогда пароли и ключи придётся ввести заново, храниться они будут в файле.\n\n{}",
    save_as: "Сохранить файл",
    grades: ["отличная", "хорошая", "средняя", "плохая", "нет ответа"],
};

const EN: Words = Words {
    language: Language::En,
    title: "Pult",
    wall: "Wallboard of operators",
    open: "Open",
    open_wall: "Open the wallboard",
    quit: "Quit",
    all_well: "All is well",
    starting: "Starting",
    needs_you: "Needs you: {}",
    stuck: "Stuck deliveries: {}",
    incident: "{}, for {} min",
    incidents: "{} and more incidents: {}",
    handled: "{}: taken by {}",
    red: "Too long in one state, operators: {}",
    amber: "Long in one state, operators: {}",
    unassigned: "Ticket no. {} has had nobody for {} min",
    due: "Ratings that wait: {}, the first for {} min more",
    paused_count: "Systems paused: {}",
    restarting: "Restarting: {}",
    down: "Not answering: {}",
    paused: "Paused by hand: {}",
    behind: "Records waiting for a decision: {}",
    not_listening: "Webhooks are not received",
    no_server: "No connection to the server",
    signed_out: "Not signed in",
    no_figures: "No data",
    operators: "Operators: {} ready, {} talking",
    calls: "Calls: {} now, {} today",
    unread: "Notices: {} unread",
    network: "Network: {}",
    network_at: "Network: {}, {}",
    network_none: "Network: not watched",
    deliveries: "Deliveries: {} stuck",
    sources: "Sources: {} of {} live",
    sources_none: "Sources: none connected",
    data: "Data: {}",
    data_none: "Data: none yet",
    backlog: "Backlog: {}",
    now: "less than a minute ago",
    minutes_ago: "{} min ago",
    hours_ago: "{} h ago",
    days_ago: "{} d ago",
    toast_notice: "Notice",
    toast_notices: "New notices: {}",
    toast_done: "Done",
    toast_snooze: "In an hour",
    toast_server_lost: "No connection to the server",
    toast_server_lost_text: "The screen shows the last data received. The connection will return by itself.",
    toast_server_back: "The server is back",
    secrets_in_file: "This session has no keyring, so passwords and keys are kept in a file that only you can read: {}",
    ports_closed: "Webhooks are not received, and there is no console for browsers: {}",
    cannot_start: "Pult did not start",
    keyring_away: "The keyring does not answer",
    keyring_away_text: "Pult's passwords and keys are in it. Unlock it and start Pult again.\n\n\
                        Go on without it? Passwords and keys then have to be entered again and are kept in a file.\n\n{}",
    save_as: "Save the file",
    grades: ["excellent", "good", "average", "poor", "no answer"],
};

impl Words {
    /// The words of a language.
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Ru => &RU,
            Language::En => &EN,
        }
    }

    /// A source's name for people; of a newer server's source, its name as it is.
    pub(crate) fn source<'n>(&self, name: &'n str) -> &'n str {
        pult_engine::sentences::source(name, self.language)
    }

    /// A worker's name for people, with the system it works for; of a newer server's worker, its name as it is.
    pub(crate) fn worker(&self, name: &str) -> String {
        let (kind, of) = name.split_once('.').map_or((name, None), |(kind, of)| (kind, Some(of)));
        let word = match (WORKERS.iter().find(|(known, ..)| *known == kind), self.language) {
            (Some((_, ru, _)), Language::Ru) => ru,
            (Some((_, _, en)), Language::En) => en,
            (None, _) => return name.to_owned(),
        };
        of.map_or_else(|| (*word).to_owned(), |of| format!("{word} ({})", self.source(of)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_called_by_a_word_and_its_system() {
        let (ru, en) = (Words::of(Language::Ru), Words::of(Language::En));
        assert_eq!((ru.worker("pump").as_str(), en.worker("pump").as_str()), ("разбор записей", "reading of records"));
        assert_eq!(ru.worker("lane.okdesk"), format!("отправка ({})", ru.source("okdesk")));
        assert_eq!(ru.worker("newer.okdesk"), "newer.okdesk");
    }

    #[test]
    fn a_locale_without_words_of_ours_speaks_russian() {
        let of = |names: &[&str]| language_of(names.iter().map(|n| (*n).to_owned()));
        for (names, language) in [
            (&["en-US"][..], Language::En),
            (&["ru_RU.UTF-8"], Language::Ru),
            (&["C"], Language::Ru),
            (&["de-DE", "en"], Language::En),
            (&[], Language::Ru),
        ] {
            assert_eq!(of(names), language, "{names:?}");
        }
    }
}
