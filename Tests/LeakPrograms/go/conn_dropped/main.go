// net.Dial, one request, and the connection is dropped without Close: the garbage collector finds
// it and closes it, some time.
package main

import (
	"net"
	"os"
	"runtime"
	"time"

	"leakprograms/truth"
)

func main() {
	t := truth.New("dropped without Close, the garbage collector closes", "socket")
	go func() {
		// Stands for the allocations of a program that does more.
		for range time.Tick(4 * time.Second) {
			runtime.GC()
		}
	}()
	truth.Pace(os.Args[2], func() {
		connection, err := net.Dial("tcp", os.Args[1])
		if err != nil {
			return
		}
		t.Opened()
		connection.Write([]byte("GET / HTTP/1.1\r\nHost: drop.test\r\n\r\n"))
		connection.Read(make([]byte, 4096))
	})
}
