// Dashboard feeds a dashboard: how many customers are in each state, kept up to date through restarts and broken
// connections.
//
//	go run ./examples/dashboard 127.0.0.1:7420
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"gatehouse"
	"gatehouse/proto/gatehousev1"
)

func main() {
	client := gatehouse.New(gatehouse.Settings{}, os.Args[1:]...)
	defer client.Close()
	watch := client.Watch(context.Background(), gatehouse.WatchOptions{
		Request: gatehousev1.WatchRequest{Snapshot: true}, SnapshotOnHistoryLost: true,
	})
	states, isWhole := map[string]gatehousev1.CustomerState{}, false
	for {
		change, err := watch.Next()
		if err != nil {
			log.Fatal(err)
		}
		switch {
		case change.SnapshotBegun != nil:
			states, isWhole = map[string]gatehousev1.CustomerState{}, false
		case change.Current != nil:
			states[change.Current.Id] = change.Current.State
		case change.Event != nil:
			states[change.Event.Customer.Id] = change.Event.To
		case change.SnapshotComplete != nil:
			isWhole = true
		}
		if isWhole {
			counts := map[gatehousev1.CustomerState]int{}
			for _, state := range states {
				counts[state]++
			}
			revision, _ := watch.Position()
			fmt.Println("revision", revision, "behind by", watch.BehindBy(), counts)
		}
	}
}
