//! A cluster for a test, and who asks it over HTTP.

use std::sync::Arc;

use pult_simulators::{
    clock::system_clock,
    finesse::{Backend, NodeName, Settings, Simulator, start, world::Plan},
    secret::Secret,
};
use reqwest::{Method, RequestBuilder, StatusCode};
use roxmltree::Document;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "tulip & co";
pub(crate) const SUPERVISOR: &str = "70400";

/// A running cluster.
pub(crate) struct House {
    pub(crate) cluster: Simulator,
    pub(crate) http: reqwest::Client,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

/// Three still teams of ten.
pub(crate) fn small() -> Settings {
    let settings = Settings::new(Secret::new(PASSWORD));
    Settings {
        plan: Plan { teams: 3, team_size: 10, live: false, ..settings.plan.clone() },
        clock: system_clock(),
        ..settings
    }
}

impl House {
    pub(crate) async fn on(backend: Backend) -> Self {
        Self::with(Settings { backend, ..small() }).await
    }

    pub(crate) async fn new() -> Self {
        Self::on(Backend::BuiltIn).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        // Whichever test comes first installs it for all.
        let _ = ring::default_provider().install_default();
        let cluster = start(settings).await.unwrap();
        let root = reqwest::Certificate::from_pem(cluster.authority().as_bytes()).unwrap();
        let http = reqwest::Client::builder()
            .tls_certs_only([root])
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self { cluster, http }
    }

    pub(crate) fn url(&self, node: NodeName, path: &str) -> String {
        format!("https://{}{path}", self.cluster.addresses(node).front)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(NodeName::A, path))
    }

    /// As the supervisor, at node A.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_as(SUPERVISOR, path).await
    }

    pub(crate) async fn get_as(&self, id: &str, path: &str) -> Answer {
        send(self.request(Method::GET, path).basic_auth(id, Some(PASSWORD))).await
    }

    /// As somebody, at node A, with a request id.
    pub(crate) async fn put_as(&self, id: &str, path: &str, body: &str, request: &str) -> Answer {
        let asked = self.request(Method::PUT, path).basic_auth(id, Some(PASSWORD)).header("requestId", request);
        send(asked.header("Content-Type", "application/xml").body(body.to_owned())).await
    }

    /// Orders a state for an agent as the supervisor.
    pub(crate) async fn order(&self, agent: &str, state: &str) -> Answer {
        let body = format!("<User><state>{state}</state></User>");
        self.put_as(SUPERVISOR, &format!("/finesse/api/User/{agent}"), &body, "r-1").await
    }

    /// An order of the control interface, which has to be taken.
    pub(crate) async fn sim(&self, path: &str, order: Value) {
        assert_eq!(self.try_sim(path, order).await, StatusCode::NO_CONTENT, "{path}");
    }

    pub(crate) async fn try_sim(&self, path: &str, order: Value) -> StatusCode {
        self.http.post(format!("http://{}{path}", self.cluster.control())).json(&order).send().await.unwrap().status()
    }

    pub(crate) async fn sim_get(&self, path: &str) -> Value {
        self.http.get(format!("http://{}{path}", self.cluster.control())).send().await.unwrap().json().await.unwrap()
    }

    /// Puts an agent into a state.
    pub(crate) async fn put_into(&self, agent: &str, state: &str) {
        self.sim(&format!("/sim/agents/{agent}/state"), json!({ "state": state })).await;
    }

    /// How TLS is spoken by somebody who trusts the cluster.
    pub(crate) fn tls(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.cluster.authority().as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        Arc::new(config.with_root_certificates(roots).with_no_client_auth())
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}

impl Answer {
    /// Text of the first element of this name.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        text_of(&self.body, name)
    }

    /// Status and `ErrorType`.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.text("ErrorType").unwrap_or_default())
    }
}

pub(crate) fn text_of(xml: &str, name: &str) -> Option<String> {
    let document = Document::parse(xml).unwrap();
    document.descendants().find(|node| node.has_tag_name(name)).map(|node| node.text().unwrap_or_default().to_owned())
}
