//! Randomness from the standard library alone.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

/// 64 random bits. `RandomState` is keyed by the operating system's randomness and differs each time; the hash of nothing
/// shows as much of its keys as one needs here. It is no source of secrets.
fn bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// An idempotency key: 128 random bits as hexadecimal text.
pub(crate) fn key() -> String {
    format!("{:016x}{:016x}", bits(), bits())
}

/// A random duration from the half of one to the whole of it.
pub(crate) fn jittered(pause: Duration) -> Duration {
    let half = pause / 2;
    let share = (bits() >> 11) as f64 / (1_u64 << 53) as f64;
    half + half.mul_f64(share)
}
