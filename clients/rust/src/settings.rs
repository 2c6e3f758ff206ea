//! How a client behaves, and the pauses between attempts.

use std::time::Duration;

use crate::random;

/// The greatest frame, in bytes: the protocol's own bound.
pub(crate) const GREATEST_FRAME: usize = (1 << 24) - 1;

/// What a `ClientBuilder` sets; `clients/README.md` says what each is about.
#[derive(Clone)]
pub(crate) struct Settings {
    pub token: String,
    pub timeout: Duration,
    pub connect_timeout: Duration,
    pub keepalive_after: Duration,
    pub keepalive_timeout: Duration,
    pub least_pause: Duration,
    pub greatest_pause: Duration,
    pub credit: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token: String::new(),
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            keepalive_after: Duration::from_secs(4),
            keepalive_timeout: Duration::from_secs(4),
            least_pause: Duration::from_millis(50),
            greatest_pause: Duration::from_secs(2),
            credit: 64,
        }
    }
}

/// The pauses between attempts: none before the second, then growing ones with jitter.
#[derive(Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// One whose first pause is not none.
    pub fn after_a_failure() -> Self {
        Self { failures: 1 }
    }

    pub fn pause(&mut self, settings: &Settings) -> Duration {
        self.failures = self.failures.saturating_add(1);
        if self.failures == 1 {
            return Duration::ZERO;
        }
        let doubled = 2_u32.checked_pow(self.failures - 2).and_then(|times| settings.least_pause.checked_mul(times));
        random::jittered(doubled.map_or(settings.greatest_pause, |pause| pause.min(settings.greatest_pause)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_greatest_with_a_random_half() {
        let settings = Settings::default();
        let mut backoff = Backoff::default();
        assert_eq!(backoff.pause(&settings), Duration::ZERO);
        for whole in [50, 100, 200, 400, 800, 1600, 2000, 2000] {
            let (pause, whole) = (backoff.pause(&settings), Duration::from_millis(whole));
            assert!(pause >= whole / 2 && pause <= whole, "{pause:?} of {whole:?}");
        }
        backoff.failures = u32::MAX;
        assert!(backoff.pause(&settings) <= settings.greatest_pause);
    }

    #[test]
    fn keys_are_printable_and_differ() {
        let keys: std::collections::BTreeSet<_> = (0..1000).map(|_| random::key()).collect();
        assert_eq!(keys.len(), 1000);
        assert!(keys.iter().all(|key| key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }
}
