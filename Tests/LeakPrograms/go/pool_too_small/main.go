// Bursts of twenty requests on a client that keeps two idle connections: eighteen are closed and
// opened again each time.
package main

import (
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"leakprograms/truth"
)

func main() {
	t := truth.New("MaxIdleConnsPerHost is smaller than the concurrency", "socket")
	for range time.Tick(300 * time.Millisecond) {
		var burst sync.WaitGroup
		for range 20 {
			burst.Add(1)
			go func() {
				defer burst.Done()
				response, err := http.Get("http://" + os.Args[1] + "/")
				if err != nil {
					return
				}
				t.Opened()
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
				t.Closed()
			}()
		}
		burst.Wait()
	}
}
