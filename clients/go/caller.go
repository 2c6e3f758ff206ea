package gatehouse

import (
	"context"
	"sync"
	"time"

	"gatehouse/wire"
)

// method is what the generated code says of a method.
type method struct {
	path string
	// A second call does nothing more, so one whose answer was lost is made again.
	isRepeatable bool
	// The request has an idempotency key.
	hasKey bool
}

// caller makes calls over one connection at a time: it connects, connects again, and makes calls again where that is safe.
type caller struct {
	addresses []string
	settings  Settings
	ending    context.Context
	end       context.CancelFunc

	mutex      sync.Mutex
	next       int
	current    *connection
	open       map[*connection]bool // Those that only finish their calls among them.
	connecting *attempt
	last       *Error
}

// attempt is a series of attempts to connect that any number of calls wait for.
type attempt struct {
	done    chan struct{}
	failure *Error
	waiting int
}

func newCaller(addresses []string, settings Settings) *caller {
	ending, end := context.WithCancel(context.Background())
	return &caller{
		addresses: addresses, settings: settings.filled(), ending: ending, end: end, open: map[*connection]bool{},
	}
}

// call makes a unary call, again where needed and safe, within its deadline.
func (c *caller) call(ctx context.Context, m method, request, response wire.Message) error {
	payload, err := wire.Encode(request)
	if err != nil {
		return &Error{Code: InvalidArgument, Message: "the request cannot be encoded: " + err.Error()}
	}
	if _, hasDeadline := ctx.Deadline(); !hasDeadline {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.settings.Timeout)
		defer cancel()
	}
	retries := backoff{settings: &c.settings}
	var last *Error
	for {
		answer, failure := c.once(ctx, m, payload, last)
		if failure == nil {
			if err := wire.Decode(answer, response); err != nil {
				return unreadable(response, err)
			}
			return nil
		}
		pause, isSafe := c.pause(m, failure, &retries)
		deadline, _ := ctx.Deadline()
		if !isSafe || time.Now().Add(pause).After(deadline) {
			return failure
		}
		last = failure
		sleep(ctx, pause)
	}
}

func unreadable(message wire.Message, err error) *Error {
	return &Error{Code: Internal, Message: "the answer is no " + message.FullName() + ": " + err.Error(), cause: err}
}

func (c *caller) once(ctx context.Context, m method, payload []byte, last *Error) ([]byte, *Error) {
	connection, failure := c.connected(ctx, last)
	if failure != nil {
		return nil, failure
	}
	deadline, _ := ctx.Deadline()
	left := time.Until(deadline)
	if left <= 0 || ctx.Err() != nil {
		return nil, over(ctx, last)
	}
	to := make(answer, 1)
	stream, failure := connection.begin(ctx, m.path, payload, left, 0, to)
	if failure != nil {
		return nil, failure
	}
	select {
	case result := <-to:
		return result.payload, result.failure
	case <-ctx.Done():
		connection.cancel(stream)
		return nil, over(ctx, last)
	}
}

// answer is where a unary call's end goes.
type answer chan result

type result struct {
	payload []byte
	failure *Error
}

func (to answer) message([]byte) bool { return false }

func (to answer) end(payload []byte, failure *Error) { to <- result{payload, failure} }

// pause is how long to wait before the call is made again, and whether it may be.
func (c *caller) pause(m method, failure *Error, retries *backoff) (time.Duration, bool) {
	switch {
	case failure.Code == ResourceExhausted && failure.RetryAfter != nil:
		if pause := retries.pause(); pause > *failure.RetryAfter {
			return pause, true
		}
		return *failure.RetryAfter, true
	case failure.Code == Unavailable && (failure.Unbegun || m.isRepeatable || m.hasKey):
		return retries.pause(), true
	}
	return 0, false
}

// connected is the connection that takes calls, once there is one.
func (c *caller) connected(ctx context.Context, last *Error) (*connection, *Error) {
	for {
		c.mutex.Lock()
		if c.ending.Err() != nil {
			c.mutex.Unlock()
			return nil, &Error{Code: Cancelled, Message: "the client was closed"}
		}
		if c.current != nil {
			current := c.current
			c.mutex.Unlock()
			return current, nil
		}
		if c.connecting == nil {
			c.connecting = &attempt{done: make(chan struct{})}
			go c.connect(c.connecting)
		}
		connecting := c.connecting
		connecting.waiting++
		c.mutex.Unlock()
		isLate := false
		select {
		case <-connecting.done:
		case <-ctx.Done():
			isLate = true
		}
		c.mutex.Lock()
		connecting.waiting--
		if c.last != nil {
			last = c.last
		}
		c.mutex.Unlock()
		if isLate {
			return nil, over(ctx, last)
		}
		if connecting.failure != nil {
			return nil, connecting.failure
		}
	}
}

// connect tries the addresses in turn until one takes the connection, or nobody waits any longer.
func (c *caller) connect(attempt *attempt) {
	pauses := backoff{settings: &c.settings, failures: 1}
	for {
		for range c.addresses {
			c.mutex.Lock()
			address := c.addresses[c.next%len(c.addresses)]
			c.mutex.Unlock()
			opened, failure := dial(c.ending, address, &c.settings, c.hasEnded)
			if c.settle(attempt, opened, failure) {
				return
			}
		}
		sleep(c.ending, pauses.pause())
		c.mutex.Lock()
		isOver := attempt.waiting == 0 || c.ending.Err() != nil
		if isOver {
			c.connecting = nil
			close(attempt.done)
		}
		c.mutex.Unlock()
		if isOver {
			return
		}
	}
}

// settle returns whether the attempt is over.
func (c *caller) settle(attempt *attempt, opened *connection, failure *Error) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if failure != nil {
		c.last = failure
		c.next++
		if failure.Code != Unauthenticated {
			return false
		}
		attempt.failure = failure
	} else if c.ending.Err() != nil {
		go opened.fail(&Error{Code: Cancelled, Message: "the client was closed"})
	} else {
		c.last, c.current = nil, opened
		c.open[opened] = true
		// It may have ended before it was known here.
		go c.check(opened)
	}
	c.connecting = nil
	close(attempt.done)
	return true
}

func (c *caller) check(opened *connection) {
	opened.mutex.Lock()
	isOver := opened.failure != nil
	opened.mutex.Unlock()
	if isOver {
		c.hasEnded(opened)
	}
}

func (c *caller) hasEnded(ended *connection) {
	ended.mutex.Lock()
	isClosed := ended.isClosed
	ended.mutex.Unlock()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if isClosed {
		delete(c.open, ended)
	}
	if c.current == ended {
		c.current = nil
		c.next++
	}
}

func (c *caller) close() {
	c.end()
	c.mutex.Lock()
	open := c.open
	c.open = map[*connection]bool{}
	c.mutex.Unlock()
	for each := range open {
		each.fail(&Error{Code: Cancelled, Message: "the client was closed"})
	}
}
