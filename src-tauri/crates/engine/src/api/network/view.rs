//! The picture of the whole network at one moment, with the verdict whose side is broken for each target.
//!
//! Deliberately not here: judging (the domain's `side`), and one target's past.

use std::collections::HashMap;

use pult_domain::{
    Instant, TargetId,
    areas::network::{Evidence, Grade, Verdict, side},
};
use pult_store::{
    StoreError,
    network::{self, Beats, IncidentRow, MaintenanceRow, TargetRow, WorkstationRow},
};
use serde::Serialize;
use ts_rs::TS;

use crate::Engine;

/// What a workstation saw counts for so long; pages try every ten seconds.
const FRESH: jiff::SignedDuration = jiff::SignedDuration::from_secs(45);
/// Cells of a row of heartbeats (look, rule 8), one a minute.
const CELLS: usize = 90;

/// The whole network.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NetworkList {
    /// The engine's time, milliseconds UTC.
    #[ts(type = "number")]
    pub now: i64,
    /// Whether targets are watched from the server at all.
    pub watching: bool,
    /// From one look to the next where a target names no other time, seconds.
    pub period_s: u32,
    /// The zone weekly maintenance goes by.
    pub zone: String,
    /// Every target, by id.
    pub targets: Vec<TargetView>,
    /// Maintenance that is not over.
    pub maintenance: Vec<MaintenanceView>,
}

/// A target with everything its row shows.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TargetView {
    /// How it is.
    #[serde(flatten)]
    pub row: TargetRow,
    /// The last hour and a half.
    pub beats: Beats,
    /// Its trouble, when it is in one.
    pub incident: Option<IncidentRow>,
    /// It may be silent until then, milliseconds UTC.
    #[ts(type = "number | null")]
    pub maintenance_until: Option<i64>,
    /// What the workstation that asks saw of it.
    pub workstation: Option<WorkstationRow>,
    /// Whose side is broken.
    pub side: Verdict,
}

/// A maintenance and whether it is now.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MaintenanceView {
    /// What was set.
    #[serde(flatten)]
    pub row: MaintenanceRow,
    /// The end of the window that is open now, milliseconds UTC.
    #[ts(type = "number | null")]
    pub open_until: Option<i64>,
}

/// The picture as the workstation of that name sees it.
pub(super) async fn list(engine: &Engine, station: Option<String>) -> Result<NetworkList, StoreError> {
    let now = engine.clock().now();
    let (settings, zone) = (engine.config().areas.network.clone(), engine.registry().terms().network.zone.clone());
    let since = now.checked_sub(FRESH).unwrap_or(now);
    engine
        .store()
        .read(move |c| {
            let maintenance: Vec<MaintenanceView> = network::maintenances(c, now)?
                .into_iter()
                .map(|row| {
                    let open_until = row.schedule.covers(now, &zone).map(Instant::as_millisecond);
                    MaintenanceView { row, open_until }
                })
                .collect();
            let mut incidents: HashMap<TargetId, IncidentRow> =
                network::incidents(c, None, None, 0)?.into_iter().map(|i| (i.target, i)).collect();
            let rows = network::targets(c, now)?;
            let seen = Seen::new(&rows, network::reports(c, since)?, station);
            let sides: Vec<Verdict> = rows.iter().map(|row| side::judge(&seen.evidence(row))).collect();
            let mut targets = Vec::with_capacity(rows.len());
            for (row, side) in rows.into_iter().zip(sides) {
                targets.push(TargetView {
                    beats: network::beats(c, row.id, now.as_millisecond(), 1, CELLS)?,
                    incident: incidents.remove(&row.id),
                    maintenance_until: maintenance
                        .iter()
                        .filter(|m| m.row.target.is_none_or(|id| id == row.id))
                        .filter_map(|m| m.open_until)
                        .max(),
                    workstation: seen.own(row.id).cloned(),
                    side,
                    row,
                });
            }
            Ok(NetworkList {
                now: now.as_millisecond(),
                watching: settings.enabled,
                period_s: settings.period_s,
                zone: settings.zone,
                targets,
                maintenance,
            })
        })
        .await
}

/// What is seen from everywhere.
struct Seen {
    /// From the server, of those that are watched.
    server: HashMap<TargetId, bool>,
    /// What each is reached through.
    parents: HashMap<TargetId, TargetId>,
    reports: Vec<WorkstationRow>,
    station: Option<String>,
}

impl Seen {
    fn new(rows: &[TargetRow], reports: Vec<WorkstationRow>, station: Option<String>) -> Self {
        Self {
            server: rows.iter().filter_map(|r| Some((r.id, r.grade? != Grade::Disconnected))).collect(),
            parents: rows.iter().filter_map(|r| Some((r.id, r.definition.parent?))).collect(),
            reports,
            station,
        }
    }

    fn is_own(&self, report: &WorkstationRow) -> bool {
        self.station.as_ref() == Some(&report.station)
    }

    /// What the workstation that asks saw of a target.
    fn own(&self, target: TargetId) -> Option<&WorkstationRow> {
        self.reports.iter().find(|r| r.target == target && self.is_own(r))
    }

    /// Whether a target is reached through another: its silence says nothing about the rest of the network.
    fn through(&self, target: TargetId, other: TargetId) -> bool {
        // As deep as a chain may be (the store's check).
        let mut at = Some(&target);
        for _ in 0..8 {
            at = at.and_then(|t| self.parents.get(t));
            if at == Some(&other) {
                return true;
            }
        }
        false
    }

    fn evidence(&self, row: &TargetRow) -> Evidence {
        let stranger = |other: TargetId| other != row.id && !self.through(other, row.id);
        let mut evidence = Evidence {
            server: self.server.get(&row.id).copied(),
            workstation: self.own(row.id).map(|r| r.reached),
            ..Evidence::default()
        };
        for up in self.server.iter().filter(|(other, _)| stranger(**other)).map(|(_, up)| *up) {
            evidence.server_others.add(up);
        }
        for report in &self.reports {
            match self.is_own(report) {
                true if stranger(report.target) => evidence.workstation_others.add(report.reached),
                false if report.target == row.id => evidence.colleagues.add(report.reached),
                _ => {}
            }
        }
        evidence
    }
}
