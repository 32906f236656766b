//! Keys and passwords of the simulated parties, and the two places they may come from: the environment or a file that
//! only its owner can read. There is no third place; a command line is seen by every process of the machine.

use std::{collections::BTreeMap, fmt, fs, io, path::Path};

/// A key or password. It shows itself to nobody: `Debug` prints a mark in its place.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the wire.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// What the simulators may need to know in secret. Absent ones are asked for only by the command that uses them.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    /// `client_key`: the `key` of the legacy telephony entry.
    pub client_key: Option<Secret>,
    /// `feed_key`: the `X-Api-Key` of the live feed.
    pub feed_key: Option<Secret>,
    /// `hook_secret`: the HMAC secret of the signed telephony hook.
    pub hook_secret: Option<Secret>,
    /// `agency_login`: the name Pult signs in to the agency service with.
    pub agency_login: Option<String>,
    /// `agency_password`: its password.
    pub agency_password: Option<Secret>,
    /// `finesse_password`: the password of every account of the simulated Finesse.
    pub finesse_password: Option<Secret>,
    /// `okdesk_token`: the `api_token` of the simulated Okdesk.
    pub okdesk_token: Option<Secret>,
    /// `okdesk_hook_key`: the query key that its webhooks carry.
    pub okdesk_hook_key: Option<Secret>,
    /// `bitrix24_secret`: the secret of the simulated Bitrix24's incoming webhook.
    pub bitrix24_secret: Option<Secret>,
    /// `bitrix24_application`: the `application_token` that its events carry.
    pub bitrix24_application: Option<Secret>,
    /// `intradesk_password`: the password of the simulated IntraDesk's bot user, and of the classic product's.
    pub intradesk_password: Option<Secret>,
    /// `intradesk_api_key`: the `ApiKey` of its gateway.
    pub intradesk_api_key: Option<Secret>,
    /// `pachca_token`: the token of the simulated Pachca's bot.
    pub pachca_token: Option<Secret>,
    /// `pachca_secret`: the signing secret of its webhooks.
    pub pachca_secret: Option<Secret>,
    /// `tracker_token`: the OAuth token of the simulated Yandex Tracker's robot.
    pub tracker_token: Option<Secret>,
    /// `tracker_hook_key`: what its triggers send in `X-Hook-Secret`.
    pub tracker_hook_key: Option<Secret>,
    /// `directory_token`: the OAuth token of the simulated Yandex 360 directory.
    pub directory_token: Option<Secret>,
    /// `redmine_admin_key`: the API key of the simulated Redmine's `admin`.
    pub redmine_admin_key: Option<Secret>,
    /// `redmine_sup1_key`: that of its manager `sup1`.
    pub redmine_sup1_key: Option<Secret>,
    /// `redmine_agent1_key`: that of its developer `agent1`.
    pub redmine_agent1_key: Option<Secret>,
    /// `redmine_rep1_key`: that of its reporter `rep1`.
    pub redmine_rep1_key: Option<Secret>,
    /// `redmine_password`: the password of everybody there.
    pub redmine_password: Option<Secret>,
    /// `redmine_hook_secret`: what signs its webhooks.
    pub redmine_hook_secret: Option<Secret>,
    /// `staff_token`: the console's token at the simulated staff register.
    pub staff_token: Option<Secret>,
    /// `staff_password`: the password of everybody there.
    pub staff_password: Option<Secret>,
    /// `messenger_password`: the password of every account of the chat server.
    pub messenger_password: Option<Secret>,
}

/// Why a key file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read.
    #[error("cannot read the key file: {0}")]
    Unreadable(#[from] io::Error),
    /// Somebody else than the owner may read it.
    #[error("the key file is open to other users: run `chmod 600` on it")]
    Exposed,
    /// A line is not `name = value`, or names no known secret. The line itself is not quoted: it may hold a secret.
    #[error("line {0} of the key file is not `name = value` with a known name")]
    Line(usize),
}

impl Keyring {
    /// The variables' prefix: `PULT_SIM_CLIENT_KEY`, `PULT_SIM_FEED_KEY`, `PULT_SIM_HOOK_SECRET`,
    /// `PULT_SIM_AGENCY_LOGIN` and so on, one for each of [`Self::NAMES`].
    pub const PREFIX: &str = "PULT_SIM_";
    /// What a key file may hold; the variables are these in capitals.
    pub const NAMES: [&str; 26] = [
        "client_key",
        "feed_key",
        "hook_secret",
        "agency_login",
        "agency_password",
        "finesse_password",
        "okdesk_token",
        "okdesk_hook_key",
        "bitrix24_secret",
        "bitrix24_application",
        "intradesk_password",
        "intradesk_api_key",
        "pachca_token",
        "pachca_secret",
        "tracker_token",
        "tracker_hook_key",
        "directory_token",
        "redmine_admin_key",
        "redmine_sup1_key",
        "redmine_agent1_key",
        "redmine_rep1_key",
        "redmine_password",
        "redmine_hook_secret",
        "staff_token",
        "staff_password",
        "messenger_password",
    ];

    /// Reads the variables named under [`Self::PREFIX`]; `look_up` is `std::env::var` in the program.
    pub fn from_environment(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let mut keyring = Self::default();
        for name in Self::NAMES {
            let variable = format!("{}{}", Self::PREFIX, name.to_ascii_uppercase());
            if let Some(value) = look_up(&variable).filter(|value| !value.is_empty()) {
                keyring.set(name, value);
            }
        }
        keyring
    }

    /// Lays the file's secrets over these. Lines are `name = value`, value bare or in double quotes; `#` opens a
    /// comment line.
    ///
    /// # Errors
    /// The file is unreadable, open to others, or holds a line that is not understood.
    pub fn overlay_file(&mut self, path: &Path) -> Result<(), KeyFileError> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                return Err(KeyFileError::Exposed);
            }
        }
        let text = fs::read_to_string(path)?;
        let mut seen = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = line.split_once('=').ok_or(KeyFileError::Line(index + 1))?;
            let value = value.trim();
            let bare = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
            seen.insert(name.trim().to_owned(), (index + 1, bare.to_owned()));
        }
        for (name, (line, value)) in seen {
            if !self.set(&name, value) {
                return Err(KeyFileError::Line(line));
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: String) -> bool {
        match name {
            "client_key" => self.client_key = Some(Secret(value)),
            "feed_key" => self.feed_key = Some(Secret(value)),
            "hook_secret" => self.hook_secret = Some(Secret(value)),
            "agency_login" => self.agency_login = Some(value),
            "agency_password" => self.agency_password = Some(Secret(value)),
            "finesse_password" => self.finesse_password = Some(Secret(value)),
            "okdesk_token" => self.okdesk_token = Some(Secret(value)),
            "okdesk_hook_key" => self.okdesk_hook_key = Some(Secret(value)),
            "bitrix24_secret" => self.bitrix24_secret = Some(Secret(value)),
            "bitrix24_application" => self.bitrix24_application = Some(Secret(value)),
            "intradesk_password" => self.intradesk_password = Some(Secret(value)),
            "intradesk_api_key" => self.intradesk_api_key = Some(Secret(value)),
            "pachca_token" => self.pachca_token = Some(Secret(value)),
            "pachca_secret" => self.pachca_secret = Some(Secret(value)),
            "tracker_token" => self.tracker_token = Some(Secret(value)),
            "tracker_hook_key" => self.tracker_hook_key = Some(Secret(value)),
            "directory_token" => self.directory_token = Some(Secret(value)),
            "redmine_admin_key" => self.redmine_admin_key = Some(Secret(value)),
            "redmine_sup1_key" => self.redmine_sup1_key = Some(Secret(value)),
            "redmine_agent1_key" => self.redmine_agent1_key = Some(Secret(value)),
            "redmine_rep1_key" => self.redmine_rep1_key = Some(Secret(value)),
            "redmine_password" => self.redmine_password = Some(Secret(value)),
            "redmine_hook_secret" => self.redmine_hook_secret = Some(Secret(value)),
            "staff_token" => self.staff_token = Some(Secret(value)),
            "staff_password" => self.staff_password = Some(Secret(value)),
            "messenger_password" => self.messenger_password = Some(Secret(value)),
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let keyring = Keyring { feed_key: Some(Secret::new("tulip")), ..Keyring::default() };
        assert!(!format!("{keyring:?}").contains("tulip"));
    }

    #[test]
    fn a_file_wins_over_the_environment() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "# demo\nfeed_key = \"from file\"\nagency_login=gate").unwrap();
        let mut keyring = Keyring::from_environment(|name| match name {
            "PULT_SIM_FEED_KEY" => Some("from environment".into()),
            "PULT_SIM_CLIENT_KEY" => Some("client".into()),
            _ => None,
        });
        keyring.overlay_file(file.path()).unwrap();
        assert_eq!(keyring.feed_key.unwrap().reveal(), "from file");
        assert_eq!(keyring.client_key.unwrap().reveal(), "client");
        assert_eq!(keyring.agency_login.as_deref(), Some("gate"));
    }

    #[test]
    fn every_name_is_known() {
        assert!(Keyring::NAMES.into_iter().all(|name| Keyring::default().set(name, "tulip".into())));
    }

    #[test]
    fn an_unknown_name_is_refused_without_quoting_it() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "\nfeedkey = tulip").unwrap();
        let refused = Keyring::default().overlay_file(file.path()).unwrap_err();
        assert!(matches!(refused, KeyFileError::Line(2)));
        assert!(!refused.to_string().contains("tulip"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_open_to_others_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keyring::default().overlay_file(file.path()), Err(KeyFileError::Exposed)));
    }
}
