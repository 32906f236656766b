//! temporary
use serde::{Deserialize, Serialize};
use ts_rs::TS;
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role { Operator, Viewer, Supervisor, Admin }
#[derive(Debug, Clone)]
pub struct Actor { pub login: String, pub role: Role, pub address: String }
