//! `user`: accounts, for whoever owns the data folder.
//!
//! Deliberately not here: the staff file (`import staff`), and keys of programs (the console's).

use pult_engine::{auth::Role, secrets::Secret};
use serde_json::{Value, json};

use super::{
    Here,
    exit::Failure,
    reach::Reach,
    terminal::{print, print_json, read_password, say},
    verbs,
};

/// What to do with accounts.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// Make an account; its password is asked for, read from standard input or made up
    #[command(after_help = "\
Examples:
  pultd user add anna --role admin --name 'Anna Krylova'
  pultd user add wallboard --role viewer --name Wallboard --generate
  printf %s \"$PASSWORD\" | pultd user add desk --role operator --name Desk --password-stdin")]
    Add {
        /// What they sign in with
        login: String,
        /// What they may do: operator, viewer, supervisor or admin
        #[arg(long, value_parser = role)]
        role: Role,
        /// Their name
        #[arg(long)]
        name: String,
        /// Their address
        #[arg(long)]
        email: Option<String>,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Show all accounts
    #[command(after_help = "Example:\n  pultd user list --json")]
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep somebody out and end their sessions
    #[command(after_help = "Example:\n  pultd user block anna")]
    Block {
        /// Whom
        login: String,
    },
    /// Let somebody in again and lift a lock after failed sign-ins
    #[command(after_help = "Example:\n  pultd user unblock anna")]
    Unblock {
        /// Whom
        login: String,
    },
    /// Set a new password and end the sessions of the old one
    #[command(after_help = "Example:\n  pultd user password anna --generate")]
    Password {
        /// Whose
        login: String,
        #[command(flatten)]
        password: PasswordFrom,
    },
}

/// Where a password comes from; without either it is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct PasswordFrom {
    /// Read it from the first line of standard input
    #[arg(long, conflicts_with = "generate")]
    password_stdin: bool,
    /// Make one up and print it once
    #[arg(long)]
    generate: bool,
}

impl PasswordFrom {
    fn get(&self) -> Result<Secret, Failure> {
        if self.generate {
            return Ok(Secret::new(data_encoding::BASE64URL_NOPAD.encode(&rand::random::<[u8; 15]>()))?);
        }
        if !self.password_stdin && !super::terminal::is_interactive() {
            return Err(Failure::usage("nobody is there to type a password: use --password-stdin or --generate"));
        }
        read_password()
    }

    fn show(&self, password: &Secret) {
        if self.generate {
            print(password.expose());
        }
    }
}

fn role(word: &str) -> Result<Role, String> {
    serde_json::from_value(Value::from(word)).map_err(|_| "one of operator, viewer, supervisor, admin".to_owned())
}

pub(super) async fn run(here: Here<'_>, act: Act) -> Result<(), Failure> {
    match act {
        Act::Add { login, role, name, email, password } => {
            let new = password.get()?;
            let mut reach = Reach::find(here).await?;
            let request = json!({
                "login": login,
                "profile": { "full_name": name, "email": email },
                "rights": { "role": role },
                "password": new.expose(),
            });
            let _: Value = reach.call("people.create", request).await?;
            reach.close().await;
            password.show(&new);
            say(format!("{login} can sign in."));
        }
        Act::List { json } => {
            let mut reach = Reach::find(here).await?;
            let mut answer: Value = reach.call("people.list", json!({})).await?;
            reach.close().await;
            let people = answer["people"].take();
            if json {
                return print_json(&people);
            }
            for person in people.as_array().into_iter().flatten() {
                let text = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
                let state = match (person["blocked_by"].is_null(), person["has_password"] == true) {
                    (false, _) => "blocked",
                    (true, false) => "no password",
                    (true, true) => "",
                };
                print(format!("{:<24} {:<12} {:<12} {}", text("login"), text("role"), state, text("full_name")));
            }
        }
        Act::Block { login } => {
            set_blocked(here, &login, true).await?;
            say(format!("{login} is kept out."));
        }
        Act::Unblock { login } => {
            set_blocked(here, &login, false).await?;
            say(format!("{login} may sign in again."));
        }
        Act::Password { login, password } => {
            let new = password.get()?;
            let mut reach = Reach::find(here).await?;
            let id = find(&mut reach, &login).await?;
            let _: Value = reach.call("people.set_password", json!({ "id": id, "password": new.expose() })).await?;
            reach.close().await;
            password.show(&new);
            say(format!("{login} has a new password."));
        }
    }
    Ok(())
}

async fn set_blocked(here: Here<'_>, login: &str, blocked: bool) -> Result<(), Failure> {
    let mut reach = Reach::find(here).await?;
    let id = find(&mut reach, login).await?;
    let _: Value = reach.call("people.update", json!({ "id": id, "blocked": blocked })).await?;
    reach.close().await;
    Ok(())
}

async fn find(reach: &mut Reach, login: &str) -> Result<Value, Failure> {
    let mut person: Value = reach.call(verbs::FIND_PERSON, verbs::FindPerson { login: login.to_owned() }).await?;
    Ok(person["id"].take())
}
