//! The demo's own folder: settings, secrets, account and imported data, made with the commands that a real installation
//! is set up with. Starting anything that goes on running is not here.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use rand::Rng;
use rand::distr::Alphanumeric;
use serde_json::{Map, Value, json};

use super::{Addresses, Programs};
use crate::process;

/// Each secret of the demo: its name in Pult, and its name in the simulators' key file.
const SECRETS: &[(&str, &str)] = &[
    ("telephony.client.demo", "client_key"),
    ("cc.api_key", "feed_key"),
    ("agencies.password", "agency_password"),
    ("finesse.password", "finesse_password"),
    ("ratings.okdesk_token", "okdesk_token"),
    ("ratings.webhook_key", "okdesk_hook_key"),
    ("ratings.bitrix_user_key", "bitrix24_secret"),
    ("bitrix24.application_token", "bitrix24_application"),
    ("carousel.password", "intradesk_password"),
    ("ct.pachca_token", "pachca_token"),
    ("ct.webhook_secret", "pachca_secret"),
    ("ct.tracker_token", "tracker_token"),
    ("ct.tracker_hook_key", "tracker_hook_key"),
    ("ct.y360_token", "directory_token"),
    ("redmine.key", "redmine_admin_key"),
    ("redmine.webhook_secret", "redmine_hook_secret"),
    ("erp_auth.token", "staff_token"),
    ("xmpp.password", "messenger_password"),
];

/// Secrets that their vendor makes of hexadecimal digits alone.
const HEXADECIMAL: &[&str] = &["redmine.key"];

/// Secrets of Pult's that are another one again: the demo's portal has one webhook for both purposes.
const SAME: &[(&str, &str)] = &[("ratings.bitrix_message_key", "ratings.bitrix_user_key")];

/// The agency service's account name, which is no secret but is given the same way.
const AGENCY_LOGIN: &str = "desk";

/// The telephony platform's account that sees every team.
const PLATFORM_LOGIN: &str = "70490";

/// What `pult-simulators export-demo` writes, and the kind of import each file is for.
const IMPORTS: &[(&str, &str)] = &[
    ("agency-phones", "agency_phone.csv"),
    ("history", "history.csv"),
    ("staff", "staff.csv"),
    ("carousel-services", "carousel_services.csv"),
    ("carousel-people", "carousel_people.csv"),
];

/// The tenant of the service desk whose tickets go round, and the bot user there.
pub(crate) const TENANT: &str = "company.intradesk.example";
pub(crate) const TENANT_LOGIN: &str = "carousel-bot@example.com";

/// Where the messenger's interface begins at its address, and the chat whose messages become issues.
const MESSENGER_PATH: &str = "/api/shared/v1";
const DESK_CHAT: u64 = 51_840;

/// The organization of the tracker and of the directory.
const ORGANIZATION: &str = "7654321";

/// The portal's user whose webhook it is.
const PORTAL_USER: u32 = 7;

/// The file of the telephony platform's certificate.
const PLATFORM_CERTIFICATE: &str = "platform-ca.pem";

/// The file of the staff register's certificate.
const REGISTER_CERTIFICATE: &str = "register-ca.pem";

/// The file of the chat server's certificate.
const CHAT_CERTIFICATE: &str = "messenger-ca.pem";
/// The domain of its accounts.
const CHAT_DOMAIN: &str = "chat.example.test";
/// Its account of the engine, and that of the demo's administrator.
pub(crate) const CHAT_BOT: &str = "pult";
pub(crate) const CHAT_PERSON: &str = "a.krylova";

/// Somebody of the imported staff, who signs in by what the register says, and writes to the administrator.
pub(crate) const STAFF_LOGIN: &str = "o.belova";

/// Login of the demo's administrator.
const LOGIN: &str = "demo";
/// What they are called.
const NAME: &str = "Анна Крылова";
/// Their address.
const EMAIL: &str = "sup1@example.com";

/// Whom to sign in as.
pub(crate) struct Account {
    pub(crate) login: &'static str,
    pub(crate) password: String,
}

/// A prepared demo folder.
pub(crate) struct DemoFolder {
    path: PathBuf,
    account: Account,
    keys: Map<String, Value>,
    /// Nothing was set up in it yet.
    fresh: bool,
}

impl DemoFolder {
    /// Makes the folder with its keys and settings afresh, or with `keep` takes over what the last demo left.
    pub(crate) fn prepare(path: &Path, keep: bool, addresses: &Addresses) -> Result<DemoFolder> {
        let kept = if keep { read_keys(&path.join("keys.json")) } else { None };
        if kept.is_none() && path.exists() {
            fs::remove_dir_all(path).with_context(|| format!("cannot empty {}", path.display()))?;
        }
        for folder in [path, &path.join("data"), &path.join("log")] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            only_for_owner(folder)?;
        }
        let fresh = kept.is_none();
        let keys = kept.unwrap_or_else(new_keys);
        write_private(&path.join("keys.json"), &serde_json::to_string_pretty(&keys)?)?;
        let password = text_of(&keys, LOGIN);
        let demo = DemoFolder { path: path.to_owned(), account: Account { login: LOGIN, password }, keys, fresh };
        let mut simulators = format!("agency_login = {AGENCY_LOGIN}\n");
        for (name, theirs) in SECRETS {
            simulators.push_str(&format!("{theirs} = {}\n", text_of(&demo.keys, name)));
        }
        // Everybody of the register has the password that is shown for the administrator.
        simulators.push_str(&format!("staff_password = {}\n", demo.account.password));
        write_private(&demo.simulator_keys(), &simulators)?;
        write_private(&demo.config(), &settings(path, addresses))?;
        Ok(demo)
    }

    /// Sets it up with the engine's own commands. The platform's certificate is there by then, or they say that it is missing.
    pub(crate) fn set_up(&self, addresses: &Addresses, programs: &Programs) -> Result<()> {
        if self.fresh {
            self.fill(programs)?;
        }
        // The whole address is the secret, and today's port may be another.
        let key = text_of(&self.keys, "ratings.bitrix_user_key");
        let webhook = format!("http://{}/rest/{PORTAL_USER}/{key}", addresses.portal);
        process::feed(self.server(programs).args(["secret", "set", "erp.bitrix_webhook"]), &webhook)?;
        // At every start, because a port may be another one than yesterday.
        let targets = self.path.join("targets.json");
        write_private(&targets, &serde_json::to_string_pretty(&network_targets(addresses))?)?;
        process::run(self.server(programs).arg("targets").arg(targets))
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The settings file.
    pub(crate) fn config(&self) -> PathBuf {
        self.path.join("pult.toml")
    }

    /// Where the programs' output goes.
    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("log")
    }

    /// Whom to sign in as.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// The key file of the simulators.
    pub(crate) fn simulator_keys(&self) -> PathBuf {
        self.path.join("simulators.keys")
    }

    /// Secrets, the account and the imports, through the engine's own commands.
    fn fill(&self, programs: &Programs) -> Result<()> {
        let own = SECRETS.iter().map(|(name, _)| (*name, *name));
        for (name, of) in own.chain(SAME.iter().copied()) {
            process::feed(self.server(programs).args(["secret", "set", name]), &text_of(&self.keys, of))?;
        }
        let mut account = self.server(programs);
        account.args(["user", "add", LOGIN, "--role", "admin", "--name", NAME, "--password-stdin"]);
        process::feed(&mut account, &self.account.password)?;
        let samples = self.path.join("samples");
        process::run(Command::new(&programs.simulators).arg("export-demo").arg(&samples))?;
        for (kind, file) in IMPORTS {
            process::run(self.server(programs).args(["import", kind]).arg(samples.join(file)))?;
        }
        // The tracker knows this address: the tickets given to it are the demo person's.
        let own = samples.join("account.csv");
        fs::write(&own, format!("login,full_name,email\n{LOGIN},{NAME},{EMAIL}\n"))?;
        process::run(self.server(programs).args(["import", "staff"]).arg(own))?;
        Ok(())
    }

    /// The certificate the telephony platform writes when it starts.
    pub(crate) fn platform_certificate(&self) -> PathBuf {
        self.path.join(PLATFORM_CERTIFICATE)
    }

    /// The certificate the staff register writes when it starts.
    pub(crate) fn register_certificate(&self) -> PathBuf {
        self.path.join(REGISTER_CERTIFICATE)
    }

    /// The certificate the chat server writes when it starts.
    pub(crate) fn chat_certificate(&self) -> PathBuf {
        self.path.join(CHAT_CERTIFICATE)
    }

    fn server(&self, programs: &Programs) -> Command {
        let mut command = Command::new(&programs.server);
        command.arg("--config").arg(self.config());
        command
    }
}

/// What the network screen watches: the simulated vendors, on this machine's loopback, and nothing else.
fn network_targets(addresses: &Addresses) -> Vec<Value> {
    let Addresses { agencies, platform, desk, portal, tenant, messenger, tracker, tickets, register, .. } = addresses;
    let target = |key: &str, title: &str, kind: &str, at: &SocketAddr, certificate: bool| {
        json!({
            "key": key, "title": title, "host": at.ip().to_string(), "kind": kind, "port": at.port(),
            "path": null, "packets": null, "period_s": null,
            "certificate_port": certificate.then_some(at.port()),
            "workstation_url": null, "parent": null, "enabled": true,
        })
    };
    let chat = addresses.chat.as_ref().map(|chat| target("xmpp", "Prosody", "tcp", chat, false));
    let mut targets = vec![
        target("finesse", "Cisco Finesse", "platform", platform, true),
        target("finesse-tls", "Cisco Finesse, TLS", "tls", platform, true),
        target("agencies", "Справочник агентств", "tcp", agencies, false),
        target("okdesk", "Okdesk", "tcp", desk, false),
        target("bitrix24", "Битрикс24", "tcp", portal, false),
        target("intradesk", "Intradesk", "tcp", tenant, false),
        target("pachca", "Пачка", "tcp", messenger, false),
        target("tracker", "Яндекс Трекер", "tcp", tracker, false),
        target("redmine", "Redmine", "tcp", tickets, false),
        target("staff", "Пароли ERP", "tcp", register, false),
    ];
    targets.extend(chat);
    targets
}

/// The demo's settings: every integration on, everything on this machine's loopback.
fn settings(folder: &Path, addresses: &Addresses) -> String {
    let Addresses {
        console,
        hooks,
        agencies,
        platform,
        desk,
        portal,
        erp,
        tenant,
        messenger,
        tracker,
        tickets,
        register,
        chat,
    } = addresses;
    let messenger_of_people = chat.as_ref().map(|chat| chat_settings(folder, chat)).unwrap_or_default();
    let certificate = Value::from(folder.join(PLATFORM_CERTIFICATE).to_string_lossy());
    let authority = Value::from(folder.join(REGISTER_CERTIFICATE).to_string_lossy());
    let data = Value::from(folder.join("data").to_string_lossy());
    format!(
        "# Written by `cargo xtask demo`, which replaces it at every start.\n\
         \n\
         [console]\n\
         bind = \"{console}\"\n\
         \n\
         [hooks]\n\
         bind = \"{hooks}\"\n\
         \n\
         [storage]\n\
         data_dir = {data}\n\
         \n\
         [integrations.telephony]\n\
         enabled = true\n\
         clients = [\"demo\"]\n\
         \n\
         [integrations.agencies]\n\
         enabled = true\n\
         base = \"http://{agencies}/xmlgate\"\n\
         login = \"{AGENCY_LOGIN}\"\n\
         \n\
         [integrations.call_feed]\n\
         enabled = true\n\
         \n\
         [integrations.finesse]\n\
         enabled = true\n\
         url = \"https://{platform}\"\n\
         login = \"{PLATFORM_LOGIN}\"\n\
         ca = {certificate}\n\
         \n\
         [integrations.okdesk]\n\
         enabled = true\n\
         base = \"http://{desk}\"\n\
         poll_minutes = 1\n\
         \n\
         [integrations.bitrix24]\n\
         enabled = true\n\
         base = \"http://{portal}/rest/{PORTAL_USER}/\"\n\
         message_method = \"im\"\n\
         \n\
         [integrations.erp]\n\
         enabled = true\n\
         bind = \"{erp}\"\n\
         \n\
         [integrations.intradesk]\n\
         enabled = true\n\
         tenant = \"{TENANT}\"\n\
         login = \"{TENANT_LOGIN}\"\n\
         login_base = \"http://{tenant}/\"\n\
         api_base = \"http://{tenant}/\"\n\
         rate_per_second = 20\n\
         \n\
         [integrations.pachca]\n\
         enabled = true\n\
         base = \"http://{messenger}{MESSENGER_PATH}\"\n\
         \n\
         [integrations.tracker]\n\
         enabled = true\n\
         base = \"http://{tracker}\"\n\
         org_id = \"{ORGANIZATION}\"\n\
         queue_key = \"DESK\"\n\
         \n\
         [integrations.yandex360]\n\
         enabled = true\n\
         base = \"http://{tracker}\"\n\
         org_id = \"{ORGANIZATION}\"\n\
         \n\
         [integrations.redmine]\n\
         enabled = true\n\
         base = \"http://{tickets}\"\n\
         \n\
         [integrations.staff]\n\
         enabled = true\n\
         base = \"https://{register}/auth\"\n\
         ca = {authority}\n\
         \n\
         {messenger_of_people}\
         [areas.chat_link]\n\
         desk_chats = [{DESK_CHAT}]\n\
         edits = \"note\"\n\
         \n\
         [areas.carousel]\n\
         interval_s = 15\n\
         time_zone = \"Europe/Moscow\"\n\
         \n\
         [areas.network]\n\
         ca = {certificate}\n\
         \n\
         [areas.ratings]\n\
         enabled = true\n\
         public_url = \"http://{hooks}\"\n"
    )
}

/// The messenger by which people are told of notices and write to each other.
fn chat_settings(folder: &Path, chat: &SocketAddr) -> String {
    let authority = Value::from(folder.join(CHAT_CERTIFICATE).to_string_lossy());
    format!(
        "[integrations.xmpp]\n\
         enabled = true\n\
         jid = \"{CHAT_BOT}@{CHAT_DOMAIN}\"\n\
         host = \"{host}\"\n\
         port = {port}\n\
         tls = \"starttls\"\n\
         ca = {authority}\n\
         \n",
        host = chat.ip(),
        port = chat.port(),
    )
}

fn text_of(keys: &Map<String, Value>, name: &str) -> String {
    keys.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn new_keys() -> Map<String, Value> {
    let names = SECRETS.iter().map(|(name, _)| *name).chain([LOGIN]);
    let made = |name: &str| if HEXADECIMAL.contains(&name) { random_key() } else { random_text() };
    names.map(|name| (name.to_owned(), Value::from(made(name)))).collect()
}

/// The last demo's keys, when all of them are there.
fn read_keys(file: &Path) -> Option<Map<String, Value>> {
    let keys: Map<String, Value> = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    let complete = SECRETS.iter().map(|(name, _)| *name).chain([LOGIN]).all(|name| keys.contains_key(name));
    complete.then_some(keys)
}

/// 24 letters and digits, about 140 bits.
fn random_text() -> String {
    rand::rng().sample_iter(Alphanumeric).take(24).map(char::from).collect()
}

/// 40 hexadecimal digits.
fn random_key() -> String {
    rand::rng().random::<[u8; 20]>().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
fn only_for_owner(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
fn only_for_owner(_: &Path) -> Result<()> {
    Ok(())
}

/// Writes a file that only its owner can read, from its first byte on.
fn write_private(file: &Path, text: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(opened.write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_keys_are_taken_only_when_complete() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("pult-demo-keys-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let file = folder.join("keys.json");
        let mut keys = new_keys();
        write_private(&file, &serde_json::to_string(&keys)?)?;
        assert_eq!(read_keys(&file), Some(keys.clone()));
        keys.remove(LOGIN);
        write_private(&file, &serde_json::to_string(&keys)?)?;
        assert_eq!(read_keys(&file), None);
        Ok(fs::remove_dir_all(folder)?)
    }

    #[test]
    fn the_network_of_the_demo_is_this_machine_alone() {
        let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let addresses = Addresses {
            console: at(8480),
            hooks: at(8481),
            agencies: at(8490),
            platform: at(8445),
            desk: at(8491),
            portal: at(8492),
            erp: at(8000),
            tenant: at(8493),
            messenger: at(8494),
            tracker: at(8495),
            tickets: at(8496),
            register: at(8497),
            chat: Some(at(5222)),
        };
        let targets = network_targets(&addresses);
        assert!(targets.len() >= 4);
        let mut keys: Vec<_> = targets.iter().map(|target| target["key"].to_string()).collect();
        keys.dedup();
        assert_eq!(keys.len(), targets.len());
        for target in &targets {
            assert_eq!(target["host"], "127.0.0.1");
            assert!(
                [5222, 8445, 8490, 8491, 8492, 8493, 8494, 8495, 8496, 8497]
                    .contains(&target["port"].as_u64().unwrap_or_default()),
                "{target}"
            );
        }
    }

    #[test]
    fn passwords_differ() {
        assert_ne!(random_text(), random_text());
        assert_eq!(random_text().len(), 24);
    }
}
