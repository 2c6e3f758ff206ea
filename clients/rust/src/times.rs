//! The times of the standard library from those of the messages, and back.

use std::time::{Duration, SystemTime};

use crate::proto::google_protobuf;

/// A time of a message that is none of the standard library's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl std::fmt::Display for OutOfRange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad("the time is out of range")
    }
}

impl std::error::Error for OutOfRange {}

impl TryFrom<google_protobuf::Timestamp> for SystemTime {
    type Error = OutOfRange;

    /// Fails for what this system's clock cannot tell.
    fn try_from(time: google_protobuf::Timestamp) -> Result<Self, OutOfRange> {
        let nanos = u32::try_from(time.nanos).ok().filter(|nanos| *nanos < 1_000_000_000).ok_or(OutOfRange)?;
        let seconds = Duration::from_secs(time.seconds.unsigned_abs());
        let whole = match time.seconds {
            0.. => SystemTime::UNIX_EPOCH.checked_add(seconds),
            _ => SystemTime::UNIX_EPOCH.checked_sub(seconds),
        };
        whole.and_then(|whole| whole.checked_add(Duration::from_nanos(nanos.into()))).ok_or(OutOfRange)
    }
}

impl From<SystemTime> for google_protobuf::Timestamp {
    fn from(time: SystemTime) -> Self {
        // Nanoseconds count forwards, before 1970 too.
        let (seconds, nanos) = match time.duration_since(SystemTime::UNIX_EPOCH).map_err(|before| before.duration()) {
            Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
            Err(before) if before.subsec_nanos() == 0 => ((before.as_secs() as i64).wrapping_neg(), 0),
            // Less by one than the negative, which is the complement.
            Err(before) => (!(before.as_secs() as i64), 1_000_000_000 - before.subsec_nanos()),
        };
        Self { seconds, nanos: nanos as i32 }
    }
}

impl TryFrom<google_protobuf::Duration> for Duration {
    type Error = OutOfRange;

    /// Fails for what is less than nothing.
    fn try_from(duration: google_protobuf::Duration) -> Result<Self, OutOfRange> {
        let seconds = u64::try_from(duration.seconds).map_err(|_| OutOfRange)?;
        let nanos = u32::try_from(duration.nanos).ok().filter(|nanos| *nanos < 1_000_000_000).ok_or(OutOfRange)?;
        Ok(Duration::new(seconds, nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::google_protobuf::Timestamp;

    #[test]
    fn times_come_back_as_they_went() {
        for (seconds, nanos) in [(0, 0), (0, 1), (-1, 1), (-1, 999_999_999), (-62_135_596_800, 0), (253_402_300_799, 5)]
        {
            let time = Timestamp { seconds, nanos };
            let there = SystemTime::try_from(time.clone()).expect("out of range");
            assert_eq!(Timestamp::from(there), time);
        }
        let half_before = SystemTime::UNIX_EPOCH - Duration::from_millis(500);
        assert_eq!(Timestamp::from(half_before), Timestamp { seconds: -1, nanos: 500_000_000 });
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (-1, i32::MIN)] {
            assert_eq!(SystemTime::try_from(Timestamp { seconds, nanos }), Err(OutOfRange));
        }
        // The ends of what can be said are refused or kept, as the system's clock has it.
        for seconds in [i64::MAX, i64::MIN] {
            let time = Timestamp { seconds, nanos: 0 };
            assert_eq!(SystemTime::try_from(time.clone()).map_or(time.clone(), Timestamp::from), time);
        }
        for (seconds, nanos) in [(-1, 0), (0, -1), (0, 1_000_000_000)] {
            assert_eq!(Duration::try_from(google_protobuf::Duration { seconds, nanos }), Err(OutOfRange));
        }
    }
}
