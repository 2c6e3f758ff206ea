//! The runner does what the scenario suite says, with this client: commands come as lines of JSON, answers go out likewise.
//! `clients/tests/README.md` says what the commands are.

mod costs;
mod hexadecimal;
mod json;
mod messages;
mod methods;
mod values;
mod work;

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use std::{fs, io, thread};

use gatehouse::v1::WatchRequest;
use gatehouse::wire::Message;
use gatehouse::{CallOptions, Cancellation, Change, Client, Error, WatchOptions};

use crate::json::Json;
use crate::work::{Again, Follow, Once};

type Answer = Result<Json, Error>;

/// What every command's thread can see.
#[derive(Default)]
struct Runner {
    permits: Mutex<HashMap<String, u64>>,
    permitted: Condvar,
}

fn main() {
    let runner = Arc::new(Runner::default());
    let mut client = Client::new(Vec::<String>::new());
    let mut cancellations = BTreeMap::new();
    for line in io::stdin().lock().lines() {
        let command = Json::parse(&line.expect("the commands are no text"));
        match command.get("op").text() {
            "open" => client = open(&command),
            "cancel" => {
                let target = command.get("target").integer().expect("what is cancelled has an id");
                cancellations.get(&target).map(Cancellation::cancel).expect("nothing has this id");
            }
            "permit" => runner.permit(&command),
            _ => {
                let cancellation = Cancellation::new();
                cancellations.insert(command.get("id").integer().expect("a command has an id"), cancellation.clone());
                let (runner, client) = (runner.clone(), client.clone());
                thread::spawn(move || runner.answer(&client, &command, &cancellation));
            }
        }
    }
    client.close();
}

fn open(command: &Json) -> Client {
    let mut builder = Client::builder().token(command.get("token").text());
    for address in command.get("addresses").elements() {
        builder = builder.address(address.text());
    }
    let setting = |name| command.get("settings_ms").get(name).integer().map(Duration::from_millis);
    if let Some(value) = setting("timeout") {
        builder = builder.timeout(value);
    }
    if let Some(value) = setting("connect_timeout") {
        builder = builder.connect_timeout(value);
    }
    if let Some(value) = setting("keepalive_after") {
        builder = builder.keepalive_after(value);
    }
    if let Some(value) = setting("keepalive_timeout") {
        builder = builder.keepalive_timeout(value);
    }
    let least = setting("least_pause").unwrap_or(Duration::from_millis(50));
    let greatest = setting("greatest_pause").unwrap_or(Duration::from_secs(2));
    builder.pauses(least, greatest).build()
}

/// One line, whole.
fn say(said: Json) {
    let mut output = io::stdout().lock();
    writeln!(output, "{said}").and_then(|()| output.flush()).expect("nobody listens");
}

fn described(error: &Error) -> Json {
    let metadata = error.metadata().iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    let fields = error.fields().iter().map(|each| {
        let pair = [&each.field, &each.description];
        Json::List(pair.iter().map(|text| text.as_str().into()).collect())
    });
    Json::object([
        ("code", error.code().name().into()),
        ("reason", error.reason().into()),
        ("message", error.message().into()),
        ("metadata", Json::Object(metadata.collect())),
        ("fields", Json::List(fields.collect())),
        ("retry_after_ms", error.retry_after().map_or(Json::Null, |after| Json::number(after.as_millis()))),
    ])
}

impl Runner {
    fn permit(&self, command: &Json) {
        let mut permits = self.permits.lock().expect("a thread panicked");
        *permits.entry(command.get("watch").text().into()).or_default() += command.get("count").integer().unwrap_or(0);
        self.permitted.notify_all();
    }

    fn await_permit(&self, watch: &str) {
        let permits = self.permits.lock().expect("a thread panicked");
        let is_missing = |permits: &mut HashMap<String, u64>| permits.get(watch).map_or(true, |count| *count == 0);
        let mut permits = self.permitted.wait_while(permits, is_missing).expect("a thread panicked");
        *permits.entry(watch.into()).or_default() -= 1;
    }

    fn answer(&self, client: &Client, command: &Json, cancellation: &Cancellation) {
        let answer = match command.get("op").text() {
            "call" | "stream" => call(client, command, cancellation),
            "watch" => self.watch(client, command, cancellation),
            "follow" => follow(client, command, cancellation),
            "bench" => bench(client, command),
            "floor" => Ok(floor(command)),
            "vectors" => Ok(vectors(command)),
            op => panic!("no command is called {op}"),
        };
        let said = answer.unwrap_or_else(|error| Json::object([("error", described(&error))]));
        if let Json::Object(mut fields) = said {
            fields.insert("id".into(), command.get("id").clone());
            say(Json::Object(fields));
        }
    }

    fn watch(&self, client: &Client, command: &Json, cancellation: &Cancellation) -> Answer {
        let request = hexadecimal::bytes(command.get("request").text());
        let mut options = WatchOptions::new(WatchRequest::decode(&request).expect("the suite sends messages"))
            .snapshot_on_history_lost(command.get("snapshot_on_history_lost").is_true())
            .cancellation(cancellation);
        if let Some(credit) = command.get("credit").integer() {
            options = options.credit(credit as u32);
        }
        let name = command.get("watch").text();
        let mut watch = client.watch(options);
        loop {
            if command.get("is_slow").is_true() {
                self.await_permit(name);
            }
            let change = match watch.next() {
                Some(change) => change?,
                None => return Ok(Json::object([])),
            };
            let message = |message: Vec<u8>| Json::Text(hexadecimal::text(&message));
            let (kind, value) = match change {
                Change::SnapshotBegun { reason } => ("snapshot_begun", Json::Text(reason)),
                Change::Current(customer) => ("current", message(customer.encode())),
                Change::SnapshotComplete { revision, customers } => {
                    ("snapshot_complete", Json::List(vec![Json::number(revision), Json::number(customers)]))
                }
                Change::Event(event) => ("event", message(event.encode())),
            };
            say(Json::object([
                ("watch", name.into()),
                ("position", watch.position().map_or(Json::Null, Json::number)),
                ("behind_by", Json::number(watch.behind_by())),
                (kind, value),
            ]));
        }
    }
}

fn call(client: &Client, command: &Json, cancellation: &Cancellation) -> Answer {
    let mut options = CallOptions::new().cancellation(cancellation);
    if let Some(timeout) = command.get("timeout_ms").integer() {
        options = options.timeout(Duration::from_millis(timeout));
    }
    let request = hexadecimal::bytes(command.get("request").text());
    let take = command.get("take").integer().unwrap_or(0) as usize;
    let work = Once { request: &request, take };
    let messages =
        methods::with_method(client, command.get("method").text(), options, work).expect("no such method")?;
    let mut texts = messages.iter().map(|message| Json::Text(hexadecimal::text(message)));
    Ok(match command.get("op").text() {
        "stream" => Json::object([("messages", Json::List(texts.collect()))]),
        _ => Json::object([("response", texts.next().unwrap_or(Json::Null))]),
    })
}

fn follow(client: &Client, command: &Json, cancellation: &Cancellation) -> Answer {
    let request = hexadecimal::bytes(command.get("request").text());
    let tell = |message: Vec<u8>| {
        say(Json::object([
            ("watch", command.get("watch").clone()),
            ("message", Json::Text(hexadecimal::text(&message))),
        ]));
    };
    let options = CallOptions::new().cancellation(cancellation);
    let work = Follow { request: &request, tell };
    methods::with_method(client, command.get("method").text(), options, work).expect("no such method")?;
    Ok(Json::object([]))
}

fn bench(client: &Client, command: &Json) -> Answer {
    let request = hexadecimal::bytes(command.get("request").text());
    let count = command.get("count").integer().unwrap_or(1);
    let work = Again { request: &request, count, in_flight: command.get("in_flight").integer().unwrap_or(1) as usize };
    let path = command.get("method").text();
    methods::with_method(client, path, CallOptions::new(), work).expect("no such method").map(said)
}

fn floor(command: &Json) -> Json {
    let number = |name| command.get(name).integer().unwrap_or(1) as usize;
    said(costs::floor(command.get("address").text(), command.get("file").text(), number("count"), number("in_flight")))
}

fn said(cost: costs::Cost) -> Json {
    Json::object([("seconds", Json::number(cost.seconds)), ("cpu_seconds", Json::number(cost.cpu_seconds))])
}

fn vectors(command: &Json) -> Json {
    let text = fs::read_to_string(command.get("file").text()).expect("there are no vectors");
    let (count, wrong) = values::check(&text);
    Json::object([("count", Json::number(count)), ("wrong", Json::List(wrong))])
}
