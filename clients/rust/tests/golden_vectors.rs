//! The client's encoding against the golden vectors, which google.protobuf made.

#[path = "../runner/hexadecimal.rs"]
mod hexadecimal;
#[allow(dead_code)] // The runner uses all of it.
#[path = "../runner/json.rs"]
mod json;
#[path = "../runner/messages.rs"]
mod messages;
#[path = "../runner/values.rs"]
mod values;

#[test]
fn every_vector_is_taken_as_protobuf_takes_it() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/vectors.json");
    let (count, wrong) = values::check(&std::fs::read_to_string(file).expect("there are no vectors"));
    assert!(count > 500, "{count} vectors");
    assert!(wrong.is_empty(), "{} of {count}, the first {:?}", wrong.len(), wrong.first());
}
