// A server whose handler returns at the end of its input and forgets Close.
package main

import (
	"net"
	"os"
	"sync"

	"leakprograms/truth"
)

func main() {
	t := truth.New("accepted connections are not closed", "socket")
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		panic(err)
	}
	var lock sync.Mutex
	var kept []net.Conn
	for {
		connection, err := listener.Accept()
		if err != nil {
			continue
		}
		lock.Lock()
		kept = append(kept, connection)
		lock.Unlock()
		t.Leaked()
		go func() {
			buffer := make([]byte, 4096)
			for {
				if _, err := connection.Read(buffer); err != nil {
					return
				}
				connection.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
			}
		}()
	}
}
