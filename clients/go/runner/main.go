// The runner does what the scenario suite says, with this client: commands come as lines of JSON, answers go out likewise.
// clients/tests/README.md says what the commands are.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"time"

	"gatehouse"
	"gatehouse/proto/gatehousev1"
	"gatehouse/proto/messages"
	"gatehouse/wire"
)

type command struct {
	ID                    int              `json:"id"`
	Op                    string           `json:"op"`
	Addresses             []string         `json:"addresses"`
	SettingsMs            map[string]int64 `json:"settings_ms"`
	Token                 string           `json:"token"`
	Method                string           `json:"method"`
	RequestType           string           `json:"request_type"`
	Request               string           `json:"request"`
	TimeoutMs             *int64           `json:"timeout_ms"`
	Take                  int              `json:"take"`
	Watch                 string           `json:"watch"`
	SnapshotOnHistoryLost bool             `json:"snapshot_on_history_lost"`
	Credit                uint32           `json:"credit"`
	IsSlow                bool             `json:"is_slow"`
	Count                 int              `json:"count"`
	InFlight              int              `json:"in_flight"`
	Target                int              `json:"target"`
	File                  string           `json:"file"`
	Address               string           `json:"address"`
}

type object map[string]any

type runner struct {
	client  *gatehouse.Client
	mutex   sync.Mutex
	cancels map[int]context.CancelFunc
	permits map[string]chan struct{}
}

func main() {
	r := &runner{cancels: map[int]context.CancelFunc{}, permits: map[string]chan struct{}{}}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c command
		check(json.Unmarshal(lines.Bytes(), &c))
		r.execute(&c)
	}
	if r.client != nil {
		r.client.Close()
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func (r *runner) execute(c *command) {
	switch c.Op {
	case "open":
		r.open(c)
	case "cancel":
		r.mutex.Lock()
		r.cancels[c.Target]()
		r.mutex.Unlock()
	case "permit":
		for index := 0; index < c.Count; index++ {
			r.permitsOf(c.Watch) <- struct{}{}
		}
	default:
		ctx, cancel := context.WithCancel(context.Background())
		r.mutex.Lock()
		r.cancels[c.ID] = cancel
		r.mutex.Unlock()
		go r.answer(ctx, c)
	}
}

func (r *runner) open(c *command) {
	settings := gatehouse.Settings{Token: c.Token}
	for name, value := range c.SettingsMs {
		field := reflect.ValueOf(&settings).Elem().FieldByName(camel(name))
		field.SetInt(int64(time.Duration(value) * time.Millisecond))
	}
	r.client = gatehouse.New(settings, c.Addresses...)
}

func camel(name string) string {
	var camel strings.Builder
	for _, word := range strings.Split(name, "_") {
		camel.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return camel.String()
}

func (r *runner) permitsOf(watch string) chan struct{} {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.permits[watch] == nil {
		r.permits[watch] = make(chan struct{}, 1<<20)
	}
	return r.permits[watch]
}

func (r *runner) say(said object) {
	line, err := json.Marshal(said)
	check(err)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func (r *runner) answer(ctx context.Context, c *command) {
	operations := map[string]func(context.Context, *command) (object, error){
		"call": r.call, "stream": r.stream, "watch": r.watch, "follow": r.follow, "vectors": r.vectors, "bench": r.bench,
		"floor": r.floor,
	}
	said, err := operations[c.Op](ctx, c)
	if err != nil {
		var refusal *gatehouse.Error
		if !errors.As(err, &refusal) {
			panic(err)
		}
		said = object{"error": describe(refusal)}
	}
	said["id"] = c.ID
	r.say(said)
}

func describe(refusal *gatehouse.Error) object {
	fields := [][2]string{}
	for _, each := range refusal.Fields {
		fields = append(fields, [2]string{each.Field, each.Description})
	}
	described := object{
		"code": refusal.Code.String(), "reason": refusal.Reason, "metadata": refusal.Metadata, "fields": fields,
		"message": refusal.Message, "retry_after_ms": nil,
	}
	if refusal.Metadata == nil {
		described["metadata"] = object{}
	}
	if refusal.RetryAfter != nil {
		described["retry_after_ms"] = refusal.RetryAfter.Milliseconds()
	}
	return described
}

func decode(name, text string) (wire.Message, error) {
	bytes, err := hex.DecodeString(text)
	check(err)
	message := messages.New(name)
	return message, wire.Decode(bytes, message)
}

func encoded(message wire.Message) string {
	bytes, err := wire.Encode(message)
	check(err)
	return hex.EncodeToString(bytes)
}

// typed is the client's own method, and what it takes.
func (r *runner) typed(ctx context.Context, c *command) (reflect.Value, []reflect.Value) {
	path := strings.Split(c.Method, "/")
	service := path[0][strings.LastIndexByte(path[0], '.')+1:]
	services := reflect.ValueOf(r.client.Services)
	for index := 0; index < services.NumField(); index++ {
		if services.Field(index).Type().Name() == service {
			request, err := decode(c.RequestType, c.Request)
			check(err)
			return services.Field(index).MethodByName(path[1]), []reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(request)}
		}
	}
	panic("no service " + service)
}

func outcome(results []reflect.Value) (wire.Message, error) {
	if err, isError := results[1].Interface().(error); isError {
		return nil, err
	}
	message, _ := results[0].Interface().(wire.Message)
	return message, nil
}

func (r *runner) call(ctx context.Context, c *command) (object, error) {
	if c.TimeoutMs != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(*c.TimeoutMs)*time.Millisecond)
		defer cancel()
	}
	method, arguments := r.typed(ctx, c)
	response, err := outcome(method.Call(arguments))
	if err != nil {
		return nil, err
	}
	return object{"response": encoded(response)}, nil
}

// stream takes some messages of a stream, then lets go of it.
func (r *runner) stream(ctx context.Context, c *command) (object, error) {
	method, arguments := r.typed(ctx, c)
	stream := method.Call(arguments)[0]
	defer stream.MethodByName("Close").Call(nil)
	texts := []string{}
	for len(texts) < c.Take {
		message, err := outcome(stream.MethodByName("Next").Call(nil))
		if err != nil {
			return nil, err
		}
		texts = append(texts, encoded(message))
	}
	return object{"messages": texts}, nil
}

// follow says each message of a stream that resumes.
func (r *runner) follow(ctx context.Context, c *command) (object, error) {
	method, arguments := r.typed(ctx, c)
	stream := method.Call(arguments)[0].MethodByName("Resuming").Call(nil)[0]
	defer stream.MethodByName("Close").Call(nil)
	for {
		message, err := outcome(stream.MethodByName("Next").Call(nil))
		if err != nil {
			return nil, err
		}
		r.say(object{"watch": c.Watch, "message": encoded(message)})
	}
}

func (r *runner) watch(ctx context.Context, c *command) (object, error) {
	request, err := decode("gatehouse.v1.WatchRequest", c.Request)
	check(err)
	watch := r.client.Watch(ctx, gatehouse.WatchOptions{
		Request: *request.(*gatehousev1.WatchRequest), SnapshotOnHistoryLost: c.SnapshotOnHistoryLost, Credit: c.Credit,
	})
	defer watch.Close()
	for {
		if c.IsSlow {
			<-r.permitsOf(c.Watch)
		}
		change, err := watch.Next()
		if err != nil {
			return nil, err
		}
		said := object{"watch": c.Watch, "behind_by": watch.BehindBy()}
		if position, isKnown := watch.Position(); isKnown {
			said["position"] = position
		}
		switch {
		case change.Event != nil:
			said["event"] = encoded(change.Event)
		case change.Current != nil:
			said["current"] = encoded(change.Current)
		case change.SnapshotBegun != nil:
			said["snapshot_begun"] = change.SnapshotBegun.Reason
		case change.SnapshotComplete != nil:
			said["snapshot_complete"] = []uint64{change.SnapshotComplete.Revision, change.SnapshotComplete.Customers}
		}
		r.say(said)
	}
}

// bench makes one call again and again, so many at once.
func (r *runner) bench(ctx context.Context, c *command) (object, error) {
	method, arguments := r.typed(ctx, c)
	if _, err := outcome(method.Call(arguments)); err != nil {
		return nil, err
	}
	calls := make(chan struct{}, c.Count)
	for index := 0; index < c.Count; index++ {
		calls <- struct{}{}
	}
	close(calls)
	var group sync.WaitGroup
	started, cpu := time.Now(), cpuSeconds()
	for index := 0; index < c.InFlight; index++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for range calls {
				if _, err := outcome(method.Call(arguments)); err != nil {
					panic(err)
				}
			}
		}()
	}
	group.Wait()
	return object{"seconds": time.Since(started).Seconds(), "cpu_seconds": cpuSeconds() - cpu}, nil
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// vectors holds the encoding against the golden vectors.
func (r *runner) vectors(_ context.Context, c *command) (object, error) {
	text, err := os.ReadFile(c.File)
	check(err)
	var vectors []struct {
		Message, Bytes, Canonical string
		Refused                   bool
		Value                     any
	}
	check(json.Unmarshal(text, &vectors))
	wrong := []any{}
	for _, vector := range vectors {
		message, err := decode(vector.Message, vector.Bytes)
		isRight := vector.Refused
		if err == nil {
			// Maps in their order, numbers as the file has them: compared as text.
			held, _ := json.Marshal(value(reflect.ValueOf(message).Elem()))
			wanted, _ := json.Marshal(vector.Value)
			isRight = encoded(message) == vector.Canonical && string(held) == string(wanted)
		}
		if !isRight {
			wrong = append(wrong, fmt.Sprintf("%+v", vector))
		}
	}
	return object{"count": len(vectors), "wrong": wrong}, nil
}
