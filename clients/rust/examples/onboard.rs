//! Takes a customer in: creates them, has their wallet sign the challenge, and waits until they may use the services.
//!
//!     cargo run --example onboard 127.0.0.1:7420 eip155:1:0x… alice
//!
//! It prints the message that the wallet has to sign and reads the signature, hexadecimal, from standard input.

use std::error::Error;
use std::io;

use gatehouse::v1::{CreateCustomerRequest, CustomerState, Reason, SubmitChallengeRequest, WatchRequest};
use gatehouse::{Change, Client};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [address, wallet, external_id] => onboard(&Client::new([address]), wallet, external_id),
        _ => Err("give an address, a wallet and an external id".into()),
    }
}

fn onboard(client: &Client, wallet: &str, external_id: &str) -> Result<(), Box<dyn Error>> {
    let request =
        CreateCustomerRequest { wallet: wallet.into(), external_id: external_id.into(), ..Default::default() };
    let created = match client.customer().create_customer(request) {
        Ok(created) => created,
        Err(refusal) if refusal.is(Reason::CustomerExists) => {
            return Err(format!("this is customer {:?} already", refusal.metadata().get("customer_id")).into());
        }
        Err(error) => return Err(error.into()),
    };
    let customer = created.customer.unwrap_or_default();
    println!("{}", String::from_utf8(created.challenge.unwrap_or_default().message)?);

    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let signature = bytes(line.trim().trim_start_matches("0x"))?;
    let id = customer.id;
    let request = SubmitChallengeRequest { customer_id: id.clone(), signature, ..Default::default() };
    client.customer().submit_challenge(request)?;

    // From the creation on: nothing that happened meanwhile is missed.
    let request =
        WatchRequest { after_revision: Some(customer.revision), customer_ids: vec![id.clone()], ..Default::default() };
    for change in client.watch(request) {
        if let Change::Event(event) = change? {
            println!("{id} is {}", event.to);
            if matches!(event.to, CustomerState::Active | CustomerState::Rejected) {
                break;
            }
        }
    }
    Ok(())
}

fn bytes(hexadecimal: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits: Vec<u32> =
        hexadecimal.chars().map(|digit| digit.to_digit(16).ok_or("no hexadecimal digit")).collect::<Result<_, _>>()?;
    if digits.len() % 2 != 0 {
        return Err("half a byte".into());
    }
    Ok(digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
}
