//! What is done with a method of the client that a command names by its path.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use gatehouse::wire::Message;
use gatehouse::{Result, Stream};

use crate::costs::{cpu_seconds, Cost};

/// Takes a method of one kind or the other, with types that only the client knows.
pub trait Work {
    type Outcome;

    fn call<Q: Message, A: Message>(self, call: impl Fn(Q) -> Result<A> + Sync) -> Self::Outcome;

    fn stream<Q: Message, A: Message>(self, stream: impl Fn(Q) -> Stream<A>) -> Self::Outcome;
}

fn decoded<M: Message>(bytes: &[u8]) -> M {
    M::decode(bytes).expect("the suite sends messages")
}

/// Makes one call and gives its answer, or takes the first messages of a stream and lets go of it.
pub struct Once<'a> {
    pub request: &'a [u8],
    pub take: usize,
}

impl Work for Once<'_> {
    type Outcome = Result<Vec<Vec<u8>>>;

    fn call<Q: Message, A: Message>(self, call: impl Fn(Q) -> Result<A> + Sync) -> Self::Outcome {
        call(decoded(self.request)).map(|answer| vec![answer.encode()])
    }

    fn stream<Q: Message, A: Message>(self, stream: impl Fn(Q) -> Stream<A>) -> Self::Outcome {
        stream(decoded(self.request)).take(self.take).map(|message| message.map(|message| message.encode())).collect()
    }
}

/// Tells each message of a stream that resumes.
pub struct Follow<'a, F: Fn(Vec<u8>)> {
    pub request: &'a [u8],
    pub tell: F,
}

impl<F: Fn(Vec<u8>)> Work for Follow<'_, F> {
    type Outcome = Result<()>;

    fn call<Q: Message, A: Message>(self, _: impl Fn(Q) -> Result<A> + Sync) -> Self::Outcome {
        panic!("a call is no stream")
    }

    fn stream<Q: Message, A: Message>(self, stream: impl Fn(Q) -> Stream<A>) -> Self::Outcome {
        stream(decoded(self.request))
            .resuming()
            .try_for_each(|message| message.map(|message| (self.tell)(message.encode())))
    }
}

/// Makes one call again and again, from so many threads.
pub struct Again<'a> {
    pub request: &'a [u8],
    pub count: u64,
    pub in_flight: usize,
}

impl Work for Again<'_> {
    type Outcome = Result<Cost>;

    fn call<Q: Message, A: Message>(self, call: impl Fn(Q) -> Result<A> + Sync) -> Self::Outcome {
        let request: Q = decoded(self.request);
        call(request.clone())?;
        let begun = AtomicU64::new(0);
        let (ready, end) = (Barrier::new(self.in_flight + 1), Barrier::new(self.in_flight + 1));
        thread::scope(|scope| {
            for _ in 0..self.in_flight {
                let request = request.clone();
                scope.spawn(|| {
                    let request = request;
                    ready.wait();
                    while begun.fetch_add(1, Ordering::Relaxed) < self.count {
                        call(request.clone()).expect("a call of the benchmark fails");
                    }
                    // What a thread has used is known as long as it lives.
                    end.wait();
                    end.wait();
                });
            }
            let (started, cpu) = (Instant::now(), cpu_seconds());
            ready.wait();
            end.wait();
            let cost = Cost { seconds: started.elapsed().as_secs_f64(), cpu_seconds: cpu_seconds() - cpu };
            end.wait();
            Ok(cost)
        })
    }

    fn stream<Q: Message, A: Message>(self, _: impl Fn(Q) -> Stream<A>) -> Self::Outcome {
        panic!("a stream is no call")
    }
}
