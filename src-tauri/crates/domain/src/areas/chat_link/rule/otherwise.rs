//! What would have led elsewhere, by the branch of a decision: a code of the console's texts.
//!
//! Deliberately not here: deciding. What a person did by hand has nothing that would have led elsewhere but the person.

pub(super) fn of(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "chat_link.switched_off" => "had.chat_on",
        "chat_link.written" | "chat_link.comments_read" | "chat_link.copied" => "had.chat_paused",
        "chat_link.written.again" | "chat_link.submitted.again" => "had.chat_first",
        "chat_link.written.empty" | "chat_link.empty" => "had.chat_words",
        "chat_link.written.ours" | "chat_link.written.program" | "chat_link.message_read.program" => "had.chat_person",
        "chat_link.written.no_parent" => "had.chat_parent",
        "chat_link.written.menu" => "had.chat_desk",
        "chat_link.written.request" => "had.chat_not_desk",
        "chat_link.written.unknown_thread" | "chat_link.no_issue" => "had.chat_issue",
        "chat_link.no_anchor_yet" | "chat_link.stirred.too_early" => "had.chat_begun",
        "chat_link.stirred.not_linked" | "chat_link.not_linked" => "had.chat_linked",
        "chat_link.held" => "had.chat_not_paused",
        "chat_link.echo" => "had.chat_no_echo",
        "chat_link.storm" => "had.chat_calm",
        "chat_link.not_copied" | "chat_link.comments_failed" => "had.chat_other_side",
        "chat_link.edited.before" => "had.chat_copied_already",
        "chat_link.edited.ignored" => "had.chat_edits",
        "chat_link.edited.not_copied" | "chat_link.edited.unknown" => "had.chat_copied",
        "chat_link.message_gone" => "had.chat_there",
        "chat_link.submitted.faulty" => "had.chat_filled",
        "chat_link.no_right" | "chat_link.access_withheld" | "chat_link.copied.nobody_let_in" => "had.chat_right",
        "chat_link.so_already" => "had.chat_other_state",
        "chat_link.request_failed"
        | "chat_link.wish_failed"
        | "chat_link.access_failed"
        | "chat_link.person_missing"
        | "chat_link.link_failed"
        | "chat_link.form_not_opened" => "had.chat_accepted",
        "chat_link.late" => "had.awaited",
        _ => return None,
    })
}
