package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"time"
)

// floor is what the same costs with a socket alone: frames that are ready, answers that nobody looks into.
func (r *runner) floor(_ context.Context, c *command) (object, error) {
	data, err := os.ReadFile(c.File)
	check(err)
	started, cpu := time.Now(), cpuSeconds()
	socket, err := net.Dial("tcp", c.Address)
	check(err)
	defer socket.Close()
	send := func(count int) {
		end := 0
		for ; count > 0 && end < len(data); count-- {
			end += 4 + int(binary.BigEndian.Uint32(data[end:]))
		}
		_, err := socket.Write(data[:end])
		check(err)
		data = data[end:]
	}
	send(1 + c.InFlight)
	source := bufio.NewReaderSize(socket, 64<<10)
	isHello := true
	for answers := 0; answers < c.Count; {
		// Everything that has come is answered together.
		came := 0
		for came == 0 || source.Buffered() > 4 {
			var head [4]byte
			_, err := io.ReadFull(source, head[:])
			check(err)
			_, err = source.Discard(int(binary.BigEndian.Uint32(head[:])))
			check(err)
			if isHello {
				isHello = false
				continue
			}
			came++
		}
		answers += came
		send(came)
	}
	return object{"seconds": time.Since(started).Seconds(), "cpu_seconds": cpuSeconds() - cpu}, nil
}
