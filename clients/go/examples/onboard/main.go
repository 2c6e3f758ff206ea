// Onboard takes a customer in: it creates them, has their wallet sign the challenge, and waits until they may use the
// services.
//
//	go run ./examples/onboard 127.0.0.1:7420 eip155:1:0x… alice
//
// It prints the message that the wallet has to sign and reads the signature, hexadecimal, from standard input.
package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"strings"

	"gatehouse"
	"gatehouse/proto/gatehousev1"
)

func main() {
	client := gatehouse.New(gatehouse.Settings{}, os.Args[1])
	defer client.Close()
	if err := onboard(context.Background(), client, os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func onboard(ctx context.Context, client *gatehouse.Client, wallet, externalID string) error {
	created, err := client.Customer.CreateCustomer(ctx, &gatehousev1.CreateCustomerRequest{
		Wallet: wallet, ExternalId: externalID,
	})
	if err != nil {
		return err
	}
	fmt.Println(string(created.Challenge.Message))
	var line string
	if _, err = fmt.Scanln(&line); err != nil {
		return err
	}
	signature, err := hex.DecodeString(strings.TrimPrefix(line, "0x"))
	if err != nil {
		return err
	}
	id := created.Customer.Id
	request := &gatehousev1.SubmitChallengeRequest{CustomerId: id, Signature: signature}
	if _, err = client.Customer.SubmitChallenge(ctx, request); err != nil {
		return err
	}
	// From the creation on: nothing that happened meanwhile is missed.
	watch := client.Watch(ctx, gatehouse.WatchOptions{
		Request: gatehousev1.WatchRequest{AfterRevision: &created.Customer.Revision, CustomerIds: []string{id}},
	})
	defer watch.Close()
	for {
		change, err := watch.Next()
		if err != nil {
			return err
		}
		if change.Event == nil {
			continue
		}
		fmt.Println(id, "is", change.Event.To)
		if to := change.Event.To; to == gatehousev1.CustomerStateActive || to == gatehousev1.CustomerStateRejected {
			return nil
		}
	}
}
