//! What the window needs before it compiles: its permissions and, on Windows, its resources. Without the feature
//! `desktop` there is nothing to do.
//!
//! Deliberately not here: the page. The front end builds it, and the server's build script puts a placeholder where it
//! is missing, early enough for the window too.

fn main() {
    #[cfg(feature = "desktop")]
    window();
}

#[cfg(feature = "desktop")]
fn window() {
    // A page built anew is packed anew.
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:error=the window's configuration: {error:#}");
    }
    // Schemas for editors that complete capability files; nobody here reads them and they would lie beside the sources.
    let _ = std::fs::remove_dir_all("gen");
}
