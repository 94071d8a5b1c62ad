// Healthy: load that grows for a minute and a half, from 2 to 150 workers, each with its kept
// connection in use.
package main

import (
	"io"
	"net/http"
	"os"
	"time"

	"leakprograms/truth"
)

func main() {
	t := truth.New("", "socket")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	for workers := 0; ; workers++ {
		if workers < 150 {
			t.Opened()
			go func() {
				for {
					if response, err := client.Get("http://" + os.Args[1] + "/"); err == nil {
						io.Copy(io.Discard, response.Body)
						response.Body.Close()
					}
					time.Sleep(500 * time.Millisecond)
				}
			}()
		}
		time.Sleep(600 * time.Millisecond)
	}
}
