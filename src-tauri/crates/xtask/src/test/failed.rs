//! The names of the tests that failed, read from a runner's output, so that the summary can end with them: what is printed
//! at the moment of failure is thousands of lines above. How many failed is counted in `count`.

use super::count::without_colours;

/// Names in the order they were told, each once, of cargo test, nextest, Vitest and Node's runner.
pub(crate) fn failed(lines: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in lines {
        let line = without_colours(line);
        if let Some(name) = name_in(&line).map(str::trim).filter(|name| !names.iter().any(|known| known == name)) {
            names.push(name.to_owned());
        }
    }
    names
}

fn name_in(line: &str) -> Option<&str> {
    // `test words::russian ... FAILED`; indented it is what nextest shows of a test that it names itself.
    if let Some(rest) = line.strip_prefix("test ") {
        return rest.strip_suffix(" ... FAILED");
    }
    // `✖ who needs me (3057.7ms)`
    if let Some(rest) = line.strip_prefix("✖ ").filter(|rest| *rest != "failing tests:") {
        return Some(rest.rsplit_once(" (").map_or(rest, |(name, _)| name));
    }
    let line = line.trim_start();
    // ` FAIL  tests/palette.test.ts > a connection is checked`
    if let Some(rest) = line.strip_prefix("FAIL  ") {
        return Some(rest);
    }
    // `FAIL [   0.012s] ( 3/9) pult::stories calls::a_call_rings`
    let rest = NEXTEST.iter().find_map(|word| line.strip_prefix(word))?;
    let (_, rest) = rest.strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim_start();
    Some(rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, name)| name))
}

/// What nextest writes before a test that did not pass.
const NEXTEST: [&str; 5] = ["FAIL ", "TIMEOUT ", "SIGSEGV ", "SIGABRT ", "SIGKILL "];

#[cfg(test)]
mod tests {
    use super::failed;

    #[track_caller]
    fn check(text: &str, names: &[&str]) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        assert_eq!(failed(&lines), names, "{text}");
    }

    #[test]
    fn each_runner_names_what_failed() {
        check("running 2 tests\ntest a::b ... ok\ntest a::c ... FAILED\n", &["a::c"]);
        check(
            "        FAIL [   0.012s] (   3/2600) pult::stories calls::a_call_rings\n    test calls::a_call_rings ... FAILED\n\
             \x20    Summary [   0.028s] 5 tests run: 4 passed, 1 failed, 0 skipped\n\
             \x20       FAIL [   0.012s] (   3/2600) pult::stories calls::a_call_rings\n  TIMEOUT [  60.0s] pult-engine pump::ends",
            &["pult::stories calls::a_call_rings", "pult-engine pump::ends"],
        );
        check(
            "\u{1b}[41m\u{1b}[1m FAIL \u{1b}[22m\u{1b}[49m tests/palette.test.ts\u{1b}[2m > \u{1b}[22ma file is checked\n",
            &["tests/palette.test.ts > a file is checked"],
        );
        check(
            "✖ who needs me (3057.7ms)\n✔ who waits (1.0ms)\n✖ failing tests:\n✖ who needs me (3057.7ms)",
            &["who needs me"],
        );
    }

    #[test]
    fn what_passed_is_not_named() {
        check("        PASS [   0.012s] pult::stories calls::a_call_rings\ntest a ... ok\n FAILED to find", &[]);
    }
}
