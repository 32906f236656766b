//! temp
use crate::error::ApiError;
pub struct Table;
pub const CALL_COLUMNS: &[&str] = &[];
impl Table {
    pub fn new(_: crate::api::calls::Format, _: &[&str]) -> Result<Self, pult_store::StoreError> {
        Ok(Self)
    }
    pub fn push(&mut self, _: ()) {}
    pub fn finish(self) -> Result<Vec<u8>, pult_store::StoreError> {
        Ok(vec![])
    }
}
pub fn call_line(_: &pult_store::calls::CallRow, _: &pult_store::calls::Zones) {}
