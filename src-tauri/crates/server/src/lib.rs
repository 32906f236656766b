//! The headless face of Pult: hooks, the operators' call card, the console over HTTP and WebSocket, metrics.
//!
//! Deliberately not here: anything of a window, and any decision about what a request means.
