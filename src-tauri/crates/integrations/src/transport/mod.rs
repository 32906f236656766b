//! Transports without a vendor's word.
