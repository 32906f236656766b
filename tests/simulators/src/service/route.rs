//! Paths: which call a method and a path are, by a table of names, methods and patterns, and what the path names. Which paths there
//! are is the vendor's affair.

use axum::http::Method;

/// Why there is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Astray {
    /// No such path.
    Path,
    /// No such method of it.
    Method,
}

/// Steps of a path, percent-decoded; slashes at its ends do not count.
pub fn steps(path: &str) -> Vec<String> {
    path.trim_matches('/')
        .split('/')
        .map(|step| percent_encoding::percent_decode_str(step).decode_utf8_lossy().into_owned())
        .collect()
}

/// The call among `routes`, and what its stars stand for: `*` for a name, which does not begin with a line, `**` for any step.
///
/// # Errors
/// There is none.
pub fn among(
    routes: &[(&'static str, &str, &str)],
    method: &Method,
    steps: &[&str],
) -> Result<(&'static str, Vec<String>), Astray> {
    let mut astray = Astray::Path;
    for (name, wanted, pattern) in routes {
        let Some(names) = fits(pattern, steps) else { continue };
        if method.as_str() == *wanted {
            return Ok((name, names));
        }
        astray = Astray::Method;
    }
    Err(astray)
}

fn fits(pattern: &str, steps: &[&str]) -> Option<Vec<String>> {
    let pattern: Vec<&str> = pattern.split('/').collect();
    if pattern.len() != steps.len() {
        return None;
    }
    let mut names = Vec::new();
    for (wanted, step) in pattern.into_iter().zip(steps) {
        match wanted {
            "*" if !step.is_empty() && !step.starts_with('_') => names.push((*step).to_owned()),
            "**" if !step.is_empty() => names.push((*step).to_owned()),
            _ if wanted == *step => {}
            _ => return None,
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_a_name_and_two_are_anything() {
        let routes = [("one", "GET", "issues/*"), ("file", "GET", "files/*/**")];
        let route = |path: &str| {
            let steps = steps(path);
            among(&routes, &Method::GET, &steps.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(route("/issues/_search"), Err(Astray::Path));
        assert_eq!(route("/files/4/_%D1%84.txt/"), Ok(("file", vec!["4".to_owned(), "_ф.txt".to_owned()])));
        assert_eq!(among(&routes, &Method::PUT, &["issues", "4"]), Err(Astray::Method));
    }
}
