//! Stories of the rule.
