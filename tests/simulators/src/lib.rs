//! Outside systems that cannot be had on a test machine, written from their contracts, never from our client.
//!
//! Each simulator refuses what the real system would refuse, keeps a journal a test can read, and can be told to fail.
//! One invented [`catalogue`] feeds all of them, so that a number that calls is a number an agency owns. Nothing here
//! knows a type of Pult: the only things shared with it are addresses, field names and codes of the contracts.
//! [`redmine_server`] and [`messenger`] are no simulators: they start the real one, to which simulators and clients are held.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod agencies;
pub mod bitrix24;
pub mod catalogue;
pub mod clock;
pub mod desk_day;
pub mod export;
pub mod finesse;
pub mod hands;
pub mod intradesk;
pub mod ledger;
pub mod line;
pub mod messenger;
pub mod okdesk;
pub mod pachca;
pub mod prosody;
pub mod redmine;
pub mod redmine_server;
pub mod secret;
pub mod service;
pub mod staff;
pub mod telephony;
pub mod tracker;
