//! temp
#[derive(Clone)]
pub struct Limits {
    pub records: pult_domain::Instant,
    pub journal: pult_domain::Instant,
    pub calls: pult_domain::Instant,
    pub audit: pult_domain::Instant,
}
pub fn forget_some(
    _: &rusqlite::Connection,
    _: &Limits,
    _: &crate::calls::Zones,
    _: pult_domain::Instant,
) -> Result<usize, crate::StoreError> {
    Ok(0)
}
