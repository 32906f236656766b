//! The "Check" button: where the server is, its certificate, the ways of signing in, our account there, and what it can do.
//!
//! Deliberately not here: saying anything to anybody. The check signs in beside the session that is held, under a name of its own, and is
//! not seen by anyone.

use std::{sync::Arc, time::Duration};

use pult_domain::areas::messages::Account;
use tokio_xmpp::{
    Stanza,
    stanzastream::{Event, StreamEvent},
};
use xmpp_parsers::{
    disco::{DiscoInfoQuery, DiscoInfoResult},
    iq::Iq,
    jid::Jid,
    ns,
};

use crate::{
    CheckStep,
    transport::{http::SetupError, tls::Shown},
};

use super::{
    Xmpp,
    dial::{Met, Place, Target},
    guard::Watch,
    library::Library,
    lost::Lost,
    secret_of,
};

/// The longest wait for one step.
const STEP: Duration = Duration::from_secs(20);

impl Xmpp {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![];
        let place = match self.place_of(&self.bot) {
            Ok(place) => place,
            Err(error) => return vec![setup(&error)],
        };
        let targets = place.targets().await;
        let named: Vec<_> = targets.iter().map(|target| format!("{} {}", target.host, target.way())).collect();
        steps.push(CheckStep::good("resolve", named.join(", ")));
        let Some(offered) = self.encryption(&place, &targets, &mut steps).await else { return steps };
        let offered = offered.iter().cloned().collect::<Vec<_>>().join(", ");
        steps.push(match offered.is_empty() {
            true => CheckStep::bad("mechanisms", "none offered"),
            false => CheckStep::good("mechanisms", offered),
        });
        match self.sign_in(&place).await {
            Ok(met) => {
                let words = format!("{} by {} at {}", self.bot, met.mechanism, met.target.host);
                steps.push(CheckStep::good("sign_in", words));
                steps.push(self.features(met).await);
            }
            Err(lost) => steps.push(CheckStep::bad("sign_in", lost.to_string())),
        }
        steps
    }

    /// Whether a server can be had within TLS, and what it offers there.
    async fn encryption(
        &self,
        place: &Place,
        targets: &[Target],
        steps: &mut Vec<CheckStep>,
    ) -> Option<std::collections::BTreeSet<String>> {
        let mut failed = "no server is known".to_owned();
        for target in targets {
            let opened = tokio::time::timeout(STEP, place.open(target, &Arc::new(Watch::default()))).await;
            let seen = place.trust.seen().map(|shown| self.certificate(&shown));
            match opened.unwrap_or_else(|_| Err(late())) {
                Ok(open) => {
                    let words = seen.unwrap_or_default();
                    steps.push(CheckStep::good("tls", format!("{} {}: {words}", target.host, target.way())));
                    return Some(open.features.sasl_mechanisms);
                }
                Err(lost) => failed = format!("{} {}: {lost}", target.host, target.way()),
            }
        }
        steps.push(CheckStep::bad("tls", failed));
        None
    }

    fn certificate(&self, shown: &Shown) -> String {
        let days = shown.not_after.map(|until| until.duration_since((self.clock)()).as_hours() / 24);
        let days = days.map_or_else(|| "validity unknown".to_owned(), |days| format!("{days} days left"));
        format!("{}, issued by {}, {days}, SHA-256 {}", shown.subject, shown.issuer, shown.sha256)
    }

    async fn sign_in(&self, place: &Place) -> Result<Met, Lost> {
        let password = self.credentials.secret(&secret_of(Account::Bot)).filter(|secret| !secret.is_empty());
        let password = password.ok_or(Lost::NoPassword)?;
        let resource = format!("{}-check", self.resource);
        let address = self.bot.with_resource_str(&resource).map_err(|e| Lost::NotBound(e.to_string()))?;
        place.dial(&address, &password).await
    }

    /// What the server can do of what is made use of.
    async fn features(&self, met: Met) -> CheckStep {
        let managed = met.connection.features.stream_management.is_some();
        let mut found: Vec<&str> = managed.then_some("smacks").into_iter().collect();
        let mut library = Library::begin();
        library.give(met.connection);
        let told = tokio::time::timeout(STEP, self.ask(&mut library)).await;
        library.end().await;
        match told {
            Ok(Some((server, account))) => {
                found.extend(server.contains(ns::CARBONS).then_some("carbons"));
                found.extend(account.contains(ns::MAM).then_some("mam"));
                CheckStep::good("features", found.join(", "))
            }
            Ok(None) | Err(_) => CheckStep::bad("features", "the server does not say what it can do"),
        }
    }

    /// The features of the server and of the account.
    async fn ask(&self, library: &mut Library) -> Option<(Features, Features)> {
        while !matches!(library.next().await?, Event::Stream(StreamEvent::Reset { .. })) {}
        let server = Jid::from_parts(None, self.bot.domain(), None);
        let mut found = vec![];
        for (id, to) in [("server", server), ("account", Jid::from(self.bot.clone()))] {
            library.say(Box::new(Iq::from_get(id, DiscoInfoQuery { node: None }).with_to(to).into())).await;
            found.push(answer(library, id).await?);
        }
        let account = found.pop()?;
        Some((found.pop()?, account))
    }
}

type Features = std::collections::BTreeSet<String>;

/// The features in the answer of that id; none where it is refused.
async fn answer(library: &mut Library, id: &str) -> Option<Features> {
    loop {
        match library.next().await? {
            Event::Stanza(Stanza::Iq(Iq::Result { id: of, payload, .. })) if of == id => {
                let info = payload.and_then(|payload| DiscoInfoResult::try_from(payload).ok());
                return Some(info.map(|info| info.features).unwrap_or_default());
            }
            Event::Stanza(Stanza::Iq(Iq::Error { id: of, .. })) if of == id => return Some(Features::default()),
            Event::Stream(StreamEvent::Suspended) => return None,
            Event::Stanza(_) | Event::Stream(_) => {}
        }
    }
}

fn late() -> Lost {
    Lost::Broken(crate::transport::obstacle::Obstacle::Timeout, "no answer in time".to_owned())
}

fn setup(error: &SetupError) -> CheckStep {
    CheckStep::bad("tls", error.to_string())
}
