//! What the scenario suite, which has a real server, cannot bring about.

mod calls;
mod peer;
mod streams;
