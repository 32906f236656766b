//! The "Check" button: each node's word, its certificate, our rights, and the notification port.
//!
//! Deliberately not here: subscribing, which would change something there.

use std::{sync::Arc, time::Duration};

use crate::{
    CheckCertificate, CheckStep,
    transport::{
        tls::Shown,
        xmpp::{self, Frames},
        xmpp_ws::WebSocket,
    },
};

use super::{
    Finesse,
    client::{As, Node},
    stream::websocket_url,
    wire::SystemInfo,
};

/// The longest wait for the notification port.
const PORT: Duration = Duration::from_secs(10);

impl Finesse {
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![];
        let mut usable: Option<(Arc<Node>, SystemInfo)> = None;
        for node in self.cluster.nodes() {
            let (_, info) = self.client.system(&node, As::Nobody).await;
            if let Some(shown) = node.trust.seen() {
                steps.push(self.certificate(&node, &shown));
            }
            match info {
                Ok(info) if info.wants_sso() => steps.push(CheckStep::bad("sso", node.host.clone())),
                Ok(info) if info.in_service() => {
                    steps.push(CheckStep::good("system", format!("{}: {}", node.host, info.words())));
                    usable = usable.or(Some((node, info)));
                }
                Ok(info) => steps.push(CheckStep::bad("system", format!("{}: {}", node.host, info.words()))),
                Err(trouble) => steps.push(CheckStep::bad("system", format!("{}: {trouble}", node.host))),
            }
        }
        let Some((node, info)) = usable else { return steps };
        steps.push(self.own_step(&node).await);
        steps.push(notifications(&node, &info).await);
        steps
    }

    fn certificate(&self, node: &Node, shown: &Shown) -> CheckStep {
        let days = shown.not_after.map(|until| until.duration_since((self.clock)()).as_hours() / 24);
        let days = days.map_or_else(|| "validity unknown".to_owned(), |days| format!("{days} days left"));
        let words = format!("{}: {}, issued by {}, {days}", node.host, shown.subject, shown.issuer);
        let step = match shown.problem {
            None => CheckStep::good("certificate", words),
            Some(problem) => {
                let names = shown.names.join(", ");
                let words = format!("{words}; {}; for {names}; SHA-256 {}", problem.as_ref(), shown.sha256);
                CheckStep::bad("certificate", words)
            }
        };
        step.with_certificate(CheckCertificate {
            node: node.host.clone(),
            subject: shown.subject.clone(),
            issuer: shown.issuer.clone(),
            names: shown.names.clone(),
            not_before: shown.not_before.map(|from| from.as_millisecond()),
            not_after: shown.not_after.map(|until| until.as_millisecond()),
            valid: shown.valid,
            named: shown.named,
            sha256: shown.sha256.clone(),
            accepted: shown.accepted.clone(),
            problem: shown.problem.map(|problem| problem.as_ref().to_owned()),
        })
    }

    async fn own_step(&self, node: &Node) -> CheckStep {
        if let Some(until) = self.client.attempts.blocked(self.client.login(), (self.clock)()) {
            return CheckStep::bad("sign_in", format!("not tried before {until}: the account would be locked"));
        }
        // A person asks, perhaps after the server's side was put right.
        self.client.attempts.forgive(self.client.login());
        match self.client.own(node, As::Engine).await.1 {
            Ok((_, user)) if user.supervises() => {
                let teams: Vec<_> = user.teams.iter().map(|team| team.name.as_deref().unwrap_or(&team.id)).collect();
                CheckStep::good("sign_in", format!("{}; {}", user.roles.join(", "), teams.join(", ")))
            }
            Ok((_, user)) => {
                CheckStep::bad("supervisor", format!("roles: {}; no teams to supervise", user.roles.join(", ")))
            }
            Err(trouble) => CheckStep::bad("sign_in", trouble.to_string()),
        }
    }
}

/// Whether the notification service opens a stream; nothing is signed in to.
async fn notifications(node: &Node, info: &SystemInfo) -> CheckStep {
    let Some(domain) = &info.domain else { return CheckStep::bad("notifications", "the server names no domain") };
    let mut last = String::new();
    for port in [node.base.port_or_known_default().unwrap_or(443), node.old_websocket_port] {
        let opened = tokio::time::timeout(PORT, async {
            let mut socket = WebSocket::connect(&websocket_url(node, port), &node.trust).await?;
            let offers = xmpp::offers(&mut socket, domain).await;
            socket.close().await;
            offers
        });
        match opened.await {
            Ok(Ok(offers)) => {
                return CheckStep::good("notifications", format!("websocket:{port}: {}", offers.join(", ")));
            }
            Ok(Err(lost)) => last = format!("websocket:{port}: {lost}"),
            Err(_) => last = format!("websocket:{port}: no answer in time"),
        }
    }
    CheckStep::bad("notifications", last)
}
