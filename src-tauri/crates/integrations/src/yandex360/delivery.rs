//! What is asked of the directory, and that its silence is an answer.
//!
//! Deliberately not here: reading it (`directory`).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{ChatRequestId, Effect, EffectKey, Fact, FactKey, Instant, Observed, areas::chat_link};

use crate::{Asked, Attempt, CallError, Delivery, LaneTerms, Limit, Method, Settled, transport::http::Answer};

use super::{
    NAME, TOTAL, Yandex360,
    directory::{DEPARTMENTS, USERS, judge, rows},
};

const KIND: &str = "read_department";
/// Pages that are worth waiting for: five thousand people.
const PAGES: u32 = 50;

fn receipt(request: ChatRequestId, department: Option<String>, key: &EffectKey, at: Instant) -> Observed {
    let fact = Fact::ChatLink(chat_link::Fact::DepartmentRead { request, department });
    Observed { key: FactKey(key.0.clone()), at, fact }
}

#[async_trait]
impl Delivery for Yandex360 {
    fn kinds(&self) -> &'static [&'static str] {
        &[KIND]
    }

    fn terms(&self) -> LaneTerms {
        LaneTerms { concurrency: 2, timeout: (TOTAL + Duration::from_secs(1)) * PAGES }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        let rate = self.settings.rate_per_second.max(1);
        vec![Limit { key: NAME.to_owned(), per_second_milli: rate.saturating_mul(1000), burst: rate }]
    }

    fn methods(&self) -> &'static [Method] {
        &[Method { name: USERS, kind: KIND }, Method { name: DEPARTMENTS, kind: KIND }]
    }

    /// A failure says that the department is not known. One page of departments is taken together with the people that are known.
    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let Effect::ReadDepartment { request, email } = asked.effect else {
            return Err(CallError::not_ours(asked.effect));
        };
        let content = judge(answer, &self.mask());
        let listed = content.as_ref().ok().and_then(|content| rows(content, asked.method).ok());
        let department = match (asked.method, listed) {
            (USERS, Some(_)) => return Ok(vec![]),
            (DEPARTMENTS, Some((rows, _))) => {
                self.shelf.known().and_then(|known| known.with_departments(rows).department(email))
            }
            (USERS | DEPARTMENTS, None) => None,
            _ => return Err(CallError::not_ours(asked.effect)),
        };
        Ok(vec![receipt(*request, department, asked.key, asked.at)])
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let Effect::ReadDepartment { request, email } = effect else { return Attempt::not_ours(effect) };
        let mut exchanges = vec![];
        let department = match self.directory(&mut exchanges).await {
            Ok(directory) => directory.department(email),
            Err(error) => {
                tracing::warn!(%error, "the directory cannot be read: the request goes on without a department");
                None
            }
        };
        Attempt { exchanges, outcome: Ok(vec![receipt(*request, department, key, (self.clock)())]) }
    }

    async fn settle(&self, _effect: &Effect, _key: &EffectKey) -> Settled {
        Settled::NotDone
    }
}
