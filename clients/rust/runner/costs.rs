//! What work has cost, and what the same costs with a socket alone.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

pub struct Cost {
    pub seconds: f64,
    pub cpu_seconds: f64,
}

/// What the threads that live have used so far, by Linux's count.
pub fn cpu_seconds() -> f64 {
    let tasks = fs::read_dir("/proc/self/task").expect("the benchmark needs Linux");
    let nanoseconds = tasks.filter_map(|task| {
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    nanoseconds.sum::<u64>() as f64 / 1e9
}

/// Sends frames that are ready, and looks into no answer; everything that has come is answered together.
pub fn floor(address: &str, file: &str, count: usize, in_flight: usize) -> Cost {
    let data = fs::read(file).expect("there are no frames");
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let mut socket = TcpStream::connect(address).expect("there is no server");
    socket.set_nodelay(true).expect("the socket is none");
    let mut unsent = &data[..];
    let mut send = |socket: &mut TcpStream, frames: usize| {
        let end = (0..frames).fold(0, |end, _| (end + frame_length(&unsent[end..]).unwrap_or(0)).min(unsent.len()));
        let (sending, rest) = unsent.split_at(end);
        socket.write_all(sending).expect("the server takes no frames");
        unsent = rest;
    };
    send(&mut socket, 1 + in_flight);
    let (mut bytes, mut held) = (vec![0; 64 << 10], 0);
    let (mut came, mut is_greeted) = (0, false);
    while came < count {
        held += socket.read(&mut bytes[held..]).expect("the server gives no answers");
        let (mut start, mut now) = (0, 0);
        while let Some(length) = frame_length(&bytes[start..held]) {
            if length > held - start {
                break;
            }
            start += length;
            now += 1;
        }
        bytes.copy_within(start..held, 0);
        held -= start;
        if now > 0 && !is_greeted {
            is_greeted = true;
            now -= 1;
        }
        came += now;
        send(&mut socket, now);
    }
    Cost { seconds: started.elapsed().as_secs_f64(), cpu_seconds: cpu_seconds() - cpu }
}

/// With its head; none where that is not there.
fn frame_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..4)?.try_into().ok()?;
    Some(4 + u32::from_be_bytes(head) as usize)
}
