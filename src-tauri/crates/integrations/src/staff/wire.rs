//! What the register's answers mean (contracts/erp_auth 2).
//!
//! Deliberately not here: how it is asked (`client`).

use serde_json::{Map, Value};

use crate::verifier::{Member, Verified};

/// What the register writes where somebody is kept out.
const BLOCKED: &str = "Заблокированный сотрудник";

/// Whether two logins are one, whatever the size of their letters.
fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// A key that has to be there and be text.
fn required<'v>(fields: &'v Map<String, Value>, name: &str) -> Result<&'v str, String> {
    let value = fields.get(name).ok_or_else(|| format!("{name} is missing"))?;
    Ok(value.as_str().ok_or_else(|| format!("{name} is no text"))?.trim())
}

/// A key that may be absent or null.
fn optional(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(format!("{name} is no text")),
    }
}

/// Reads the answer to a right password.
///
/// # Errors
/// What is wrong with it, without a word of it.
pub(super) fn read(asked: &str, body: &[u8]) -> Result<Verified, String> {
    // The parser's own error may quote the answer.
    let value: Value = serde_json::from_slice(body).map_err(|_| "the answer is not JSON".to_owned())?;
    let fields = value.as_object().ok_or_else(|| "the answer is no object".to_owned())?;
    let login = required(fields, "login")?;
    if !is_same(login, asked) {
        return Err("the answer is about another login".to_owned());
    }
    let period = match fields.get("auth_period_type") {
        None => return Err("auth_period_type is missing".to_owned()),
        Some(_) => optional(fields, "auth_period_type")?.unwrap_or_default(),
    };
    // Nobody is let in for a key that is missing besides.
    if period.is_empty() || period == BLOCKED {
        return Ok(Verified::Blocked);
    }
    Ok(Verified::Right(Box::new(Member {
        login: login.to_owned(),
        full_name: required(fields, "full_name")?.to_owned(),
        email: required(fields, "email")?.to_owned(),
        office: optional(fields, "office")?,
        department: optional(fields, "department")?,
        position: optional(fields, "position")?,
        phone: optional(fields, "phone")?,
    })))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn whole() -> Value {
        json!({
            "login": "Vera.S", "full_name": "Серова Вера", "email": "vera@example.com", "office": "Вильнюс",
            "department": null, "position": "Оператор", "auth_period_type": "Постоянный", "shoe_size": 38,
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut whole = whole();
        whole[name] = value;
        whole
    }

    fn without(name: &str) -> Value {
        let mut whole = whole();
        whole.as_object_mut().unwrap().remove(name);
        whole
    }

    fn read_value(value: &Value) -> Result<Verified, String> {
        read(" vera.s", value.to_string().as_bytes())
    }

    #[test]
    fn what_may_be_null_or_absent_is_not_known_and_what_is_unknown_is_passed_over() {
        let Verified::Right(member) = read_value(&whole()).unwrap() else { panic!("not right") };
        assert_eq!((member.login.as_str(), member.full_name.as_str()), ("Vera.S", "Серова Вера"));
        assert_eq!((member.office.as_deref(), member.department, member.phone), (Some("Вильнюс"), None, None));
    }

    #[test]
    fn a_blocked_one_is_blocked_whatever_else_is_said() {
        for period in [Value::Null, json!(""), json!("  "), json!("Заблокированный сотрудник ")]
        {
            let mut value = with("auth_period_type", period);
            value["full_name"] = Value::Null;
            assert_eq!(read_value(&value), Ok(Verified::Blocked), "{value}");
        }
    }

    #[test]
    fn an_answer_that_cannot_be_relied_on_is_none_and_is_not_quoted() {
        let secret = "tulip";
        let rows = [
            (json!([secret]), "the answer is no object"),
            (with("login", json!(secret)), "the answer is about another login"),
            (with("login", Value::Null), "login is no text"),
            (without("login"), "login is missing"),
            (without("auth_period_type"), "auth_period_type is missing"),
            (with("auth_period_type", json!(1)), "auth_period_type is no text"),
            (without("full_name"), "full_name is missing"),
            (with("email", Value::Null), "email is no text"),
            (with("office", json!({ "name": secret })), "office is no text"),
        ];
        for (value, want) in rows {
            assert_eq!(read_value(&value), Err(want.to_owned()));
        }
        for broken in [&b"\"tulip"[..], b"<html>tulip", b"", b"{\"login\":\"vera.s\",", b"\xff\xfe"] {
            assert_eq!(read("vera.s", broken), Err("the answer is not JSON".to_owned()));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_answered_nobody_is_let_in_but_whom_it_names(
            body in crate::fuzz::bodies_like(vec![
                whole().to_string().into(),
                with("auth_period_type", json!("Заблокированный сотрудник")).to_string().into(),
            ]),
        ) {
            match read("vera.s", &body) {
                Ok(Verified::Right(member)) => prop_assert!(is_same(&member.login, "vera.s")),
                Ok(_) => {}
                Err(error) => prop_assert!(error.len() < 64, "{error}"),
            }
        }
    }
}
