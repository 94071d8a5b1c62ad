// A new client for each probe with keep-alive off, 32 workers with short pauses: the program whose sockets look like ghosts to a tool that reads tables and descriptors apart.
package main

import (
	"io"
	"math/rand"
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
				time.Sleep(time.Duration(100+rand.Intn(200)) * time.Millisecond)
			}
		}()
	}
	select {}
}
