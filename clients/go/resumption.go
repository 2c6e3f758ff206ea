package gatehouse

import "time"

// unreadableInARow is how many messages that are none, with nothing handed out in between, end what is resumed.
const unreadableInARow = 5

// resumption is what has gone wrong since something was last handed out.
type resumption struct {
	pauses     backoff
	unreadable int
}

// reset is for when something was handed out.
func (r *resumption) reset() { r.pauses.failures, r.unreadable = 0, 0 }

// pauseAfter is how long to wait before it is asked for again, and whether it may be.
func (r *resumption) pauseAfter(failure *Error, from *replies) (time.Duration, bool) {
	switch {
	case failure.Code == Internal && failure.Reason == "":
		r.unreadable++
		if from != nil {
			from.connection.violated("a message of a stream is none")
		}
		return r.pauses.pause(), r.unreadable < unreadableInARow
	case failure.Code == Unavailable:
		return r.pauses.pause(), true
	case failure.Code == ResourceExhausted && failure.RetryAfter != nil:
		if pause := r.pauses.pause(); pause > *failure.RetryAfter {
			return pause, true
		}
		return *failure.RetryAfter, true
	}
	return 0, false
}
