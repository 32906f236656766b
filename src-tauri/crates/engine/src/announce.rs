//! Whether somebody is told of a notice now, by a toast or a sound, and why not.
//!
//! One pure function for all ways a notice reaches a person: the console, the native window and a messenger. Deliberately not here: the
//! list, where a notice stands whether or not anybody was told, and showing anything.

use jiff::{SignedDuration, civil::Time, tz::TimeZone};
use pult_domain::{Instant, Level};
use pult_store::notices::{NoticeRow, Preferences, QuietHours, Sight};
use serde::Serialize;
use ts_rs::TS;

/// More new notices than this within [`STORM`] are told in one sentence.
pub const SINGLY: usize = 5;
/// How close together notices are a storm.
pub const STORM: SignedDuration = SignedDuration::from_secs(10);

/// Why somebody is told of a notice, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "AnnouncedBecause")]
pub enum Reason {
    /// Nothing speaks against it.
    New,
    /// It is a quiet hour, and this class breaks through.
    Urgent,
    /// They have read it, or put it aside.
    Seen,
    /// It no longer holds.
    Over,
    /// It belongs to an incident they were told of already.
    PartOfIncident,
    /// They put it off.
    Snoozed,
    /// They do not want to hear of its subject or class.
    Muted,
    /// It presses less than they want of its class.
    BelowLevel,
    /// They want this class in the list only.
    ClassOff,
    /// It is for information and for everybody: the list is enough.
    ForInformation,
    /// They asked for silence for a while.
    DoNotDisturb,
    /// It is one of their quiet hours.
    QuietHours,
}

/// Whether and how somebody is told of a notice now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Announcement {
    /// Shown at once.
    pub toast: bool,
    /// With a sound.
    pub sound: bool,
    /// Sent to the person's messenger as well.
    pub messenger: bool,
    /// Why, or why not.
    pub why: Reason,
    /// What would keep it from being told even so, were it not for that; absent where nothing would, and where it is told.
    pub even_so: Option<Reason>,
}

/// Decides whether somebody is told of a notice now.
#[must_use]
pub fn announce(notice: &NoticeRow, sight: &Sight) -> Announcement {
    let rule = sight.preferences.rule(notice.class);
    // A note that something is over never held by itself.
    let note = notice.cleared_at == Some(notice.raised_at);
    let quiet = is_quiet(&sight.preferences, sight.now);
    let against = [
        (Reason::Seen, notice.read || notice.done),
        (Reason::Over, notice.cleared_at.is_some() && !note),
        (Reason::Snoozed, notice.snoozed_until.is_some_and(|until| until > sight.now.as_millisecond())),
        (Reason::Muted, sight.is_muted(notice.class, &notice.subject)),
        (Reason::BelowLevel, !sight.presses(notice.class, notice.level)),
        (Reason::PartOfIncident, notice.part_of.is_some()),
        // Whoever was told that something is broken is told that it works again.
        (Reason::ForInformation, notice.everyone && notice.level == Level::Info && !note),
        (Reason::DoNotDisturb, held_back(&sight.preferences, sight.now)),
        (Reason::QuietHours, quiet && !rule.urgent),
        (Reason::ClassOff, !rule.toast && !rule.sound && !rule.messenger),
    ];
    let mut against = against.into_iter().filter_map(|(reason, holds)| holds.then_some(reason));
    if let Some(why) = against.next() {
        return Announcement { toast: false, sound: false, messenger: false, why, even_so: against.next() };
    }
    let why = if quiet { Reason::Urgent } else { Reason::New };
    // Good news need no sound.
    Announcement { toast: rule.toast, sound: rule.sound && !note, messenger: rule.messenger, why, even_so: None }
}

/// Whether somebody asked for silence that is not over.
fn held_back(preferences: &Preferences, now: Instant) -> bool {
    preferences.quiet_until.is_some_and(|until| until > now.as_millisecond())
}

/// Whether it is one of somebody's quiet hours. In a zone that cannot be found there are none: rather told than lost.
fn is_quiet(preferences: &Preferences, now: Instant) -> bool {
    let Ok(zone) = TimeZone::get(&preferences.zone) else { return false };
    let local = now.to_zoned(zone);
    let today = u8::try_from(local.weekday().to_monday_one_offset()).unwrap_or_default();
    let yesterday = if today == 1 { 7 } else { today - 1 };
    let covers = |hours: &QuietHours| {
        let time = |text: &str| Time::strptime("%H:%M", text).ok();
        let (Some(from), Some(until)) = (time(&hours.from), time(&hours.until)) else { return false };
        let on = |day: u8| hours.days.contains(&day);
        let time = local.time();
        if from < until {
            return on(today) && from <= time && time < until;
        }
        // Over midnight: it began today, or yesterday and is not over.
        (on(today) && time >= from) || (on(yesterday) && time < until)
    };
    preferences.quiet_hours.iter().any(covers)
}

/// How many are told in one sentence instead of singly: a storm of this person's last seconds, this answer's among them.
#[must_use]
pub fn storm(recent: &[NoticeRow], sight: &Sight) -> Option<usize> {
    let late = |row: &&NoticeRow| sight.now.as_millisecond() - row.raised_at < STORM.as_millis() as i64;
    let count = recent.iter().filter(late).filter(|row| announce(row, sight).toast).count();
    (count > SINGLY).then_some(count)
}

#[cfg(test)]
mod tests {
    use pult_domain::{NoticeClass, NoticeId, TroubleId};
    use pult_store::notices::{Mute, MuteId, MuteKind, NoticeRule};

    use super::*;

    /// A Wednesday, 23:30 in Moscow.
    const NOW: &str = "2025-11-05T20:30:00Z";

    fn instant(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn ticket() -> NoticeRow {
        NoticeRow {
            id: NoticeId(1),
            class: NoticeClass::Ticket,
            level: Level::Info,
            subject: "ticket:4312".to_owned(),
            code: "tickets.entry".to_owned(),
            values: serde_json::json!({}),
            decision: None,
            raised_at: instant(NOW).as_millisecond(),
            updated_at: instant(NOW).as_millisecond(),
            cleared_at: None,
            times: 1,
            everyone: false,
            why: Some("assignee".to_owned()),
            read: false,
            done: false,
            snoozed_until: None,
            muted: false,
            part_of: None,
        }
    }

    fn lost() -> NoticeRow {
        NoticeRow {
            class: NoticeClass::Source,
            level: Level::Warning,
            subject: "source:desk".to_owned(),
            code: "source.unreachable".to_owned(),
            everyone: true,
            why: None,
            ..ticket()
        }
    }

    fn at(preferences: Preferences, now: &str) -> Sight {
        Sight { preferences, mutes: vec![], operators: None, now: instant(now) }
    }

    fn why(notice: &NoticeRow, sight: &Sight) -> Reason {
        let said = announce(notice, sight);
        let told = matches!(said.why, Reason::New | Reason::Urgent);
        assert_eq!(said.toast || said.sound || said.messenger, told, "{said:?}");
        said.why
    }

    fn ruled(rule: NoticeRule) -> Preferences {
        Preferences { rules: vec![rule], ..Preferences::default() }
    }

    fn night(days: &[u8], from: &str, until: &str) -> Preferences {
        let hours = QuietHours { days: days.to_vec(), from: from.to_owned(), until: until.to_owned() };
        Preferences { quiet_hours: vec![hours], ..Preferences::default() }
    }

    #[test]
    fn what_is_new_is_told_as_its_class_is_settled() {
        let said = announce(&ticket(), &at(Preferences::default(), NOW));
        let told = Announcement { toast: true, sound: true, messenger: false, why: Reason::New, even_so: None };
        assert_eq!(said, told);
        let rule = NoticeRule { toast: false, sound: false, messenger: true, ..NoticeRule::usual(NoticeClass::Ticket) };
        let said = announce(&ticket(), &at(ruled(rule), NOW));
        assert_eq!(said, Announcement { toast: false, sound: false, messenger: true, ..told });
        let rule = NoticeRule { messenger: false, ..rule };
        assert_eq!(why(&ticket(), &at(ruled(rule), NOW)), Reason::ClassOff);
    }

    #[test]
    fn what_was_dealt_with_or_put_off_is_not_told() {
        let sight = at(Preferences::default(), NOW);
        let later = sight.now.as_millisecond() + 1;
        assert_eq!(why(&NoticeRow { read: true, ..ticket() }, &sight), Reason::Seen);
        assert_eq!(why(&NoticeRow { done: true, ..ticket() }, &sight), Reason::Seen);
        assert_eq!(why(&NoticeRow { cleared_at: Some(0), ..ticket() }, &sight), Reason::Over);
        assert_eq!(why(&NoticeRow { snoozed_until: Some(later), ..ticket() }, &sight), Reason::Snoozed);
        assert_eq!(why(&NoticeRow { snoozed_until: Some(later - 1), ..ticket() }, &sight), Reason::New);
    }

    #[test]
    fn it_is_said_what_would_hold_it_back_even_so() {
        let quiet = at(night(&[3], "22:00", "07:00"), NOW);
        assert_eq!(announce(&ticket(), &quiet).even_so, None, "without quiet hours it would be told");
        let off = NoticeRule { toast: false, sound: false, ..NoticeRule::usual(NoticeClass::Ticket) };
        let quiet = at(Preferences { rules: vec![off], ..night(&[3], "22:00", "07:00") }, NOW);
        let said = announce(&ticket(), &quiet);
        assert_eq!((said.why, said.even_so), (Reason::QuietHours, Some(Reason::ClassOff)));
        let said = announce(&NoticeRow { read: true, ..ticket() }, &quiet);
        assert_eq!((said.why, said.even_so), (Reason::Seen, Some(Reason::QuietHours)));
    }

    #[test]
    fn what_belongs_to_an_incident_is_told_with_it_and_a_storm_of_it_is_no_storm() {
        let sight = at(Preferences::default(), NOW);
        let part = NoticeRow { part_of: Some(TroubleId(4)), ..lost() };
        assert_eq!(why(&part, &sight), Reason::PartOfIncident);
        let mut storm_of_one: Vec<_> = vec![part; 299];
        storm_of_one.push(lost());
        assert_eq!(storm_of_one.iter().filter(|row| announce(row, &sight).toast).count(), 1);
        assert_eq!(storm(&storm_of_one, &sight), None, "one incident is one toast");
    }

    #[test]
    fn the_end_of_an_incident_is_told_once_and_without_a_sound() {
        let sight = at(Preferences::default(), NOW);
        let now = Some(sight.now.as_millisecond());
        let end = NoticeRow { cleared_at: now, level: Level::Info, code: "incident.recovered".to_owned(), ..lost() };
        let said = announce(&end, &sight);
        let note = Announcement { toast: true, sound: false, messenger: false, why: Reason::New, even_so: None };
        assert_eq!(said, note);
        let mute = Mute { id: MuteId(1), kind: MuteKind::Class, target: "source".to_owned(), until: None, muted_at: 0 };
        assert_eq!(why(&end, &Sight { mutes: vec![mute], ..sight }), Reason::Muted);
    }

    #[test]
    fn a_mute_of_the_subject_or_of_the_class_holds_until_it_ends() {
        let muted = |kind, target: &str, until: Option<&str>| {
            let until = until.map(|text| instant(text).as_millisecond());
            let mute = Mute { id: MuteId(1), kind, target: target.to_owned(), until, muted_at: 0 };
            why(&ticket(), &Sight { mutes: vec![mute], ..at(Preferences::default(), NOW) })
        };
        assert_eq!(muted(MuteKind::Subject, "ticket:4312", None), Reason::Muted);
        assert_eq!(muted(MuteKind::Subject, "ticket:431", None), Reason::New);
        assert_eq!(muted(MuteKind::Class, "ticket", Some("2025-11-05T20:30:01Z")), Reason::Muted);
        assert_eq!(muted(MuteKind::Class, "ticket", Some(NOW)), Reason::New);
        assert_eq!(muted(MuteKind::Class, "rating", None), Reason::New);
        assert_eq!(muted(MuteKind::Subject, "ticket", None), Reason::New, "a class is no subject");
    }

    #[test]
    fn levels_are_weighed_by_class() {
        let rule = NoticeRule { least: Level::Warning, ..NoticeRule::usual(NoticeClass::Ticket) };
        assert_eq!(why(&ticket(), &at(ruled(rule), NOW)), Reason::BelowLevel);
        assert_eq!(why(&NoticeRow { level: Level::Warning, ..ticket() }, &at(ruled(rule), NOW)), Reason::New);
        let other = NoticeRow { class: NoticeClass::Rating, ..ticket() };
        assert_eq!(why(&other, &at(ruled(rule), NOW)), Reason::New);
        let all = NoticeRow { everyone: true, ..ticket() };
        assert_eq!(why(&all, &at(Preferences::default(), NOW)), Reason::ForInformation);
        let all = NoticeRow { level: Level::Warning, ..all };
        assert_eq!(why(&all, &at(Preferences::default(), NOW)), Reason::New);
    }

    #[test]
    fn quiet_hours_go_over_midnight_and_belong_to_the_day_they_begin_on() {
        // Wednesday is 3.
        let wednesday = night(&[3], "22:00", "07:00");
        for (now, expected) in [
            ("2025-11-05T18:59:59Z", Reason::New),        // Wednesday 21:59:59
            ("2025-11-05T19:00:00Z", Reason::QuietHours), // Wednesday 22:00
            ("2025-11-05T21:00:00Z", Reason::QuietHours), // Thursday 00:00
            ("2025-11-06T03:59:59Z", Reason::QuietHours), // Thursday 06:59:59
            ("2025-11-06T04:00:00Z", Reason::New),        // Thursday 07:00
            ("2025-11-06T19:30:00Z", Reason::New),        // Thursday 22:30
            ("2025-11-04T22:00:00Z", Reason::New),        // Wednesday 01:00, which is Tuesday's night
        ] {
            assert_eq!(why(&ticket(), &at(wednesday.clone(), now)), expected, "{now}");
        }
        // Sunday's night ends on Monday.
        assert_eq!(why(&ticket(), &at(night(&[7], "22:00", "07:00"), "2025-11-09T22:00:00Z")), Reason::QuietHours);
    }

    #[test]
    fn quiet_hours_within_a_day_and_around_the_clock() {
        let lunch = night(&[3], "13:00", "14:00");
        assert_eq!(why(&ticket(), &at(lunch.clone(), "2025-11-05T10:00:00Z")), Reason::QuietHours);
        assert_eq!(why(&ticket(), &at(lunch, "2025-11-05T11:00:00Z")), Reason::New);
        let all_day = night(&[6], "00:00", "00:00");
        assert_eq!(why(&ticket(), &at(all_day.clone(), "2025-11-08T20:59:59Z")), Reason::QuietHours);
        assert_eq!(why(&ticket(), &at(all_day, "2025-11-08T21:00:00Z")), Reason::New, "Sunday");
        let abroad = Preferences { zone: "Asia/Vladivostok".to_owned(), ..night(&[4], "06:00", "07:00") };
        assert_eq!(why(&ticket(), &at(abroad.clone(), NOW)), Reason::QuietHours, "Thursday 06:30 there");
        let nowhere = Preferences { zone: "Mars/Olympus".to_owned(), ..abroad };
        assert_eq!(why(&ticket(), &at(nowhere, NOW)), Reason::New);
    }

    #[test]
    fn what_breaks_through_does_so_in_quiet_hours_and_not_when_silence_was_asked_for() {
        let urgent = NoticeRule { urgent: true, ..NoticeRule::usual(NoticeClass::Ticket) };
        let quiet = Preferences { rules: vec![urgent], ..night(&[3], "22:00", "07:00") };
        assert_eq!(why(&ticket(), &at(quiet.clone(), NOW)), Reason::Urgent);
        let other = NoticeRow { class: NoticeClass::Rating, ..ticket() };
        assert_eq!(why(&other, &at(quiet.clone(), NOW)), Reason::QuietHours);
        let until = Some(instant(NOW).as_millisecond() + 1);
        let held = Preferences { quiet_until: until, ..quiet };
        assert_eq!(why(&ticket(), &at(held.clone(), NOW)), Reason::DoNotDisturb);
        assert_eq!(why(&ticket(), &at(held, "2025-11-05T20:30:00.001Z")), Reason::Urgent, "the silence is over");
    }

    #[test]
    fn more_than_five_within_ten_seconds_are_told_in_one_sentence() {
        let sight = at(Preferences::default(), NOW);
        let ago = |ms: i64| NoticeRow { raised_at: sight.now.as_millisecond() - ms, ..ticket() };
        assert_eq!(storm(&vec![ago(0); 5], &sight), None);
        assert_eq!(storm(&vec![ago(9_999); 6], &sight), Some(6));
        let older: Vec<_> = [vec![ago(0); 5], vec![ago(10_000); 9]].concat();
        assert_eq!(storm(&older, &sight), None);
        let silent: Vec<_> = [vec![ago(0); 5], vec![NoticeRow { read: true, ..ago(0) }; 9]].concat();
        assert_eq!(storm(&silent, &sight), None, "only what would be shown");
    }
}
