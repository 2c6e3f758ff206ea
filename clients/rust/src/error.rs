//! What a call that was refused or failed ends with.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::proto::gatehouse_rpc_v1::Status;
use crate::proto::google_rpc::{BadRequest, ErrorInfo, RetryInfo};
use crate::v1::Reason;
use crate::wire::{Message, WireError};

/// What calls give.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($($variant:ident $number:literal $name:literal),+ $(,)?) => {
        /// One of gRPC's status codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($variant = $number),+
        }

        impl Code {
            /// The name as gRPC writes it: "NOT_FOUND".
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// By its number; one that gRPC does not know is `Unknown`.
            pub(crate) fn of(number: i32) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    _ => Self::Unknown,
                }
            }
        }
    };
}

codes! {
    Ok 0 "OK",
    Cancelled 1 "CANCELLED",
    Unknown 2 "UNKNOWN",
    InvalidArgument 3 "INVALID_ARGUMENT",
    DeadlineExceeded 4 "DEADLINE_EXCEEDED",
    NotFound 5 "NOT_FOUND",
    AlreadyExists 6 "ALREADY_EXISTS",
    PermissionDenied 7 "PERMISSION_DENIED",
    ResourceExhausted 8 "RESOURCE_EXHAUSTED",
    FailedPrecondition 9 "FAILED_PRECONDITION",
    Aborted 10 "ABORTED",
    OutOfRange 11 "OUT_OF_RANGE",
    Unimplemented 12 "UNIMPLEMENTED",
    Internal 13 "INTERNAL",
    Unavailable 14 "UNAVAILABLE",
    DataLoss 15 "DATA_LOSS",
    Unauthenticated 16 "UNAUTHENTICATED",
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A field of a request that was wrong, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    pub field: String,
    pub description: String,
}

/// A call that was refused or failed.
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Clone)]
struct Details {
    code: Code,
    reason: String,
    message: String,
    metadata: BTreeMap<String, String>,
    fields: Vec<FieldViolation>,
    retry_after: Option<Duration>,
    is_unbegun: bool,
    cause: Option<WireError>,
}

impl Error {
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// A name of [`Reason`](crate::v1::Reason) without its prefix; empty when the failure is this side's.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Whether the reason is this one.
    pub fn is(&self, reason: Reason) -> bool {
        reason.name() == Some(self.reason())
    }

    /// For a person: what happened and what to do about it.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What the reason is about.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.0.metadata
    }

    /// The fields of the request that were wrong.
    pub fn fields(&self) -> &[FieldViolation] {
        &self.0.fields
    }

    /// How long to wait before trying again; none where the server says nothing of it.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether it is certain that the server did not begin the call.
    pub fn is_unbegun(&self) -> bool {
        self.0.is_unbegun
    }

    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            code,
            reason: String::new(),
            message: message.into(),
            metadata: BTreeMap::new(),
            fields: Vec::new(),
            retry_after: None,
            is_unbegun: false,
            cause: None,
        }))
    }

    /// A connection that went away, or never came about.
    pub(crate) fn lost(address: &str, what: impl fmt::Display) -> Self {
        Self::new(Code::Unavailable, format!("{address}: {what}"))
    }

    /// An answer that is no message.
    pub(crate) fn unreadable(name: &str, cause: WireError) -> Self {
        let mut error = Self::new(Code::Internal, format!("the answer is no {name}: {cause}"));
        error.0.cause = Some(cause);
        error
    }

    /// A call whose deadline has passed; `last` is why it was not answered before.
    pub(crate) fn late(last: Option<&Error>) -> Self {
        let because = last.map_or_else(String::new, |last| format!("; the last failure was: {last}"));
        let mut error = Self::new(Code::DeadlineExceeded, format!("the call's deadline has passed{because}"));
        error.0.reason = "DEADLINE_EXCEEDED".into();
        error
    }

    /// The same failure of a call that the server did not begin.
    pub(crate) fn unbegun(&self) -> Self {
        let mut error = self.clone();
        error.0.is_unbegun = true;
        error
    }

    /// What the server answered. Details that are no message are passed over.
    pub(crate) fn of(status: Status) -> Self {
        let mut error = Self::new(Code::of(status.code), status.message);
        for detail in &status.details {
            error.0.add(detail.type_url.rsplit('/').next().unwrap_or_default(), &detail.value);
        }
        error.0.is_unbegun = error.is(Reason::ShuttingDown);
        error
    }
}

impl Details {
    fn add(&mut self, name: &str, bytes: &[u8]) {
        if name == ErrorInfo::FULL_NAME {
            if let Ok(info) = ErrorInfo::decode(bytes) {
                self.reason = info.reason;
                self.metadata = info.metadata;
            }
        } else if name == RetryInfo::FULL_NAME {
            let delay = RetryInfo::decode(bytes).ok().and_then(|info| info.retry_delay);
            self.retry_after = delay.and_then(|delay| Duration::try_from(delay).ok());
        } else if name == BadRequest::FULL_NAME {
            if let Ok(request) = BadRequest::decode(bytes) {
                let fields = request.field_violations.into_iter();
                self.fields
                    .extend(fields.map(|each| FieldViolation { field: each.field, description: each.description }));
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reason().is_empty() {
            write!(formatter, "{}: {}", self.code(), self.message())
        } else {
            write!(formatter, "{} {}: {}", self.code(), self.reason(), self.message())
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &self.0;
        formatter
            .debug_struct("Error")
            .field("code", &details.code)
            .field("reason", &details.reason)
            .field("message", &details.message)
            .field("metadata", &details.metadata)
            .field("fields", &details.fields)
            .field("retry_after", &details.retry_after)
            .field("is_unbegun", &details.is_unbegun)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| cause as _)
    }
}
