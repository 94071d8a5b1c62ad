// CloseWrite, reading to the end, and then Close is forgotten.
package main

import (
	"io"
	"net"
	"os"
	"sync"

	"leakprograms/truth"
)

func main() {
	t := truth.New("Close is forgotten after CloseWrite", "socket")
	var lock sync.Mutex
	var kept []net.Conn
	truth.Pace(os.Args[2], func() {
		connection, err := net.Dial("tcp", os.Args[1])
		if err != nil {
			return
		}
		connection.Write([]byte("one line\n"))
		connection.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, connection)
		lock.Lock()
		kept = append(kept, connection)
		lock.Unlock()
		t.Leaked()
	})
}
