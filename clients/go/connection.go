package gatehouse

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"time"

	rpc "gatehouse/proto/gatehouserpcv1"
	"gatehouse/wire"
)

const agent = "gatehouse-go/1"

// greatestUnsent is how many bytes may wait to be sent before calls wait too.
const greatestUnsent = 4 << 20

// connection is one connection: frames, calls, credit, pings, GoAway. It makes nothing again; caller does.
type connection struct {
	address  string
	settings *Settings
	onEnd    func(*connection)
	socket   net.Conn
	greeted  chan struct{} // Closed when the server's hello has come, or never will.

	mutex           sync.Mutex
	failure         *Error // Why no more calls are taken.
	isClosed        bool
	calls           map[uint32]receiver
	lastStream      uint32
	greatestStreams int
	unsent          []byte
	changed         *sync.Cond // Something to send, or room for calls, or the end.
	receivedAt      time.Time
	hasPinged       bool
	timer           *time.Timer
}

// receiver is what an answer goes to. It is called with the connection's mutex held, and must not wait.
type receiver interface {
	message(payload []byte) bool
	end(payload []byte, failure *Error)
}

// dial connects and waits for the server's hello. onEnd is called when no more calls are taken.
func dial(ctx context.Context, address string, settings *Settings, onEnd func(*connection)) (*connection, *Error) {
	ctx, cancel := context.WithTimeout(ctx, settings.ConnectTimeout)
	defer cancel()
	var dialer net.Dialer
	socket, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, lost("cannot connect to %s: %v", address, err)
	}
	c := &connection{
		address: address, settings: settings, onEnd: onEnd, socket: socket, greeted: make(chan struct{}),
		calls: map[uint32]receiver{}, greatestStreams: 1 << 30, receivedAt: time.Now(),
	}
	c.changed = sync.NewCond(&c.mutex)
	hello := &rpc.Hello{Version: 1, Agent: agent}
	if settings.Token != "" {
		hello.Authorization = "Bearer " + settings.Token
	}
	c.mutex.Lock()
	c.send(&rpc.Frame{Hello: hello})
	c.mutex.Unlock()
	go c.receive()
	go c.transmit()
	select {
	case <-c.greeted:
	case <-ctx.Done():
		c.fail(lost("%s did not say hello in time", address))
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.failure != nil {
		return nil, c.failure
	}
	return c, nil
}

// Calls

// begin makes a call; it waits while there is no room for one. A timeout of 0 is none.
func (c *connection) begin(
	ctx context.Context, path string, payload []byte, timeout time.Duration, credit uint32, to receiver,
) (uint32, *Error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.isFull() {
		over := make(chan struct{})
		defer close(over)
		go c.wakeAtEnd(ctx, over)
		for ctx.Err() == nil && c.isFull() {
			c.changed.Wait()
		}
	}
	if c.failure != nil {
		return 0, c.failure.unbegun()
	}
	if ctx.Err() != nil {
		return 0, over(ctx, nil)
	}
	c.lastStream++
	c.calls[c.lastStream] = to
	call := &rpc.Call{Method: path, Payload: payload, Credit: credit}
	if timeout > 0 {
		call.TimeoutUs = uint64(timeout/time.Microsecond) + 1
	}
	c.send(&rpc.Frame{Stream: c.lastStream, Call: call})
	if c.timer == nil {
		if earliest := time.Now().Add(-c.settings.KeepaliveAfter); c.receivedAt.Before(earliest) {
			c.receivedAt = earliest
		}
		c.timer = time.AfterFunc(0, c.lookAfterSilence)
	}
	return c.lastStream, nil
}

func (c *connection) isFull() bool {
	return c.failure == nil && (len(c.calls) >= c.greatestStreams || len(c.unsent) > greatestUnsent)
}

// wakeAtEnd wakes what waits for room when its context is done.
func (c *connection) wakeAtEnd(ctx context.Context, over chan struct{}) {
	select {
	case <-over:
	case <-ctx.Done():
		c.mutex.Lock()
		c.changed.Broadcast()
		c.mutex.Unlock()
	}
}

// cancel ends a call from this side; nothing happens when it has ended.
func (c *connection) cancel(stream uint32) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, isOpen := c.calls[stream]; isOpen {
		c.send(&rpc.Frame{Stream: stream, Cancel: &rpc.Cancel{}})
		c.forget(stream)
	}
}

func (c *connection) grant(stream, messages uint32) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, isOpen := c.calls[stream]; isOpen {
		c.send(&rpc.Frame{Stream: stream, Credit: &rpc.Credit{Messages: messages}})
	}
}

func (c *connection) forget(stream uint32) {
	delete(c.calls, stream)
	c.changed.Broadcast()
	if c.failure != nil && len(c.calls) == 0 {
		c.finish(c.failure) // Drained.
	}
}

// What is sent

func (c *connection) send(frame *rpc.Frame) {
	start := len(c.unsent)
	bytes, err := wire.Append(append(c.unsent, 0, 0, 0, 0), frame)
	if err != nil {
		panic(err) // Methods and agents are texts of our own; a token that is none was refused before.
	}
	c.unsent = bytes
	binary.BigEndian.PutUint32(c.unsent[start:], uint32(len(c.unsent)-start-4))
	c.changed.Broadcast()
}

// transmit sends what gathers until the end.
func (c *connection) transmit() {
	var sending []byte
	for {
		c.mutex.Lock()
		for len(c.unsent) == 0 && !c.isClosed {
			c.changed.Wait()
		}
		if len(c.unsent) == 0 {
			c.mutex.Unlock()
			c.socket.Close()
			return
		}
		sending, c.unsent = c.unsent, sending[:0]
		c.changed.Broadcast()
		c.mutex.Unlock()
		if _, err := c.socket.Write(sending); err != nil {
			c.fail(lost("%s: %v", c.address, err))
			c.socket.Close()
			return
		}
	}
}

// What comes

func (c *connection) receive() {
	source := bufio.NewReaderSize(c.socket, 64<<10)
	var head [4]byte
	for {
		if _, err := io.ReadFull(source, head[:]); err != nil {
			c.fail(lost("%s: %v before the answer came", c.address, err))
			return
		}
		length := binary.BigEndian.Uint32(head[:])
		if length > greatestFrame {
			c.violated("a frame is too long")
			return
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(source, body); err != nil {
			c.fail(lost("%s: %v before the answer came", c.address, err))
			return
		}
		var frame rpc.Frame
		if err := wire.Decode(body, &frame); err != nil {
			c.violated("a frame is none: " + err.Error())
			return
		}
		if !c.take(&frame) {
			return
		}
	}
}

// take returns whether there may be more.
func (c *connection) take(frame *rpc.Frame) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.receivedAt, c.hasPinged = time.Now(), false
	isGreeted := c.isGreeted()
	switch {
	case !isGreeted && frame.Hello == nil && frame.GoAway == nil:
		c.violate("the server's first frame is no hello")
	case frame.Reply != nil:
		c.reply(frame.Stream, frame.Reply)
	case frame.Ping != nil:
		c.send(&rpc.Frame{Pong: &rpc.Pong{Nonce: frame.Ping.Nonce}})
	case frame.GoAway != nil:
		c.goAway(frame.GoAway)
	case frame.Hello != nil && frame.Hello.Version == 1 && !isGreeted:
		if limits := frame.Hello.Limits; limits != nil && limits.MaxStreams > 0 {
			c.greatestStreams = int(limits.MaxStreams)
		}
		close(c.greeted)
	case frame.Pong == nil:
		c.violate("a frame is out of order")
	}
	return !c.isClosed
}

func (c *connection) isGreeted() bool {
	select {
	case <-c.greeted:
		return true
	default:
		return false
	}
}

func (c *connection) reply(stream uint32, reply *rpc.Reply) {
	to, isOpen := c.calls[stream]
	switch {
	case !isOpen:
		if stream == 0 || stream > c.lastStream {
			c.violate("a reply is to a call that was not made")
		}
	case reply.Status == nil:
		if !to.message(reply.Payload) {
			c.violate("a stream has more messages than were granted")
		}
	default:
		if Code(reply.Status.Code) == OK {
			to.end(reply.Payload, nil)
		} else {
			to.end(nil, errorOf(reply.Status))
		}
		c.forget(stream)
	}
}

func (c *connection) goAway(notice *rpc.GoAway) {
	status := notice.Status
	if status == nil {
		status = &rpc.Status{Code: int32(Unavailable)}
	}
	if c.failure == nil {
		c.failure = errorOf(status)
	}
	go c.onEnd(c)
	for stream, to := range c.calls {
		if stream > notice.LastStream {
			delete(c.calls, stream)
			to.end(nil, c.failure.unbegun())
		}
	}
	c.changed.Broadcast()
	if !c.isGreeted() || len(c.calls) == 0 {
		c.finish(c.failure)
	}
}

func (c *connection) violate(what string) {
	c.finish(lost("%s: %s; the connection is given up", c.address, what))
}

// violated is for when the server, or what lies between, sends what cannot be.
func (c *connection) violated(what string) {
	c.fail(lost("%s: %s; the connection is given up", c.address, what))
}

// Time and end

func (c *connection) lookAfterSilence() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.timer = nil
	if len(c.calls) == 0 || c.isClosed {
		return
	}
	due := c.receivedAt.Add(c.settings.KeepaliveAfter)
	if c.hasPinged {
		due = due.Add(c.settings.KeepaliveTimeout)
	}
	left := time.Until(due)
	if left <= 0 {
		if c.hasPinged {
			c.finish(lost("%s does not answer", c.address))
			return
		}
		c.hasPinged = true
		c.send(&rpc.Frame{Ping: &rpc.Ping{Nonce: uint64(c.lastStream)}})
		left = c.settings.KeepaliveTimeout
	}
	c.timer = time.AfterFunc(left, c.lookAfterSilence)
}

// fail fails every call, and every later one. The first reason counts.
func (c *connection) fail(failure *Error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.finish(failure)
}

func (c *connection) finish(failure *Error) {
	if c.isClosed {
		return
	}
	c.isClosed = true
	if c.failure == nil {
		c.failure = failure
	}
	if c.timer != nil {
		c.timer.Stop()
	}
	if len(c.calls) > 0 {
		c.socket.Close()
	} else {
		// What waits to be sent still goes out, if the peer takes it soon.
		c.socket.SetWriteDeadline(time.Now().Add(time.Second))
	}
	for stream, to := range c.calls {
		delete(c.calls, stream)
		to.end(nil, failure)
	}
	if !c.isGreeted() {
		close(c.greeted)
	}
	c.changed.Broadcast()
	go c.onEnd(c)
}
