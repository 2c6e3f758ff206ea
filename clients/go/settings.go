package gatehouse

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	mathrand "math/rand"
	"time"
)

// greatestFrame is the protocol's own bound, in bytes.
const greatestFrame = 1<<24 - 1

// Settings is how a client behaves; clients/README.md says what each is about. What is zero is as DefaultSettings has it.
type Settings struct {
	// Token is as `gatehouse token new` printed it; empty where the server asks for none.
	Token string
	// Timeout is the deadline of a unary call whose context has none.
	Timeout time.Duration
	// ConnectTimeout is for one address to take the connection and say hello.
	ConnectTimeout time.Duration
	// KeepaliveAfter is how long a silence with calls open lasts before a ping is sent.
	KeepaliveAfter time.Duration
	// KeepaliveTimeout is how long nothing may come behind the ping before the connection is lost.
	KeepaliveTimeout time.Duration
	// LeastPause is between two rounds of attempts; it is doubled each time, up to GreatestPause.
	LeastPause    time.Duration
	GreatestPause time.Duration
	// Credit is how many messages of a stream may lie here unread.
	Credit uint32
}

// DefaultSettings is what holds where nothing is said.
var DefaultSettings = Settings{
	Timeout:          10 * time.Second,
	ConnectTimeout:   5 * time.Second,
	KeepaliveAfter:   4 * time.Second,
	KeepaliveTimeout: 4 * time.Second,
	LeastPause:       50 * time.Millisecond,
	GreatestPause:    2 * time.Second,
	Credit:           64,
}

func (s Settings) filled() Settings {
	fill := func(value *time.Duration, otherwise time.Duration) {
		if *value == 0 {
			*value = otherwise
		}
	}
	fill(&s.Timeout, DefaultSettings.Timeout)
	fill(&s.ConnectTimeout, DefaultSettings.ConnectTimeout)
	fill(&s.KeepaliveAfter, DefaultSettings.KeepaliveAfter)
	fill(&s.KeepaliveTimeout, DefaultSettings.KeepaliveTimeout)
	fill(&s.LeastPause, DefaultSettings.LeastPause)
	fill(&s.GreatestPause, DefaultSettings.GreatestPause)
	if s.Credit == 0 {
		s.Credit = DefaultSettings.Credit
	}
	return s
}

// backoff has the pauses between attempts: none before the second, then growing ones with jitter.
type backoff struct {
	settings *Settings
	failures int
}

func (b *backoff) pause() time.Duration {
	b.failures++
	if b.failures == 1 {
		return 0
	}
	pause := b.settings.GreatestPause
	if doublings := b.failures - 2; doublings < 20 && b.settings.LeastPause<<doublings < pause {
		pause = b.settings.LeastPause << doublings
	}
	return pause/2 + time.Duration(mathrand.Int63n(int64(pause/2)+1))
}

// sleep waits; it ends early when the context is done.
func sleep(ctx context.Context, pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// newKey is an idempotency key.
func newKey() string {
	var key [16]byte
	if _, err := rand.Read(key[:]); err != nil {
		panic(err) // Without randomness a key would be another call's.
	}
	return hex.EncodeToString(key[:])
}
