// A new client for each probe with keep-alive off, 32 in flight without a pause but the answer's:
// the program whose sockets look like ghosts to a tool that reads tables and descriptors apart.
package main

import (
	"io"
	"net/http"
	"os"
	"time"

	"leakprograms/truth"
)

func main() {
	t := truth.New("a client per probe without keep-alive", "socket")
	for range 32 {
		go func() {
			for {
				client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
				response, err := client.Get("http://" + os.Args[1] + "/")
				if err == nil {
					t.Opened()
					io.Copy(io.Discard, response.Body)
					response.Body.Close()
					t.Closed()
				}
				time.Sleep(200 * time.Millisecond)
			}
		}()
	}
	select {}
}
