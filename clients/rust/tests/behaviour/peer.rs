//! A server that says what a test wants it to say.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use gatehouse::proto::gatehouse_rpc_v1::{Call, Frame, FrameKind, Hello, Limits, Reply, Status};
use gatehouse::proto::google_protobuf::{Any, Duration};
use gatehouse::proto::google_rpc::RetryInfo;
use gatehouse::wire::Message;

/// How many calls may be open at once.
pub const GREATEST_STREAMS: usize = 4;

/// What is said on one connection, behind the hellos.
pub type Part = Box<dyn FnOnce(&mut Conversation) + Send>;

/// Listens, and plays a part on each connection, in its order. A part that is left early by a panic closes its connection;
/// the test then fails by what the client says.
pub fn listening(parts: Vec<fn(&mut Conversation)>) -> String {
    listening_with(parts.into_iter().map(|part| Box::new(part) as Part).collect())
}

/// The same with parts that hold something of the test's.
pub fn listening_with(parts: Vec<Part>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("no port is free");
    let address = listener.local_addr().expect("the listener has no address").to_string();
    thread::spawn(move || {
        for part in parts {
            let (socket, _) = listener.accept().expect("nobody connects");
            thread::spawn(move || {
                let mut conversation = Conversation { socket };
                let hello = conversation.receive();
                assert!(matches!(hello, Some(Frame { kind: Some(FrameKind::Hello(_)), .. })), "{hello:?}");
                let limits = Some(Limits { max_streams: GREATEST_STREAMS as u32, ..Default::default() });
                conversation.send(0, FrameKind::Hello(Hello { version: 1, limits, ..Default::default() }));
                part(&mut conversation);
                // What the client still sends is read, so that nothing of what it was sent is lost.
                let _ = conversation.socket.shutdown(Shutdown::Write);
                while conversation.receive().is_some() {}
            });
        }
    });
    address
}

pub struct Conversation {
    pub socket: TcpStream,
}

impl Conversation {
    /// None at the end.
    pub fn receive(&mut self) -> Option<Frame> {
        let mut head = [0; 4];
        self.socket.read_exact(&mut head).ok()?;
        let mut body = vec![0; u32::from_be_bytes(head) as usize];
        self.socket.read_exact(&mut body).ok()?;
        Some(Frame::decode(&body).expect("the client sends no frame"))
    }

    /// The next frame, which has to be a call: its stream and itself.
    pub fn receive_call(&mut self) -> (u32, Call) {
        match self.receive() {
            Some(Frame { stream, kind: Some(FrameKind::Call(call)) }) => (stream, call),
            other => panic!("no call: {other:?}"),
        }
    }

    pub fn send(&mut self, stream: u32, kind: FrameKind) {
        self.send_bytes(&framed(stream, kind));
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).expect("the client takes nothing");
    }

    pub fn message(&mut self, stream: u32, message: &impl Message) {
        self.send(stream, FrameKind::Reply(Reply { payload: message.encode(), ..Default::default() }));
    }

    pub fn answer(&mut self, stream: u32, message: &impl Message) {
        let status = Some(Status::default());
        self.send(stream, FrameKind::Reply(Reply { payload: message.encode(), status, ..Default::default() }));
    }

    pub fn refuse(&mut self, stream: u32, code: i32, retry_after_ms: Option<i32>) {
        let details = retry_after_ms.map(|after| {
            let delay = Some(Duration { seconds: (after / 1000).into(), nanos: after % 1000 * 1_000_000 });
            let type_url = format!("type.googleapis.com/{}", RetryInfo::FULL_NAME);
            Any { type_url, value: RetryInfo { retry_delay: delay }.encode() }
        });
        let status = Status { code, message: "refused".into(), details: details.into_iter().collect() };
        self.send(stream, FrameKind::Reply(Reply { status: Some(status), ..Default::default() }));
    }
}

pub fn framed(stream: u32, kind: FrameKind) -> Vec<u8> {
    let body = Frame { stream, kind: Some(kind) }.encode();
    let mut bytes = (body.len() as u32).to_be_bytes().to_vec();
    bytes.extend(body);
    bytes
}
