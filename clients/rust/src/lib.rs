//! A client for Gatehouse: the standard library and nothing else. `clients/README.md` says how it behaves, `README.md`
//! beside this crate's manifest how to use it.
//!
//! ```no_run
//! use gatehouse::v1::GetCustomerRequest;
//!
//! # fn main() -> gatehouse::Result<()> {
//! let client = gatehouse::Client::new(["127.0.0.1:7420"]);
//! let request = GetCustomerRequest { external_id: "alice".into(), ..Default::default() };
//! let customer = client.customer().get_customer(request)?.customer.unwrap_or_default();
//! println!("{} is {}", customer.id, customer.state);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod answer;
mod caller;
mod calls;
mod cancellation;
mod client;
mod connection;
mod error;
mod options;
pub mod proto;
mod random;
mod replies;
mod resumption;
mod services;
mod settings;
mod stream;
mod times;
mod waiting;
mod watch;
pub mod wire;

pub use cancellation::Cancellation;
pub use client::{Client, ClientBuilder};
pub use error::{Code, Error, FieldViolation, Result};
pub use options::CallOptions;
pub use proto::gatehouse_v1 as v1;
pub use services::*;
pub use stream::Stream;
pub use times::OutOfRange;
pub use watch::{Change, Watch, WatchOptions};
