//! The code tables of the call journal and their exact Russian texts (behaviour/helpdesk 1.2).
//!
//! Deliberately not here: translations for the console; these texts are part of the legacy API and of exports.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a call ended, 0 to 6; anything else is unknown.
#[must_use]
pub fn result_text(code: Option<i64>) -> &'static str {
    match code {
        Some(0) => "Сорвался",
        Some(1) => "Обработано",
        Some(2) => "Клиент положил трубку",
        Some(3) => "Не работает интернет",
        Some(4) => "Сорвался-обрыв",
        Some(5) => "Сорвался-плохая слышимость",
        Some(6) => "Сорвался-тишина",
        _ => "Неизвестный результат",
    }
}

/// What a call was about, 0 to 7; anything else is unknown.
#[must_use]
pub fn type_text(code: Option<i64>) -> &'static str {
    match code {
        Some(0) => "Ошиблись номером",
        Some(1) => "Англичанин",
        Some(2) => "Агентство",
        Some(3) => "Сервисный звонок",
        Some(4) => "Покупка билетов",
        Some(5) => "Заказ тура",
        Some(6) => "Не по теме",
        Some(7) => "Сорвался звонок",
        _ => "Неизвестный тип",
    }
}

/// How a call to an agency went (`calls_result.result`), -1 to 5; anything else is unknown.
#[must_use]
pub fn agency_result_text(code: Option<i64>) -> &'static str {
    match code {
        Some(-1) => "ошибка",
        Some(0) => "дозвон",
        Some(1) => "занято",
        Some(2) => "не подходят",
        Some(3) => "отказались от звонка",
        Some(4) => "бросили трубку",
        Some(5) => "тишина на линии",
        _ => "неизвестно",
    }
}

/// The badge a result is shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Badge {
    /// Handled.
    Success,
    /// The caller hung up.
    Dropped,
    /// No internet at the operator's.
    NoInternet,
    /// The line failed.
    Failed,
    /// No such code, or none at all.
    Unknown,
}

impl Badge {
    /// The badge of a result code.
    #[must_use]
    pub fn of(result: Option<i64>) -> Self {
        match result {
            Some(1) => Self::Success,
            Some(2) => Self::Dropped,
            Some(3) => Self::NoInternet,
            Some(0 | 4..=6) => Self::Failed,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_text_and_badge() {
        let results = [
            (Some(0), "Сорвался", Badge::Failed),
            (Some(1), "Обработано", Badge::Success),
            (Some(2), "Клиент положил трубку", Badge::Dropped),
            (Some(3), "Не работает интернет", Badge::NoInternet),
            (Some(4), "Сорвался-обрыв", Badge::Failed),
            (Some(5), "Сорвался-плохая слышимость", Badge::Failed),
            (Some(6), "Сорвался-тишина", Badge::Failed),
            (Some(7), "Неизвестный результат", Badge::Unknown),
            (Some(-1), "Неизвестный результат", Badge::Unknown),
            (None, "Неизвестный результат", Badge::Unknown),
        ];
        for (code, text, badge) in results {
            assert_eq!((result_text(code), Badge::of(code)), (text, badge), "{code:?}");
        }
        assert_eq!(
            (-1..=8).map(|c| type_text(Some(c))).collect::<Vec<_>>(),
            [
                "Неизвестный тип",
                "Ошиблись номером",
                "Англичанин",
                "Агентство",
                "Сервисный звонок",
                "Покупка билетов",
                "Заказ тура",
                "Не по теме",
                "Сорвался звонок",
                "Неизвестный тип"
            ]
        );
        assert_eq!(
            (-2..=6).map(|c| agency_result_text(Some(c))).collect::<Vec<_>>(),
            [
                "неизвестно",
                "ошибка",
                "дозвон",
                "занято",
                "не подходят",
                "отказались от звонка",
                "бросили трубку",
                "тишина на линии",
                "неизвестно"
            ]
        );
    }
}
