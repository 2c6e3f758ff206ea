"""Takes a customer in: creates them, has their wallet sign the challenge, and waits until they may use the services.

    python examples/onboard.py 127.0.0.1:7420 eip155:1:0x… alice

prints the message that the wallet has to sign and reads the signature, hexadecimal, from standard input.
"""

import sys

from gatehouse import BlockingClient, GatehouseError, v1


def onboard(client: BlockingClient, wallet: str, external_id: str) -> v1.Customer:
    """Returns the customer, ACTIVE or REJECTED."""
    created = client.customer.create_customer(wallet=wallet, external_id=external_id)
    assert created.customer is not None and created.challenge is not None
    customer = created.customer
    print(created.challenge.message.decode(), flush=True)
    signature = bytes.fromhex(sys.stdin.readline().strip().replace("0x", ""))
    client.customer.submit_challenge(customer_id=customer.id, signature=signature)
    # From the creation on: nothing that happened meanwhile is missed.
    for change in client.watch(after_revision=customer.revision, customer_ids=[customer.id]):
        if change.event is not None and change.event.customer is not None:
            customer = change.event.customer
            print(f"{customer.id} is {customer.state.name}", flush=True)
            if customer.state in (v1.CustomerState.ACTIVE, v1.CustomerState.REJECTED):
                break
    return customer


if __name__ == "__main__":
    address, wallet_id, name = sys.argv[1:]
    with BlockingClient(address) as gatehouse:
        try:
            onboard(gatehouse, wallet_id, name)
        except GatehouseError as refusal:
            sys.exit(f"{refusal.code.name} {refusal.reason}: {refusal.message}")
