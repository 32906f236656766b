//! What people see of an effect: private words are carried out, and shown to nobody.
//!
//! Deliberately not here: who may see that an effect was ordered (the engine's commands).

use super::Effect;

impl Effect {
    /// The effect as people look at it, in JSON: without words that only some may read where it is carried out.
    #[must_use]
    pub fn shown(json: serde_json::Value) -> serde_json::Value {
        let mut shown = json;
        if let Some(note) = shown.get_mut("note").filter(|note| note.get("private") == Some(&true.into())) {
            note["text"] = "***".into();
            // What a note said before is for the same eyes.
            if let Some(seen) = shown.get_mut("seen").filter(|seen| seen.is_string()) {
                *seen = "***".into();
            }
        }
        if let Some(words) = shown.get_mut("words").filter(|words| words.get("words") == Some(&"typed".into())) {
            words["text"] = "***".into();
        }
        shown
    }

    /// The effect in JSON without what people wrote or attached: for eyes that may know that it was ordered, and no more.
    #[must_use]
    pub fn without_words(json: serde_json::Value) -> serde_json::Value {
        let mut shown = json;
        let words: &[&str] = match shown.get("kind").and_then(serde_json::Value::as_str) {
            Some("change_ticket") => &["note", "files"],
            Some("rewrite_ticket_note") => &["note", "seen"],
            Some("create_ticket") => &["subject", "description", "email", "files"],
            Some("send_message") => &["words"],
            _ => &[],
        };
        for name in words {
            if let Some(words) = shown.get_mut(name).filter(|words| !words.is_null()) {
                *words = "***".into();
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::areas::tickets::ChangeTicket;

    #[test]
    fn private_words_are_carried_out_and_not_shown() {
        let Some(Effect::ChangeTicket(mut change)) = Effect::example("change_ticket") else { panic!("there is one") };
        let text = |change: &ChangeTicket| {
            let json = serde_json::to_value(Effect::ChangeTicket(Box::new(change.clone()))).unwrap();
            let kept: Effect = serde_json::from_value(json.clone()).unwrap();
            assert_eq!(kept, Effect::ChangeTicket(Box::new(change.clone())), "what is carried out is whole");
            Effect::shown(json)["note"]["text"].clone()
        };
        assert_eq!(text(&change), "Смотрю");
        change.note.as_mut().unwrap().private = true;
        assert_eq!(text(&change), "***");
        let Some(Effect::RewriteTicketNote(mut note)) = Effect::example("rewrite_ticket_note") else { panic!() };
        note.note.private = true;
        let shown = Effect::shown(serde_json::to_value(Effect::RewriteTicketNote(note)).unwrap());
        assert_eq!((&shown["note"]["text"], &shown["seen"]), (&"***".into(), &"***".into()));
    }

    #[test]
    fn what_people_wrote_is_taken_out_for_eyes_that_may_not_read_it() {
        for kind in ["change_ticket", "rewrite_ticket_note", "create_ticket"] {
            let whole = serde_json::to_value(Effect::example(kind).unwrap()).unwrap();
            let bare = Effect::without_words(whole.clone());
            assert_ne!(bare, whole);
            assert_eq!((&bare["kind"], &bare["change"]), (&whole["kind"], &whole["change"]));
            let words: Vec<&str> = ["subject", "description", "email", "seen"]
                .into_iter()
                .filter_map(|name| whole[name].as_str())
                .collect();
            let note = whole["note"]["text"].as_str();
            assert!(words.into_iter().chain(note).all(|words| !bare.to_string().contains(words)), "{bare}");
        }
        let said = serde_json::to_value(Effect::example("send_message").unwrap()).unwrap();
        assert_eq!(Effect::without_words(said)["words"], "***");
        let other = serde_json::to_value(Effect::example("look_up_contact").unwrap()).unwrap();
        assert_eq!(Effect::without_words(other.clone()), other);
    }
}
