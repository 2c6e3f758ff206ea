package gatehouse

import (
	"context"
	"sync"
	"time"

	"gatehouse/wire"
)

// Stream is the messages of a streaming call. It begins with the first one asked for; Close, or the end of its context, ends
// it. It ends with an error when its connection is lost.
type Stream[T any, P interface {
	*T
	wire.Message
}] struct {
	ctx     context.Context
	cancel  context.CancelFunc
	caller  *caller
	method  method
	request wire.Message
	credit  uint32
	replies *replies
	// letGo ends the call that was begun last.
	letGo      context.CancelFunc
	resumption *resumption
}

func newStream[T any, P interface {
	*T
	wire.Message
}](ctx context.Context, c *caller, m method, request wire.Message) *Stream[T, P] {
	ctx, cancel := context.WithCancel(ctx)
	return &Stream[T, P]{ctx: ctx, cancel: cancel, caller: c, method: m, request: request, credit: c.settings.Credit}
}

// Resuming makes it one that is called again, with the same request, when its connection is lost or its server stops. For
// methods whose messages say each what is so now, like those of statistics and health; for customers and their events there
// is Client.Watch.
func (s *Stream[T, P]) Resuming() *Stream[T, P] {
	s.resumption = &resumption{pauses: backoff{settings: &s.caller.settings}}
	return s
}

// Next waits for the next message; it is nil, without an error, at the stream's end.
func (s *Stream[T, P]) Next() (P, error) {
	if s.resumption == nil {
		return s.read()
	}
	for {
		message, err := s.read()
		if err == nil {
			s.resumption.reset()
			return message, nil
		}
		pause, isAllowed := s.resumption.pauseAfter(err.(*Error), s.replies)
		if s.letGo != nil {
			s.letGo()
		}
		s.replies = nil
		if !isAllowed {
			return nil, err
		}
		sleep(s.ctx, pause)
	}
}

func (s *Stream[T, P]) read() (P, error) {
	if s.replies == nil {
		if failure := s.begin(); failure != nil {
			return nil, failure
		}
	}
	payload, isEnd, failure := s.replies.next(s.ctx)
	if failure != nil {
		return nil, failure
	}
	if isEnd {
		return nil, nil
	}
	message := P(new(T))
	if err := wire.Decode(payload, message); err != nil {
		return nil, unreadable(message, err)
	}
	return message, nil
}

func (s *Stream[T, P]) begin() *Error {
	payload, err := wire.Encode(s.request)
	if err != nil {
		return &Error{Code: InvalidArgument, Message: "the request cannot be encoded: " + err.Error()}
	}
	connection, failure := s.caller.connected(s.ctx, nil)
	if failure != nil {
		return failure
	}
	r := &replies{connection: connection, credit: s.credit, granted: int(s.credit), arrived: make(chan struct{}, 1)}
	if r.stream, failure = connection.begin(s.ctx, s.method.path, payload, timeoutOf(s.ctx), s.credit, r); failure != nil {
		return failure
	}
	s.replies = r
	ctx, letGo := context.WithCancel(s.ctx)
	s.letGo = letGo
	go func() {
		<-ctx.Done()
		connection.cancel(r.stream)
	}()
	return nil
}

// timeoutOf is what is left of a context's deadline; 0 where there is none.
func timeoutOf(ctx context.Context) time.Duration {
	deadline, hasDeadline := ctx.Deadline()
	if !hasDeadline {
		return 0
	}
	if left := time.Until(deadline); left > 0 {
		return left
	}
	return time.Microsecond
}

// Close ends the call.
func (s *Stream[T, P]) Close() { s.cancel() }

// replies is what has arrived of a stream and was not read yet, bounded by the credit that the server was granted.
type replies struct {
	connection *connection
	stream     uint32
	credit     uint32
	arrived    chan struct{} // Has one element when something has changed.

	mutex   sync.Mutex
	held    [][]byte
	granted int
	taken   uint32
	isEnded bool
	failure *Error
}

func (r *replies) message(payload []byte) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.granted--
	r.held = append(r.held, payload)
	r.wake()
	return r.granted >= 0
}

func (r *replies) end(_ []byte, failure *Error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.isEnded, r.failure = true, failure
	r.wake()
}

func (r *replies) wake() {
	select {
	case r.arrived <- struct{}{}:
	default:
	}
}

func (r *replies) next(ctx context.Context) (payload []byte, isEnd bool, failure *Error) {
	for {
		if ctx.Err() != nil {
			return nil, false, over(ctx, nil)
		}
		r.mutex.Lock()
		if len(r.held) > 0 {
			payload, r.held = r.held[0], r.held[1:]
			messages := r.granting()
			r.mutex.Unlock()
			if messages > 0 {
				r.connection.grant(r.stream, messages)
			}
			return payload, false, nil
		}
		isEnd, failure = r.isEnded, r.failure
		r.mutex.Unlock()
		if isEnd {
			return nil, true, failure
		}
		select {
		case <-r.arrived:
		case <-ctx.Done():
		}
	}
}

// granting is how many messages to grant, now that one more was read.
func (r *replies) granting() uint32 {
	r.taken++
	if r.taken*2 < r.credit || r.isEnded {
		return 0
	}
	messages := r.taken
	r.granted += int(messages)
	r.taken = 0
	return messages
}
