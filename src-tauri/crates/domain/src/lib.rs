//! The words and rules of the field: facts, state, decisions, effects.
//!
//! Pure by construction. Deliberately not here: clocks, I/O, async, SQL, and the name of any vendor.
