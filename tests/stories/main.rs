//! Stories: the real `pultd` as a process of its own, a folder of its own, spoken to only as the outside world can.
//!
//! Every module is named after the requirement it proves. `house` starts and ends the engine, `caller` speaks HTTP and the event
//! stream, `senders` speaks as the systems around Pult do, `platform` is the telephony platform; other modules that end in `house` are the
//! systems of one area, as all of its stories have them. Deliberately not here: rules, wire samples and screens, which have their own tests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own helpers stop the test")]
#![allow(clippy::print_stderr, reason = "a story that cannot be told on this machine says so")]

mod bridge_house;
mod bridge_search;
mod caller;
mod carousel_house;
mod erp_house;
mod house;
mod messages_house;
mod platform;
mod ratings_house;
mod redmine_house;
mod senders;
mod tickets_house;

mod bars;
mod bridge;
mod bridge_buttons;
mod bridge_doors;
mod bridge_ends;
mod bridge_forms;
mod bridge_trouble;
mod bridge_words;
mod bulk;
mod carousel;
mod carousel_classic;
mod carousel_days;
mod carousel_turns;
mod cases;
mod clock;
mod console;
mod damage;
mod disk;
mod erase;
mod erp;
mod erp_choice;
mod erp_files;
mod exposure;
mod feed;
mod floor;
mod floor_calls;
mod floor_news;
mod floor_old;
mod floor_requests;
mod floor_rights;
mod floor_trouble;
mod gate;
mod hard_end;
mod import;
mod inbox;
mod limits;
mod messages;
mod messages_sessions;
mod messages_trouble;
mod network;
mod newcall;
mod now;
mod outage;
mod portal_limits;
mod preview;
mod ratings;
mod ratings_time;
mod ratings_trouble;
mod ratings_words;
mod redmine_legacy;
mod redmine_real;
mod replay;
mod secrets;
mod sign_in;
mod tickets;
mod tickets_many;
mod tickets_rounds;
mod unit;
mod upgrade;
