//! Streams and Watches.

use std::thread;
use std::time::Duration;

use gatehouse::proto::gatehouse_rpc_v1::{Frame, FrameKind, Reply};
use gatehouse::v1::{Event, GetCustomerResponse, Progress, SnapshotComplete};
use gatehouse::v1::{WatchRequest, WatchResponse, WatchStatsRequest, WatchStatsResponse};
use gatehouse::{CallOptions, Cancellation, Change, Client, Code, WatchOptions};

use crate::peer::{listening, Conversation};

fn stats(revision: u64) -> WatchStatsResponse {
    WatchStatsResponse { revision, ..Default::default() }
}

fn event(revision: u64) -> WatchResponse {
    let events = vec![Event { revision, ..Default::default() }];
    WatchResponse { store_id: vec![7], events, ..Default::default() }
}

#[test]
fn credit_is_granted_as_messages_are_read() {
    let address = listening(vec![|peer| {
        let (stream, call) = peer.receive_call();
        assert_eq!(call.credit, 4);
        for revision in 1..=4 {
            peer.message(stream, &stats(revision));
        }
        // Half of it was read.
        match peer.receive() {
            Some(Frame { kind: Some(FrameKind::Credit(credit)), .. }) => assert_eq!(credit.messages, 2),
            other => panic!("no credit: {other:?}"),
        }
        peer.message(stream, &stats(5));
        peer.answer(stream, &stats(0));
    }]);
    let client = Client::builder().address(address).credit(4).build();
    let revisions: Result<Vec<_>, _> =
        client.customer().watch_stats(Default::default()).map(|message| message.map(|stats| stats.revision)).collect();
    assert_eq!(revisions.expect("the stream failed"), [1, 2, 3, 4, 5]);
}

#[test]
fn more_than_was_granted_ends_the_connection_behind_what_was() {
    let address = listening(vec![
        |peer| {
            let (stream, _) = peer.receive_call();
            for revision in 1..=5 {
                peer.message(stream, &stats(revision));
            }
            while peer.receive().is_some() {}
        },
        |peer| {
            let (stream, _) = peer.receive_call();
            peer.answer(stream, &GetCustomerResponse::default());
        },
    ]);
    let client = Client::builder().address(address).credit(4).build();
    let mut stream = client.customer().watch_stats(Default::default());
    assert_eq!(stream.next().expect("no message").expect("the stream failed"), stats(1));
    // Answered on another connection: the first has ended by now.
    client.customer().get_customer(Default::default()).expect("refused");
    for revision in 2..=4 {
        assert_eq!(stream.next().expect("no message").expect("the stream failed"), stats(revision));
    }
    let error = stream.next().expect("it ended well").expect_err("it has a message");
    assert_eq!(error.code(), Code::Unavailable, "{error}");
    assert!(stream.next().is_none());
}

#[test]
fn a_stream_that_is_dropped_is_cancelled() {
    let address = listening(vec![|peer| {
        let (stream, _) = peer.receive_call();
        peer.message(stream, &stats(1));
        match peer.receive() {
            Some(Frame { stream: cancelled, kind: Some(FrameKind::Cancel(_)) }) => assert_eq!(cancelled, stream),
            other => panic!("not cancelled: {other:?}"),
        }
        // What was on its way is to nobody any more.
        peer.message(stream, &stats(2));
        let (next, _) = peer.receive_call();
        peer.message(next, &stats(3));
        peer.receive();
    }]);
    let client = Client::new([address]);
    for revision in [1, 3] {
        let message = client.customer().watch_stats(Default::default()).next().expect("no message");
        assert_eq!(message.expect("the stream failed"), stats(revision));
    }
}

#[test]
fn a_stream_that_waits_can_be_cancelled_and_ends_there() {
    let address = listening(vec![|peer| {
        peer.receive_call();
        while peer.receive().is_some() {}
    }]);
    let client = Client::new([address]);
    let cancellation = Cancellation::new();
    let options = CallOptions::new().cancellation(&cancellation);
    let mut stream = client.customer().with(options).watch_stats(Default::default());
    thread::scope(|scope| {
        let read = scope.spawn(move || (stream.next(), stream.next().is_none()));
        cancellation.cancel();
        let (first, is_over) = read.join().expect("panicked");
        let error = first.expect("it ended well").expect_err("it has a message");
        assert_eq!(error.code(), Code::Cancelled, "{error}");
        assert!(is_over);
    });
}

#[test]
fn a_stream_that_is_resuming_is_asked_for_again() {
    let interrupted: fn(&mut Conversation) = |peer| {
        let (stream, call) = peer.receive_call();
        assert!(!call.payload.is_empty());
        peer.message(stream, &stats(1));
    };
    let unreadable: fn(&mut Conversation) = |peer| {
        let (stream, _) = peer.receive_call();
        peer.send(stream, FrameKind::Reply(Reply { payload: vec![0xff], ..Default::default() }));
        while peer.receive().is_some() {}
    };
    let refusing: fn(&mut Conversation) = |peer| {
        let (stream, _) = peer.receive_call();
        peer.message(stream, &stats(2));
        peer.refuse(stream, Code::ResourceExhausted as i32, Some(1));
        let (stream, _) = peer.receive_call();
        peer.message(stream, &stats(3));
        peer.refuse(stream, Code::PermissionDenied as i32, None);
        peer.receive();
    };
    let address = listening(vec![interrupted, unreadable, interrupted, refusing]);
    let request = WatchStatsRequest { interval_ms: 100, ..Default::default() };
    let mut stream = Client::new([address]).customer().watch_stats(request).resuming();
    for revision in [1, 1, 2, 3] {
        assert_eq!(stream.next().expect("no message").expect("the stream failed"), stats(revision));
    }
    let error = stream.next().expect("it ended well").expect_err("it has a message");
    assert_eq!(error.code(), Code::PermissionDenied, "{error}");
    assert!(stream.next().is_none());
}

#[test]
fn a_watch_goes_on_behind_what_it_handed_out() {
    let address = listening(vec![
        |peer| {
            let (stream, _) = peer.receive_call();
            peer.message(stream, &event(1));
            peer.message(stream, &event(2));
            // The connection ends here.
        },
        |peer| {
            let (stream, call) = peer.receive_call();
            let request = <WatchRequest as gatehouse::wire::Message>::decode(&call.payload).expect("no request");
            assert_eq!((request.after_revision, request.store_id), (Some(2), vec![7]));
            let progress = Some(Progress { revision: 5 });
            peer.message(stream, &WatchResponse { progress, behind_by: 3, ..Default::default() });
            peer.message(stream, &event(4)); // Again: it is not handed out.
            peer.message(stream, &event(6));
            peer.receive();
        },
    ]);
    let mut watch = Client::new([address]).watch(WatchRequest { after_revision: Some(0), ..Default::default() });
    let mut revisions = Vec::new();
    while revisions.len() < 3 {
        match watch.next() {
            Some(Ok(Change::Event(event))) => revisions.push(event.revision),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(revisions, [1, 2, 6]);
    assert_eq!((watch.position(), watch.store_id()), (Some(6), &[7][..]));
}

#[test]
fn a_snapshot_that_is_cut_off_begins_again() {
    let address = listening(vec![
        |peer| {
            let (stream, _) = peer.receive_call();
            let current = vec![Default::default()];
            peer.message(stream, &WatchResponse { current, ..Default::default() });
        },
        |peer| {
            let (stream, _) = peer.receive_call();
            let snapshot_complete = Some(SnapshotComplete { revision: 9, customers: 0 });
            peer.message(stream, &WatchResponse { snapshot_complete, ..Default::default() });
            peer.receive();
        },
    ]);
    let watch = Client::new([address]).watch(WatchRequest { snapshot: true, ..Default::default() });
    let changes: Result<Vec<_>, _> = watch.take(4).collect();
    let begun = |reason: &str| Change::SnapshotBegun { reason: reason.into() };
    let complete = Change::SnapshotComplete { revision: 9, customers: 0 };
    let expected = [begun(""), Change::Current(Default::default()), begun("INTERRUPTED"), complete];
    assert_eq!(changes.expect("the Watch failed"), expected);
}

#[test]
fn a_watch_that_cannot_be_read_ends() {
    let unreadable: fn(&mut Conversation) = |peer| {
        let (stream, _) = peer.receive_call();
        let reply = Reply { payload: vec![0xff], ..Default::default() };
        peer.send(stream, FrameKind::Reply(reply));
        while peer.receive().is_some() {}
    };
    let address = listening(vec![unreadable; 5]);
    let pause = Duration::from_millis(1);
    let client = Client::builder().address(address).pauses(pause, pause).build();
    let mut watch = client.watch(WatchOptions::new(Default::default()));
    let error = watch.next().expect("it ended well").expect_err("it has a change");
    assert_eq!(error.code(), Code::Internal, "{error}");
    assert!(watch.next().is_none());
}
