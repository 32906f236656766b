//! The machine, alone.
