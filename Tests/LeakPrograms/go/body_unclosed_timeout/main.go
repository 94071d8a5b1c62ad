// The body is forgotten, but Client.Timeout takes the connection back after five seconds: a plateau.
package main

import (
	"net/http"
	"os"
	"time"

	"leakprograms/truth"
)

func main() {
	t := truth.New("the response body is not closed, Client.Timeout bounds it", "socket")
	client := &http.Client{Timeout: 5 * time.Second}
	truth.Pace(os.Args[2], func() {
		if _, err := client.Get("http://" + os.Args[1] + "/"); err == nil {
			t.Opened()
		}
	})
}
