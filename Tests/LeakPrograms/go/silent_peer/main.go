// Dials without a timeout a peer that does not answer.
package main

import (
	"net"
	"os"

	"leakprograms/truth"
)

func main() {
	t := truth.New("no connect timeout, the peer is silent", "socket")
	truth.Pace(os.Args[2], func() {
		t.Leaked()
		net.Dial("tcp", os.Args[1])
	})
}
