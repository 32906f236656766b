//! What would have led elsewhere, by the branch of a decision: a code of the console's texts.
//!
//! Deliberately not here: deciding. What a person did by hand has nothing that would have led elsewhere but the person.

pub(super) fn of(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "messages.heard" => "had.message_read_elsewhere",
        "messages.heard.ours" => "had.message_theirs",
        "messages.heard.again" | "messages.written.again" | "messages.subscription_asked.again" => "had.message_first",
        "messages.heard.duplicate" => "had.message_no_notice",
        "messages.heard.stranger" => "had.message_known",
        "messages.heard.nobodys" | "messages.written.nobodys" | "messages.subscription_asked.nobodys" => {
            "had.message_account"
        }
        "messages.heard.read_already" => "had.message_unread",
        "messages.heard.old" => "had.message_fresh",
        "messages.sent" | "messages.delivered" => "had.message_returned",
        "messages.returned.again_later" => "had.message_for_good",
        "messages.returned" => "had.message_for_now",
        "messages.not_sent" => "had.message_taken",
        "messages.written.not_connected" | "messages.try_again.not_connected" => "had.message_connected",
        "messages.presence_seen.stranger" => "had.message_contact",
        "messages.subscription_asked" => "had.message_staff",
        "messages.subscription_asked.staff" => "had.message_not_staff",
        "messages.no_message"
        | "messages.sent.late"
        | "messages.delivered.again"
        | "messages.returned.late"
        | "messages.not_sent.late"
        | "messages.seen.again" => "had.awaited",
        _ => return None,
    })
}
