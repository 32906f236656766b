//! What a person sees who follows a link to rate an issue: one sentence, and one button where something is to be confirmed
//! (behaviour/ratings 2.2). Russian or English by the browser's wish; nothing here needs a script.
//!
//! Deliberately not here: whether the link is ours and what an answer leads to (the integration's and the rules').

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use maud::{Markup, html};
use pult_domain::areas::ratings::Rate;
use pult_integrations::RatingPage;

use crate::cards;

/// Whether a browser asks for English before Russian.
pub(crate) fn wants_english(headers: &HeaderMap) -> bool {
    let wish = headers.get(header::ACCEPT_LANGUAGE).and_then(|wish| wish.to_str().ok()).unwrap_or_default();
    let place = |language: &str| {
        wish.split(',').position(|one| one.trim().get(..2).is_some_and(|word| word.eq_ignore_ascii_case(language)))
    };
    match (place("en"), place("ru")) {
        (Some(english), Some(russian)) => english < russian,
        (english, None) => english.is_some(),
        (None, Some(_)) => false,
    }
}

/// The page.
pub(crate) fn respond(status: u16, page: &RatingPage, english: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    cards::respond(status, &draw(page, english))
}

fn draw(page: &RatingPage, english: bool) -> Markup {
    let words = |russian: &'static str, other: &'static str| if english { other } else { russian };
    let (title, text) = match page {
        RatingPage::Confirm { rate, issue } => return confirm(*rate, issue, english),
        RatingPage::Thanks => (
            words("Спасибо, оценка принята", "Thank you, your rating is saved"),
            words("Эту страницу можно закрыть", "You may close this page"),
        ),
        RatingPage::Accepted => (
            words("Спасибо, оценка принята", "Thank you, your rating is taken"),
            words(
                "Она будет сохранена, как только ответит служба поддержки. Повторять не нужно",
                "It will be saved as soon as the service desk answers. There is no need to repeat it",
            ),
        ),
        RatingPage::Already => (
            words("Заявка уже оценена", "This request has been rated already"),
            words(
                "Ваша первая оценка учтена, вторая её не меняет",
                "The first rating counts; a second one changes nothing",
            ),
        ),
        RatingPage::NotAwaited => (
            words("Оценка больше не нужна", "A rating is no longer awaited"),
            words(
                "Заявка открыта снова, оценена иначе или срок ответа прошёл",
                "The request was opened again, rated in another way, or the time for an answer is over",
            ),
        ),
        RatingPage::WrongLink => (
            words("Ссылка не подходит", "This link does not fit"),
            words(
                "Откройте её из сообщения целиком: возможно, скопирована только часть",
                "Open the whole link from the message: perhaps only a part was copied",
            ),
        ),
        RatingPage::WrongRate => (
            words("Такой оценки нет", "There is no such rating"),
            words("Выберите одну из трёх кнопок в сообщении", "Choose one of the three buttons in the message"),
        ),
        RatingPage::NotSaved => (
            words("Оценку не удалось сохранить", "Your rating could not be saved"),
            words(
                "Служба поддержки её не приняла. Супервизор это видит и сохранит её сам",
                "The service desk did not take it. A supervisor sees this and will save it",
            ),
        ),
        RatingPage::Later => (
            words("Сейчас не получилось", "Not possible at this moment"),
            words(
                "Нажмите кнопку в сообщении ещё раз через минуту",
                "Press the button in the message again in a minute",
            ),
        ),
    };
    sheet(title, english, &html! { p { (text) } })
}

fn confirm(rate: Rate, issue: &str, english: bool) -> Markup {
    let name = match (rate, english) {
        (Rate::Good, false) => "Отлично",
        (Rate::Normal, false) => "Хорошо",
        (Rate::Bad, false) => "Плохо",
        (Rate::Good, true) => "Excellent",
        (Rate::Normal, true) => "Good",
        (Rate::Bad, true) => "Bad",
    };
    let title = match english {
        false => format!("Заявка № {issue}: {name}"),
        true => format!("Request No. {issue}: {name}"),
    };
    // The form goes back to the very address it was opened by; opening it alone has changed nothing.
    let content = html! {
        p { @if english { "Please confirm your rating" } @else { "Подтвердите оценку" } }
        form method="post" {
            button type="submit" { @if english { "Confirm" } @else { "Подтвердить" } }
        }
    };
    sheet(&title, english, &content)
}

fn sheet(title: &str, english: bool, content: &Markup) -> Markup {
    let body = html! {
        body { main.sheet lang=(if english { "en" } else { "ru" }) { h1 { (title) } (content) } }
    };
    cards::document(&format!("{title} · Pult"), &html! {}, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, text.parse().unwrap());
        wants_english(&headers)
    }

    #[test]
    fn the_language_is_the_browsers_wish_and_russian_without_one() {
        assert!(!wants_english(&HeaderMap::new()));
        assert!(!wish("ru-RU,ru;q=0.9,en;q=0.8"));
        assert!(wish("en-GB,en;q=0.9,ru;q=0.5"));
        assert!(wish("de,en;q=0.5"));
        assert!(!wish("de"));
        assert!(!wish("ё,"));
    }

    #[test]
    fn only_a_confirmation_has_a_button_and_it_posts() {
        for english in [false, true] {
            let page = RatingPage::Confirm { rate: Rate::Bad, issue: "153<b>".to_owned() };
            let drawn = draw(&page, english).into_string();
            assert!(drawn.contains("method=\"post\"") && drawn.contains("153&lt;b&gt;"), "{drawn}");
            for page in [
                RatingPage::Thanks,
                RatingPage::Accepted,
                RatingPage::Already,
                RatingPage::NotAwaited,
                RatingPage::WrongLink,
                RatingPage::WrongRate,
                RatingPage::NotSaved,
                RatingPage::Later,
            ] {
                assert!(!draw(&page, english).into_string().contains("<form"));
            }
        }
    }
}
