//! How many tests a runner says it ran, read from the lines it closes with. Every runner used here is read by `Count::of`.

use std::fmt;

/// Tests by result.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

impl Count {
    /// Adds another count to this one.
    pub(crate) fn add(&mut self, other: &Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Sums what the closing lines of cargo test, nextest, Vitest and Node's runner say.
    pub(crate) fn of(lines: &[String]) -> Count {
        let mut count = Count::default();
        for line in lines {
            let whole = without_colours(line);
            let line = whole.trim();
            // Indented it is what nextest shows of a test that failed, and counts itself.
            if let Some(figures) = whole.strip_prefix("test result: ") {
                // `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
                let figures = figures.split_once(". ").map_or(figures, |(_, rest)| rest);
                count.add_figures(figures.split(';'));
            } else if let Some((_, figures)) = line.split_once(" run: ").filter(|_| line.starts_with("Summary [")) {
                // `Summary [ 0.03s] 5 tests run: 4 passed (1 slow, 1 leaky), 1 timed out, 3 skipped`
                count.add_figures(without_brackets(figures).split(','));
            } else if let Some(figures) = line.strip_prefix("Tests  ") {
                // `Tests  1 failed | 3 passed | 2 skipped (6)`
                count.add_figures(without_brackets(figures).split('|'));
            } else if let Some(figure) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
                // `ℹ pass 3`, of Node's own runner
                if let Some((word, number)) = figure.split_once(' ') {
                    count.add_figure(number, word);
                }
            }
        }
        count
    }

    fn add_figures<'a>(&mut self, figures: impl Iterator<Item = &'a str>) {
        for figure in figures {
            if let Some((number, word)) = figure.trim().split_once(' ') {
                self.add_figure(number, word);
            }
        }
    }

    fn add_figure(&mut self, number: &str, word: &str) {
        let Ok(number) = number.parse::<u64>() else { return };
        match word.trim() {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" | "timed out" | "exec failed" | "cancelled" => self.failed += number,
            "skipped" | "ignored" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept
}

/// The line without terminal colour sequences (`ESC [ … m`).
pub(crate) fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[track_caller]
    fn check(text: &str, passed: u64, failed: u64, skipped: u64) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        assert_eq!(Count::of(&lines), Count { passed, failed, skipped }, "{text}");
    }

    #[test]
    fn nextest() {
        check("     Summary [   0.028s] 5 tests run: 4 passed (1 slow, 2 leaky), 1 failed, 3 skipped", 4, 1, 3);
        check("Summary [ 1.0s] 3/9 tests run: 1 passed, 1 timed out, 1 exec failed, 0 skipped", 1, 2, 0);
        check(
            "\u{1b}[32;1m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m passed, 0 skipped",
            2,
            0,
            0,
        );
        check("     Summary [   0.005s] 1 test run: 1 passed, 0 skipped", 1, 0, 0);
        check(
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out\n\
            Summary [ 0.1s] 2 tests run: 1 passed, 1 failed, 0 skipped",
            1,
            1,
            0,
        );
    }

    #[test]
    fn cargo_test_sums_its_targets() {
        check(
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s",
            3,
            2,
            1,
        );
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        check(" Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 3 passed | 2 skipped (6)", 3, 1, 2);
    }

    #[test]
    fn node_runner() {
        check("ℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0", 2, 1, 1);
        check("# tests 1\n# pass 1\n# fail 0", 1, 0, 0);
    }

    #[test]
    fn other_lines_count_nothing() {
        check("running 3 tests\ntest a ... ok\n12 passed by\nFinished in 3 s", 0, 0, 0);
    }
}
