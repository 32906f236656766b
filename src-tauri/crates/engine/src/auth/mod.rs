//! Who somebody is and what they may do: passwords, sign-in, sessions, keys, roles, the first administrator.
//!
//! What a person or a program is allowed is asked in one place, the list of console commands, through [`Actor::may`].
//! Deliberately not here: cookies and headers (the server's), and how the staff register is asked (its integration's).

pub mod accounts;
pub mod api_key;
pub mod door;
pub mod first_run;
pub mod password;
mod register;
pub mod role;
pub mod session;
pub mod sign_in;
mod token;

pub use accounts::AccountError;
pub use door::{Door, Register};
pub use password::{PasswordError, Passwords};
pub use role::{Access, Actor, Grant, Role, Via};
pub use session::Session;
pub use sign_in::{Attempt, SignInError, SignedIn, sign_in};

#[cfg(test)]
mod tests;
