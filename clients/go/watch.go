package gatehouse

import (
	"context"
	"time"

	"gatehouse/proto/gatehousev1"
)

var methodWatch = method{"gatehouse.v1.CustomerService/Watch", true, false}

// SnapshotBegun says that a snapshot follows: forget what you hold.
type SnapshotBegun struct {
	// Reason is why it begins again: a reason of the server's, or "INTERRUPTED"; empty the first time.
	Reason string
}

// SnapshotComplete says that the snapshot is whole, and what it is true of.
type SnapshotComplete struct{ Revision, Customers uint64 }

// Change is one of four.
type Change struct {
	Event *gatehousev1.Event
	// Current is a customer of the snapshot.
	Current          *gatehousev1.Customer
	SnapshotBegun    *SnapshotBegun
	SnapshotComplete *SnapshotComplete
}

// WatchOptions is what to watch.
type WatchOptions struct {
	// Request says where to begin and what matches.
	Request gatehousev1.WatchRequest
	// SnapshotOnHistoryLost begins again with a snapshot when the history cannot be gone on with, instead of ending with
	// the error.
	SnapshotOnHistoryLost bool
	// Credit is how many messages may lie here unread; 0 is as the client's settings have it.
	Credit uint32
}

// Watch hands out changes, each once and in order, whatever becomes of connections and servers. It is for one goroutine.
type Watch struct {
	ctx        context.Context
	cancel     context.CancelFunc
	caller     *caller
	options    WatchOptions
	stream     *Stream[gatehousev1.WatchResponse, *gatehousev1.WatchResponse]
	resumption resumption

	position     *uint64
	storeID      []byte
	behindBy     uint64
	skipped      uint64
	isInSnapshot bool
	reason       string
	pending      []step
}

// step is a change that is yet to be handed out, if there is one, and the position that it leads to.
type step struct {
	change   *Change
	position *uint64
}

// Watch begins one. It ends with its context, or with Close.
func (c *Client) Watch(ctx context.Context, options WatchOptions) *Watch {
	ctx, cancel := context.WithCancel(ctx)
	return &Watch{
		ctx: ctx, cancel: cancel, caller: c.caller, options: options,
		resumption: resumption{pauses: backoff{settings: &c.caller.settings}},
		position:   options.Request.AfterRevision, storeID: options.Request.StoreId, isInSnapshot: options.Request.Snapshot,
	}
}

// Position is the revision up to which everything was handed out, and whether anything is known of it.
func (w *Watch) Position() (uint64, bool) {
	if w.position == nil {
		return 0, false
	}
	return *w.position, true
}

// StoreID is the history that the position belongs to.
func (w *Watch) StoreID() []byte { return w.storeID }

// BehindBy is how many revisions the server was ahead of the last message when it was made.
func (w *Watch) BehindBy() uint64 { return w.behindBy }

// Skipped is how many events LatestOnly left out so far.
func (w *Watch) Skipped() uint64 { return w.skipped }

// Close ends the Watch.
func (w *Watch) Close() { w.cancel() }

// Next waits for the next change.
func (w *Watch) Next() (*Change, error) {
	for {
		for len(w.pending) > 0 {
			next := w.pending[0]
			w.pending = w.pending[1:]
			isNew := next.position == nil || w.position == nil || *next.position > *w.position
			if !isNew && next.change != nil && next.change.Event != nil {
				continue // Handed out before.
			}
			if isNew && next.position != nil {
				w.position = next.position
			}
			if next.change != nil {
				return next.change, nil
			}
		}
		if err := w.fill(); err != nil {
			w.cancel()
			return nil, err
		}
	}
}

// fill waits for a message, on a new stream where the one before was interrupted.
func (w *Watch) fill() error {
	if w.stream == nil {
		w.stream = newStream[gatehousev1.WatchResponse](w.ctx, w.caller, methodWatch, w.request())
		if w.options.Credit > 0 {
			w.stream.credit = w.options.Credit
		}
	}
	message, err := w.stream.Next()
	if err == nil && message != nil {
		w.take(message)
		w.resumption.reset()
		return nil
	}
	stream := w.stream
	w.stream = nil
	stream.Close()
	pause := time.Duration(0)
	if err == nil {
		pause = w.resumption.pauses.pause() // The server ends no Watch well; should it, the Watch goes on.
	} else if w.isHistoryLost(err.(*Error)) {
		pause = w.resumption.pauses.pause()
	} else {
		var isAllowed bool
		if pause, isAllowed = w.resumption.pauseAfter(err.(*Error), stream.replies); !isAllowed {
			return err
		}
	}
	sleep(w.ctx, pause)
	return nil
}

// request asks for what is behind everything that was handed out.
func (w *Watch) request() *gatehousev1.WatchRequest {
	request := w.options.Request
	if w.isInSnapshot {
		w.pending = append(w.pending, step{change: &Change{SnapshotBegun: &SnapshotBegun{w.reason}}})
		w.reason = "INTERRUPTED"
		// Both is a mistake, and the server's to refuse.
		if !request.Snapshot {
			request.AfterRevision = nil
		}
		request.Snapshot, request.StoreId = true, nil
	} else {
		request.Snapshot, request.AfterRevision, request.StoreId = false, w.position, w.storeID
	}
	return &request
}

func (w *Watch) take(message *gatehousev1.WatchResponse) {
	w.behindBy = message.BehindBy
	w.skipped += message.Skipped
	if len(message.StoreId) > 0 {
		w.storeID = message.StoreId
	}
	for _, customer := range message.Current {
		w.pending = append(w.pending, step{change: &Change{Current: customer}})
	}
	for _, event := range message.Events {
		w.pending = append(w.pending, step{&Change{Event: event}, &event.Revision})
	}
	if complete := message.SnapshotComplete; complete != nil {
		w.isInSnapshot, w.reason = false, ""
		change := &Change{SnapshotComplete: &SnapshotComplete{complete.Revision, complete.Customers}}
		w.pending = append(w.pending, step{change, &complete.Revision})
	}
	if message.Progress != nil {
		w.pending = append(w.pending, step{nil, &message.Progress.Revision})
	}
}

// isHistoryLost is whether the Watch begins again with a snapshot; it is told so.
func (w *Watch) isHistoryLost(failure *Error) bool {
	switch failure.Reason {
	case "REVISION_COMPACTED", "STORE_CHANGED", "REVISION_IN_FUTURE":
	default:
		return false
	}
	if !w.options.SnapshotOnHistoryLost {
		return false
	}
	w.position, w.storeID, w.isInSnapshot, w.reason = nil, nil, true, failure.Reason
	return true
}
