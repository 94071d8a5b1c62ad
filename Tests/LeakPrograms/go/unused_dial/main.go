// net.Dial, and the connection is kept without ever being used.
package main

import (
	"net"
	"os"
	"sync"

	"leakprograms/truth"
)

func main() {
	t := truth.New("dialled and never used", "socket")
	var lock sync.Mutex
	var kept []net.Conn
	truth.Pace(os.Args[2], func() {
		connection, err := net.Dial("tcp", os.Args[1])
		if err != nil {
			return
		}
		lock.Lock()
		kept = append(kept, connection)
		lock.Unlock()
		t.Leaked()
	})
}
