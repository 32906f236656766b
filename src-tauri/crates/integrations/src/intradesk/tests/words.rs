//! Values whose spelling and type are not kept to.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::intradesk::{
    assign::{self, End, Order},
    desk::Holders,
    loose,
};

fn holders(people: &[i64]) -> Holders {
    people.iter().map(|id| Some(EmployeeId(*id))).collect()
}

#[test]
fn who_has_a_ticket_is_read_in_every_shape() {
    let unknown: Holders = [None].into_iter().collect();
    for (value, want) in [
        (json!(null), holders(&[])),
        (json!(false), holders(&[])),
        (json!(0), holders(&[])),
        (json!(" "), holders(&[])),
        (json!([null, 0]), holders(&[])),
        (json!({"UserID": 7}), holders(&[7])),
        (json!({"id": {"id": "7"}}), holders(&[7])),
        (json!({"groupid": 3, "userid": 0}), holders(&[])),
        (json!("7, 9"), holders(&[7, 9])),
        (json!("7;9,"), holders(&[7, 9])),
        (json!([7, "9"]), holders(&[7, 9])),
        (json!(7.0), holders(&[7])),
        (json!(7.5), unknown.clone()),
        (json!(-7), unknown.clone()),
        (json!("bot"), unknown.clone()),
        (json!({"name": "bot"}), unknown.clone()),
        (json!(1e300), unknown),
    ] {
        assert_eq!(loose::holders(&value), want, "{value}");
    }
}

#[test]
fn a_moment_is_read_in_every_form() {
    let moscow = TimeZone::get("Europe/Moscow").unwrap();
    for (text, want) in [
        ("2026-10-28T09:00:00Z", Some("2026-10-28T09:00:00Z")),
        ("2026-08-15T15:28:33.498505Z", Some("2026-08-15T15:28:33.498505Z")),
        ("2026-10-28T09:00:00+05:00", Some("2026-10-28T04:00:00Z")),
        ("2026-10-28T09:00:00", Some("2026-10-28T06:00:00Z")),
        ("2026-10-28T09:00:00.1234567", Some("2026-10-28T06:00:00.1234567Z")),
        ("2026-10-28 09:00:00", Some("2026-10-28T06:00:00Z")),
        ("28.10.2026 09:00:00", Some("2026-10-28T06:00:00Z")),
        ("28.10.2026 9:00", Some("2026-10-28T06:00:00Z")),
        ("/Date(1793178000000)/", Some("2026-10-28T09:00:00Z")),
        ("/Date(1793178000000+0300)/", Some("2026-10-28T09:00:00Z")),
        ("/Date(-1000)/", Some("1969-12-31T23:59:59Z")),
        ("/Date()/", None),
        ("/Date(x)/", None),
        ("/Date(99999999999999999)/", None),
        ("yesterday", None),
        ("", None),
    ] {
        assert_eq!(loose::instant(&json!(text), &moscow), want.map(|at| at.parse().unwrap()), "{text}");
    }
    assert_eq!(loose::instant(&json!(5), &moscow), None);
}

#[test]
fn a_field_is_found_in_any_case_and_its_own_first() {
    let row = json!({"TaskNumber": 1, "tasknumber": 2});
    assert_eq!((loose::field(&row, "tasknumber"), loose::field(&row, "TASKNUMBER")), (&json!(2), &json!(1)));
    assert_eq!(loose::field(&json!([1]), "0"), &Value::Null);
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9a-zйЮ,; .:/()-]{0,24}".prop_map(Value::from),
    ];
    let key = prop_oneof![Just("userid".to_owned()), Just("Id".to_owned()), Just("value".to_owned()), "[a-z]{1,4}"];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_value_makes_it_panic_and_nobody_is_free_twice(value in value(), person in 1i64..50, instead in prop::option::of(1i64..50)) {
        let _ = loose::instant(&value, &TimeZone::UTC);
        let _ = loose::text(&value, 5);
        let found = loose::holders(&value);
        let order = Order {
            ticket: TICKET,
            service: SERVICE,
            person: EmployeeId(person),
            instead_of: instead.map(EmployeeId),
        };
        // Only a ticket that shows nobody, or the one to be replaced and nobody else, is ever written to.
        if assign::seen(&order, Some(&found)).is_none() {
            let replaced: Vec<_> = found.clone().into_iter().filter(|holder| *holder != order.instead_of).collect();
            prop_assert!(replaced.is_empty());
            prop_assert!(found.is_nobody() || instead.is_some());
        }
        prop_assert_eq!(assign::seen(&order, None), Some(End::Gone));
    }

    #[test]
    fn a_person_who_is_shown_has_the_ticket_in_every_shape(person in 1i64..1_000_000) {
        let order = Order { ticket: TICKET, service: SERVICE, person: EmployeeId(person), instead_of: None };
        for shape in [json!(person), json!(person.to_string()), json!({"userid": person}), json!({"Id": person.to_string()}), json!([person]), json!(format!("3, {person}"))] {
            prop_assert_eq!(assign::seen(&order, Some(&loose::holders(&shape))), Some(End::Assigned));
        }
    }

    #[test]
    fn no_answer_makes_it_panic(value in value(), status in 200u16..600, method in 0usize..9) {
        let desks = [&*CLOUD, &*CLASSIC];
        for desk in desks {
            let methods = desk.methods();
            let method = methods[method % methods.len()];
            let effect = Effect::example(method.kind).unwrap();
            let key = key();
            let asked = crate::Asked { method: method.name, effect: &effect, key: &key, at: start() };
            let status = http::StatusCode::from_u16(status).unwrap();
            for body in [value.to_string(), json!({"value": [value]}).to_string(), json!({"Tasks": [{"Id": 170_900, "ExecutorIds": value}]}).to_string()] {
                let answer = crate::transport::http::Answer { status, headers: http::HeaderMap::new(), body: body.into() };
                let understood = desk.understand(&asked, &answer);
                prop_assert!(status.is_success() || understood.is_err() || status == 404);
            }
        }
    }
}

fn made(settings: Settings) -> Intradesk {
    crate::transport::http::tests::provider();
    Intradesk::new(settings, credentials(), Arc::new(start)).unwrap()
}

static CLOUD: std::sync::LazyLock<Intradesk> = std::sync::LazyLock::new(|| made(Settings::new("x", Auth::ApiKey)));
static CLASSIC: std::sync::LazyLock<Intradesk> =
    std::sync::LazyLock::new(|| made(Settings::classic("https://desk.example.com/".parse().unwrap(), "bot")));
