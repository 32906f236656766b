//! The story of the hard end, at the length the bar asks for.

use anyhow::Result;

use crate::binaries::{self, Program, cargo};
use crate::process::{self, announce};
use crate::workspace::{self, Profile};

/// Kills of the story.
const ROUNDS: u32 = 200;

/// How many kills were survived with nothing lost or repeated: all of them, or the story says what went wrong.
pub(crate) fn survived() -> Result<f64> {
    announce(&format!("{ROUNDS} kills under load"));
    binaries::build(&[Program::Server, Program::Simulators], Profile::Dev)?;
    let mut command = cargo();
    command
        .args(["test", "--package", "pult", "--test", "stories", "--", "hard_end::"])
        .env("ROUNDS", ROUNDS.to_string())
        .env("PULT_TEST_PULTD", workspace::binary(Profile::Dev, "pultd"))
        .env("PULT_TEST_SIMULATORS", workspace::binary(Profile::Dev, "pult-simulators"));
    process::run(&mut command)?;
    Ok(f64::from(ROUNDS))
}
