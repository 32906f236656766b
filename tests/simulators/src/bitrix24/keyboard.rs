//! Keyboards of messages: which are taken, and what their buttons do. Anything wrong with a button is refused as a whole.

use serde_json::Value;
use url::Url;

use super::{
    answer::Refusal,
    params::{any, id, text},
};

/// Most bytes of a keyboard, and of an attachment.
pub(super) const LARGEST: usize = 30 * 1024;

/// What a parameter says about the buttons.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Keys {
    /// Nothing.
    Absent,
    /// There are to be none.
    Remove,
    /// These, of this bot.
    Set(Vec<Value>, Option<u64>),
}

/// Reads the parameter.
pub(super) fn read(value: &Value) -> Result<Keys, Refusal> {
    let wrong = || Refusal::bad("KEYBOARD_ERROR", "Incorrect keyboard params");
    if value.to_string().len() > LARGEST {
        return Err(Refusal::bad("KEYBOARD_OVERSIZE", "You have exceeded the maximum allowable size of keyboard"));
    }
    let (buttons, bot) = match value {
        Value::Null => return Ok(Keys::Absent),
        Value::String(word) if word == "N" => return Ok(Keys::Remove),
        // A form carries it as text.
        Value::String(json) => return read(&serde_json::from_str::<Value>(json).map_err(|_| wrong())?),
        Value::Object(_) => (any(value, "BUTTONS").clone(), id(any(value, "BOT_ID"))),
        other => (other.clone(), None),
    };
    match buttons {
        Value::Array(buttons) if !buttons.is_empty() && buttons.iter().all(is_button) => Ok(Keys::Set(buttons, bot)),
        _ => Err(wrong()),
    }
}

fn is_button(button: &Value) -> bool {
    let of = |name| text(any(button, name)).filter(|text| !text.is_empty());
    if of("TYPE").as_deref() == Some("NEWLINE") {
        return true;
    }
    let link = of("LINK").map(|link| Url::parse(&link).is_ok_and(|url| matches!(url.scheme(), "http" | "https")));
    let action = of("ACTION").map(|action| {
        matches!(action.as_str(), "PUT" | "SEND" | "COPY" | "CALL" | "DIALOG") && of("ACTION_VALUE").is_some()
    });
    let does = link.or(action).unwrap_or_else(|| of("COMMAND").is_some() || of("APP_ID").is_some());
    let display = of("DISPLAY").is_none_or(|display| matches!(display.as_str(), "LINE" | "BLOCK"));
    button.is_object() && of("TEXT").is_some() && does && display
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_button_needs_a_text_and_something_to_do() {
        let link = json!({ "TEXT": "Да", "LINK": "http://127.0.0.1:8080/r?v=1", "DISPLAY": "LINE" });
        let command = json!({ "TEXT": "Да", "COMMAND": "rate", "COMMAND_PARAMS": "5120 good" });
        let both = json!({ "BOT_ID": "640", "BUTTONS": [link, { "TYPE": "NEWLINE" }, command] });
        assert!(matches!(read(&both), Ok(Keys::Set(buttons, Some(640))) if buttons.len() == 3));
        assert!(matches!(read(&json!(both.to_string())), Ok(Keys::Set(..))), "as text");
        assert_eq!(read(&json!("N")), Ok(Keys::Remove));
        for wrong in [
            json!([]),
            json!([{ "TEXT": "Да" }]),
            json!([{ "LINK": "http://example.com" }]),
            json!([{ "TEXT": "Да", "LINK": "/r?v=1" }]),
            json!([{ "TEXT": "Да", "COMMAND": "rate", "DISPLAY": "WIDE" }]),
        ] {
            assert_eq!(read(&wrong).unwrap_err().error, "KEYBOARD_ERROR", "{wrong}");
        }
        let long = json!([{ "TEXT": "x".repeat(LARGEST), "COMMAND": "rate" }]);
        assert_eq!(read(&long).unwrap_err().error, "KEYBOARD_OVERSIZE");
    }
}
