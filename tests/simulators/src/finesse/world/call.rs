//! A call as an agent has it: the dialog, its two participants, the data that came with it. Numbers and agencies are
//! those of the shared catalogue.

use jiff::Timestamp;
use rand::{Rng, rngs::StdRng};

use super::{Deployment, instant};
use crate::{catalogue::Agency, finesse::xml::Element};

/// Where the agent's leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// Rings.
    Alerting,
    /// Talks.
    Active,
    /// The caller waits.
    Held,
    /// The call is over, its record is being written.
    WrapUp,
    /// Gone.
    Dropped,
}

impl Leg {
    const fn word(self) -> &'static str {
        match self {
            Self::Alerting => "ALERTING",
            Self::Active => "ACTIVE",
            Self::Held => "HELD",
            Self::WrapUp => "WRAP_UP",
            Self::Dropped => "DROPPED",
        }
    }

    const fn dialog(self) -> &'static str {
        match self {
            Self::Alerting => "ALERTING",
            Self::Active | Self::Held | Self::WrapUp => "ACTIVE",
            Self::Dropped => "DROPPED",
        }
    }

    const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Alerting => &["ANSWER"],
            Self::Active => &["HOLD", "TRANSFER_SST", "DROP", "UPDATE_CALL_DATA"],
            Self::Held => &["RETRIEVE", "DROP", "UPDATE_CALL_DATA"],
            Self::WrapUp => &["UPDATE_CALL_DATA"],
            Self::Dropped => &[],
        }
    }
}

/// What a call is wrapped up with.
pub const WRAP_UP: [&str; 5] = ["Перенос даты", "Доплата", "Подбор тура", "Документы и визы", "Жалоба & возврат"];
const QUEUES: [(&str, u32); 3] = [("RETAIL_QUESTIONS", 4), ("RETAIL_PURCHASE", 5), ("AGENCY_SUPPORT", 6)];

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Number of the dialog.
    pub id: u64,
    from: String,
    extension: String,
    variables: [String; 3],
    queue: (&'static str, u32),
    /// Where the agent's leg stands.
    pub leg: Leg,
    began: Timestamp,
    changed: Timestamp,
    /// Chosen when the call was wrapped up.
    pub wrap_up: &'static str,
}

impl Call {
    /// A call from one of `agencies` to the agent at `extension`.
    pub fn new(
        id: u64,
        extension: &str,
        leg: Leg,
        at: Timestamp,
        agencies: &[Agency],
        random: &mut StdRng,
    ) -> Option<Self> {
        let agency = agencies.get(random.random_range(0..agencies.len().max(1)))?;
        let contact = agency.contacts.get(random.random_range(0..agency.contacts.len().max(1)))?;
        Some(Self {
            id,
            from: contact.phone.trim_start_matches('+').to_owned(),
            extension: extension.to_owned(),
            // Spaces inside a value are part of it.
            variables: [format!("AG-{}", agency.id), String::new(), format!("{}  /  {}", agency.city, contact.person)],
            queue: QUEUES[random.random_range(0..QUEUES.len())],
            leg,
            began: at,
            changed: at,
            wrap_up: "",
        })
    }

    /// Moves the agent's leg.
    pub fn turn(&mut self, leg: Leg, at: Timestamp) {
        self.leg = leg;
        self.changed = at;
    }

    /// Path of the dialog.
    pub fn uri(&self) -> String {
        format!("/finesse/api/Dialog/{}", self.id)
    }

    /// The dialog under one of its two names.
    pub fn element(&self, name: &'static str, deployment: Deployment) -> Element {
        Element::group(
            name,
            [
                Element::text("id", self.id.to_string()),
                Element::text("uri", self.uri()),
                Element::text("associatedDialogUri", ""),
                Element::text("mediaType", "Voice"),
                Element::text("state", self.leg.dialog()),
                Element::text("fromAddress", &self.from),
                Element::text("toAddress", "7100"),
                self.media(deployment),
                Element::group("participants", self.participants()),
            ],
        )
    }

    fn media(&self, deployment: Deployment) -> Element {
        let variables = self.variables.iter().zip(["callVariable1", "callVariable2", "callVariable3"]);
        let mut fields = vec![
            Element::text("mediaId", "1"),
            Element::text("dialedNumber", "7100"),
            Element::text("callType", "ACD_IN"),
            Element::text("DNIS", "7100"),
            Element::text("queueNumber", self.queue.1.to_string()),
            Element::text("queueName", self.queue.0),
            Element::text("outboundClassification", ""),
            Element::text("wrapUpReason", self.wrap_up),
            Element::text("callKeyCallId", (self.id % 100_000).to_string()),
            Element::text("callKeySequenceNum", "0"),
            Element::text("callKeyPrefix", "151722"),
            Element::group(
                "callvariables",
                variables.map(|(value, name)| {
                    Element::group("CallVariable", [Element::text("name", name), Element::text("value", value)])
                }),
            ),
        ];
        if deployment == Deployment::Uccx {
            let items = WRAP_UP.iter().map(|item| Element::text("wrapUpItem", *item));
            fields.push(Element::group("wrapUpItems", items));
        }
        Element::group("mediaProperties", fields)
    }

    fn participants(&self) -> [Element; 2] {
        let (caller, callers): (Leg, &[&str]) = match self.leg {
            Leg::WrapUp | Leg::Dropped => (Leg::Dropped, &[]),
            Leg::Alerting | Leg::Active | Leg::Held => (Leg::Active, &["DROP"]),
        };
        [
            self.participant(&self.extension, "AGENT_DEVICE", self.leg, self.leg.actions()),
            self.participant(&self.from, "", caller, callers),
        ]
    }

    fn participant(&self, address: &str, kind: &str, leg: Leg, actions: &[&'static str]) -> Element {
        Element::group(
            "Participant",
            [
                Element::group("actions", actions.iter().map(|action| Element::text("action", *action))),
                Element::text("mediaAddress", address),
                Element::text("mediaAddressType", kind),
                Element::text("startTime", instant(Some(self.began))),
                Element::text("state", leg.word()),
                Element::text("stateCause", ""),
                Element::text("stateChangeTime", instant(Some(self.changed))),
            ],
        )
    }
}
