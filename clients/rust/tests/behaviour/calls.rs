//! Calls.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use gatehouse::proto::gatehouse_rpc_v1::{FrameKind, Reply, Status};
use gatehouse::v1::{CreateCustomerRequest, CreateCustomerResponse, Customer, GetCustomerRequest, GetCustomerResponse};
use gatehouse::wire::Message;
use gatehouse::{CallOptions, Cancellation, Client, Code};

use crate::peer::{framed, listening, listening_with, GREATEST_STREAMS};

fn named(id: &str) -> GetCustomerResponse {
    GetCustomerResponse { customer: Some(Customer { id: id.into(), ..Default::default() }) }
}

#[test]
fn clients_are_for_any_number_of_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Client>();
    is_shared::<Cancellation>();
    is_shared::<gatehouse::Error>();
    fn is_sent<T: Send>() {}
    is_sent::<gatehouse::Watch>();
    is_sent::<gatehouse::Stream<GetCustomerResponse>>();
}

#[test]
fn a_refusal_that_names_a_delay_is_tried_again_with_the_same_key() {
    let address = listening(vec![|peer| {
        let (first, call) = peer.receive_call();
        peer.refuse(first, Code::ResourceExhausted as i32, Some(1));
        let (second, again) = peer.receive_call();
        assert_eq!(call.payload, again.payload);
        let key = CreateCustomerRequest::decode(&call.payload).expect("no request").idempotency_key;
        let customer = Some(Customer { id: key, ..Default::default() });
        peer.answer(second, &CreateCustomerResponse { customer, ..Default::default() });
    }]);
    let response = Client::new([address]).customer().create_customer(Default::default()).expect("refused");
    assert_eq!(response.customer.expect("no customer").id.len(), 32);
}

#[test]
fn a_key_of_ones_own_is_kept() {
    let address = listening(vec![|peer| {
        let (stream, call) = peer.receive_call();
        let key = CreateCustomerRequest::decode(&call.payload).expect("no request").idempotency_key;
        let customer = Some(Customer { id: key, ..Default::default() });
        peer.answer(stream, &CreateCustomerResponse { customer, ..Default::default() });
    }]);
    let request = CreateCustomerRequest { idempotency_key: "mine".into(), ..Default::default() };
    let response = Client::new([address]).customer().create_customer(request).expect("refused");
    assert_eq!(response.customer.expect("no customer").id, "mine");
}

#[test]
fn a_refusal_without_a_delay_is_final() {
    let address = listening(vec![|peer| {
        let (stream, _) = peer.receive_call();
        peer.refuse(stream, Code::ResourceExhausted as i32, None);
        let (stream, _) = peer.receive_call();
        peer.answer(stream, &named("again"));
    }]);
    let client = Client::new([address]);
    let error = client.customer().get_customer(Default::default()).expect_err("not refused");
    assert_eq!((error.code(), error.message()), (Code::ResourceExhausted, "refused"));
    let response = client.customer().get_customer(Default::default()).expect("refused");
    assert_eq!(response, named("again"));
}

#[test]
fn a_delay_beyond_the_deadline_is_not_waited_for() {
    let address = listening(vec![|peer| {
        let (stream, _) = peer.receive_call();
        peer.refuse(stream, Code::ResourceExhausted as i32, Some(2000));
        peer.receive();
    }]);
    let options = CallOptions::new().timeout(Duration::from_secs(1));
    let error = Client::new([address]).customer().with(options).get_customer(Default::default()).expect_err("taken");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
}

/// Deadline and cancellation hold although the socket takes nothing more.
#[test]
fn a_server_that_reads_nothing_holds_nobody_up() {
    let address = listening(vec![|peer| {
        let (_, call) = peer.receive_call();
        assert!(call.timeout_us > 0);
        // The connection stays open.
        loop {
            thread::park();
        }
    }]);
    let client = Client::new([address]);
    let large = || CreateCustomerRequest { external_id: "x".repeat(8 << 20), ..Default::default() };
    let late = CallOptions::new().timeout(Duration::from_millis(200));
    for _ in 0..3 {
        let error = client.customer().with(late.clone()).create_customer(large()).expect_err("answered");
        assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
    }
    let cancellation = Cancellation::new();
    let options = CallOptions::new().timeout(Duration::from_secs(50)).cancellation(&cancellation);
    thread::scope(|scope| {
        let call = scope.spawn(|| client.customer().with(options).get_customer(Default::default()));
        cancellation.cancel();
        let error = call.join().expect("panicked").expect_err("answered");
        assert_eq!(error.code(), Code::Cancelled, "{error}");
    });
}

#[test]
fn calls_wait_while_there_are_as_many_as_the_server_allows() {
    let address = listening(vec![|peer| {
        let mut open: Vec<u32> = (0..GREATEST_STREAMS).map(|_| peer.receive_call().0).collect();
        for _ in 0..8 {
            peer.answer(open.remove(0), &named("one"));
            open.push(peer.receive_call().0);
        }
        for stream in open {
            peer.answer(stream, &named("one"));
        }
    }]);
    let client = Client::new([address]);
    thread::scope(|scope| {
        for _ in 0..GREATEST_STREAMS + 8 {
            scope.spawn(|| client.customer().get_customer(Default::default()).expect("refused"));
        }
    });
}

#[test]
fn calls_wait_while_too_much_is_unsent() {
    let (begin, begun) = mpsc::channel();
    let address = listening_with(vec![Box::new(move |peer| {
        // Nothing is read before much has gathered, and nothing answered before all has come.
        begun.recv().expect("nobody calls");
        let open: Vec<u32> = (0..GREATEST_STREAMS).map(|_| peer.receive_call().0).collect();
        for stream in open {
            peer.answer(stream, &CreateCustomerResponse::default());
        }
    })]);
    let client = Client::builder().address(address).timeout(Duration::from_secs(60)).build();
    thread::scope(|scope| {
        for _ in 0..GREATEST_STREAMS {
            let request = CreateCustomerRequest { external_id: "x".repeat(8 << 20), ..Default::default() };
            scope.spawn(|| client.customer().create_customer(request).expect("refused"));
        }
        begin.send(()).expect("nobody listens");
    });
}

#[test]
fn frames_may_come_in_any_pieces() {
    let address = listening(vec![|peer| {
        let (first, _) = peer.receive_call();
        let status = Some(Status::default());
        let large =
            Reply { payload: named(&"x".repeat(1 << 20)).encode(), status: status.clone(), ..Default::default() };
        for piece in framed(first, FrameKind::Reply(large)).chunks(7777) {
            peer.send_bytes(piece);
        }
        let (second, _) = peer.receive_call();
        let small = Reply { payload: named("small").encode(), status, ..Default::default() };
        for byte in framed(second, FrameKind::Reply(small)) {
            peer.send_bytes(&[byte]);
        }
    }]);
    let client = Client::new([address]);
    let call = || client.customer().get_customer(GetCustomerRequest::default()).expect("refused");
    assert_eq!(call(), named(&"x".repeat(1 << 20)));
    assert_eq!(call(), named("small"));
}

#[test]
fn a_client_that_is_closed_ends_its_calls() {
    let address = listening(vec![|peer| {
        peer.receive_call();
        peer.receive();
    }]);
    let client = Client::new([address]);
    let call = {
        let client = client.clone();
        thread::spawn(move || client.customer().get_customer(Default::default()))
    };
    while !call.is_finished() {
        client.close();
        thread::yield_now();
    }
    let error = call.join().expect("panicked").expect_err("answered");
    assert_eq!(error.code(), Code::Cancelled, "{error}");
    let error = client.customer().get_customer(Default::default()).expect_err("answered");
    assert_eq!((error.code(), error.message()), (Code::Cancelled, "the client was closed"));
}

#[test]
fn the_connection_ends_with_the_last_clone() {
    let (ended, end) = mpsc::channel();
    let address = listening_with(vec![Box::new(move |peer| {
        let (stream, _) = peer.receive_call();
        peer.answer(stream, &named("one"));
        ended.send(peer.receive()).expect("nobody waits");
    })]);
    let client = Client::new([address]);
    let clone = client.clone();
    drop(client);
    clone.customer().get_customer(Default::default()).expect("refused");
    drop(clone);
    assert_eq!(end.recv(), Ok(None));
}

#[test]
fn without_an_address_a_call_fails_at_once() {
    let error = Client::new(Vec::<String>::new()).customer().get_customer(Default::default()).expect_err("answered");
    assert_eq!(error.code(), Code::InvalidArgument);
}
